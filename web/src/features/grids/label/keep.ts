/** Choices kept in this browser until they are handed in: one entry for each item, so that two tabs do not collide. */

export interface Keeper {
  load(itemIds: readonly string[]): ReadonlyMap<string, string>;
  /** Gives whether the browser kept it. */
  save(changes: Iterable<readonly [string, string | null]>): boolean;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

/** Throws away what is older than a week: somebody else has done it since. */
export function localKeeper(
  storage: Storage,
  options: { readonly personId: string; readonly taskId: string; readonly now: () => number },
): Keeper {
  const prefix = `whorl-grid ${options.personId} ${options.taskId} `;
  sweep(storage, options.now() - WEEK_MS);
  return {
    load: (itemIds) => {
      const found = new Map<string, string>();
      for (const itemId of itemIds) {
        const label = labelIn(read(storage, prefix + itemId));
        if (label !== null) found.set(itemId, label);
      }
      return found;
    },
    save: (changes) => {
      try {
        for (const [itemId, label] of changes) {
          if (label === null) storage.removeItem(prefix + itemId);
          else storage.setItem(prefix + itemId, JSON.stringify({ label, at: options.now() }));
        }
        return true;
      } catch {
        return false;
      }
    },
  };
}

function sweep(storage: Storage, before: number): void {
  const old: string[] = [];
  try {
    for (let at = 0; at < storage.length; at += 1) {
      const key = storage.key(at) ?? "";
      if (key.startsWith("whorl-grid ") && timeIn(read(storage, key)) < before) old.push(key);
    }
    for (const key of old) storage.removeItem(key);
  } catch {
    // Storage may be forbidden; then nothing is kept and nothing is to be swept.
  }
}

function read(storage: Storage, key: string): unknown {
  try {
    const found: unknown = JSON.parse(storage.getItem(key) ?? "null");
    return found;
  } catch {
    return null;
  }
}

function labelIn(value: unknown): string | null {
  const isEntry = typeof value === "object" && value !== null && "label" in value;
  return isEntry && typeof value.label === "string" ? value.label : null;
}

function timeIn(value: unknown): number {
  const isEntry = typeof value === "object" && value !== null && "at" in value;
  return isEntry && typeof value.at === "number" ? value.at : 0;
}
