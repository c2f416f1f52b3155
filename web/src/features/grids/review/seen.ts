/** Which crops of a class were looked at and found right: kept in this browser, per dataset and class. */

export interface Seen {
  has(annotationId: string): boolean;
  readonly count: number;
  /** Gives whether the browser kept it. */
  add(annotationIds: readonly string[]): boolean;
  remove(annotationIds: readonly string[]): void;
  clear(): void;
}

/** Of an id only its random end is kept: 50 bits tell ten thousand crops apart, and a class fits into 100 kB. */
const KEPT = 10;

export function localSeen(
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem">,
  options: { readonly datasetId: string; readonly label: string },
): Seen {
  const key = `whorl-crops-seen ${options.datasetId} ${options.label}`;
  let known = new Set(split(read(storage, key)));
  const short = (id: string): string => id.slice(-KEPT).padStart(KEPT, "_");
  const write = (): boolean => {
    try {
      if (known.size === 0) storage.removeItem(key);
      else storage.setItem(key, [...known].join(""));
      return true;
    } catch {
      return false;
    }
  };
  return {
    has: (id) => known.has(short(id)),
    get count() {
      return known.size;
    },
    add: (ids) => {
      for (const id of ids) known.add(short(id));
      return write();
    },
    remove: (ids) => {
      for (const id of ids) known.delete(short(id));
      write();
    },
    clear: () => {
      known = new Set();
      write();
    },
  };
}

function read(storage: Pick<Storage, "getItem">, key: string): string {
  try {
    return storage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function split(text: string): string[] {
  return Array.from({ length: Math.floor(text.length / KEPT) }, (_, at) =>
    text.slice(at * KEPT, (at + 1) * KEPT),
  );
}
