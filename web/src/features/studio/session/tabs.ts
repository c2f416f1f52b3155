/** One item, one tab: which of a person's tabs works on an item, and how another takes it over. */

export interface TabClaims {
  /** Claim an item for this tab; false when another tab of this browser has it. */
  claim(itemId: string): Promise<boolean>;
  /** Give a claim up. */
  yield(itemId: string): void;
  /** Ask the other tab to save and let go, then claim. */
  takeOver(itemId: string): Promise<void>;
  /** What to do when another tab takes an item over: save, and let go. */
  onTaken(handler: (itemId: string) => Promise<void>): void;
  close(): void;
}

/** For browsers without locks, such as over plain http from another machine: every claim is granted. */
export const ALL_MINE: TabClaims = {
  claim: () => Promise.resolve(true),
  yield: () => undefined,
  takeOver: () => Promise.resolve(),
  onTaken: () => undefined,
  close: () => undefined,
};

/** How long the other tab may take to save. */
const PATIENCE_MS = 2000;

interface TabMessage {
  readonly type: "take" | "taken";
  readonly itemId: string;
}

/** Claims between the tabs of this browser, within one task. */
export function webTabs(scope: string): TabClaims {
  // Absent outside secure contexts, whatever the types say.
  const locks: LockManager | undefined = navigator.locks;
  return locks === undefined || typeof BroadcastChannel === "undefined"
    ? ALL_MINE
    : new WebTabs(scope, locks);
}

class WebTabs implements TabClaims {
  readonly #channel: BroadcastChannel;
  readonly #held = new Map<string, () => void>();
  #handler: (itemId: string) => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly scope: string,
    private readonly locks: LockManager,
  ) {
    this.#channel = new BroadcastChannel(`whorl-studio ${scope}`);
    this.#channel.addEventListener("message", (event: MessageEvent<unknown>) => {
      void this.#hear(event.data);
    });
  }

  claim(itemId: string): Promise<boolean> {
    return this.#request(itemId, { ifAvailable: true });
  }

  yield(itemId: string): void {
    this.#held.get(itemId)?.();
    this.#held.delete(itemId);
  }

  async takeOver(itemId: string): Promise<void> {
    const answered = new Promise<void>((resolve) => {
      const hear = (event: MessageEvent<unknown>) => {
        if (isMessage(event.data) && event.data.type === "taken" && event.data.itemId === itemId) end();
      };
      const timer = setTimeout(() => {
        end();
      }, PATIENCE_MS);
      const end = () => {
        clearTimeout(timer);
        this.#channel.removeEventListener("message", hear);
        resolve();
      };
      this.#channel.addEventListener("message", hear);
    });
    this.#channel.postMessage({ type: "take", itemId } satisfies TabMessage);
    await answered;
    await this.#request(itemId, { steal: true });
  }

  onTaken(handler: (itemId: string) => Promise<void>): void {
    this.#handler = handler;
  }

  close(): void {
    for (const itemId of [...this.#held.keys()]) this.yield(itemId);
    this.#channel.close();
  }

  #request(itemId: string, options: LockOptions): Promise<boolean> {
    if (this.#held.has(itemId)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const held = this.locks.request(`whorl-studio ${this.scope} ${itemId}`, options, (lock) => {
        if (lock === null) {
          resolve(false);
          return undefined;
        }
        return new Promise<void>((release) => {
          this.#held.set(itemId, release);
          resolve(true);
        });
      });
      // A lock that another tab steals ends with an AbortError; that tab has told us already.
      held.catch(() => this.#held.delete(itemId));
    });
  }

  async #hear(message: unknown): Promise<void> {
    if (!isMessage(message) || message.type !== "take" || !this.#held.has(message.itemId)) return;
    await this.#handler(message.itemId).catch(() => undefined);
    this.yield(message.itemId);
    this.#channel.postMessage({ type: "taken", itemId: message.itemId } satisfies TabMessage);
  }
}

function isMessage(value: unknown): value is TabMessage {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    (value.type === "take" || value.type === "taken") &&
    "itemId" in value &&
    typeof value.itemId === "string"
  );
}
