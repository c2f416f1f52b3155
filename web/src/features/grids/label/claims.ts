/** One item, one tab: claims under the names that the studio uses too, so that both never work on the same item. */

export interface Claims {
  /** False when another tab of this browser works on the item. */
  claim(itemId: string): Promise<boolean>;
  yield(itemId: string): void;
  close(): void;
}

/** Without locks, as over plain http from another machine, every claim is granted. */
export const ALL_MINE: Claims = {
  claim: () => Promise.resolve(true),
  yield: () => undefined,
  close: () => undefined,
};

export function webClaims(scope: string, onTaken: (itemId: string) => void): Claims {
  // Absent outside secure contexts, whatever the types say.
  const locks: LockManager | undefined = navigator.locks;
  return locks === undefined ? ALL_MINE : new WebClaims(locks, { scope, onTaken });
}

class WebClaims implements Claims {
  readonly #held = new Map<string, () => void>();

  constructor(
    private readonly locks: LockManager,
    private readonly parts: { readonly scope: string; readonly onTaken: (itemId: string) => void },
  ) {}

  claim(itemId: string): Promise<boolean> {
    if (this.#held.has(itemId)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const name = `whorl-studio ${this.parts.scope} ${itemId}`;
      const held = this.locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(false);
          return;
        }
        return new Promise<void>((release) => {
          this.#held.set(itemId, release);
          resolve(true);
        });
      });
      // The studio takes an item over by stealing its lock, which ends ours with an error.
      held.catch(() => {
        if (this.#held.delete(itemId)) this.parts.onTaken(itemId);
      });
    });
  }

  yield(itemId: string): void {
    const release = this.#held.get(itemId);
    this.#held.delete(itemId);
    release?.();
  }

  close(): void {
    for (const itemId of [...this.#held.keys()]) this.yield(itemId);
  }
}
