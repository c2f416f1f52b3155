/**
 * The op-log: every operation on an item, written to IndexedDB in a transaction of its own.
 *
 * What an item's work began from lies beside its operations, so that replaying gives the same document and the same
 * undo history after a reload or a crash.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { HistoryOp } from "@/canvas/model/history";
import type { Shape, ShapeId } from "@/canvas/types";

/** Whose work on which item; another person on the same browser has other logs. */
export interface LogKey {
  readonly personId: string;
  readonly taskId: string;
  readonly itemId: string;
}

/** Which version of each annotation of the item stood when the work began, to notice that somebody changed them. */
export type TruthVersions = readonly (readonly [annotationId: string, bornRevision: number])[];

/** What the work began from. */
export interface LogBase {
  readonly revision: number;
  readonly truth: TruthVersions;
  /** The shapes as the server had them. */
  readonly base: readonly Shape[];
  readonly hidden: readonly (readonly [ShapeId, Readonly<Record<string, unknown>>])[];
  /** The shapes the operations begin from: the base, with the draft of before laid over it. */
  readonly shapes: readonly Shape[];
  /** Annotations that shapes have become by a submit; null for those whose annotation somebody removed. */
  readonly savedAs: readonly (readonly [ShapeId, string | null])[];
}

/** How far the server knows of it. */
export interface LogMark {
  /** The version of the server's draft that holds this work, 0 for none. */
  readonly draftVersion: number;
  /** How many of the operations the server knows of. */
  readonly acked: number;
  /** A save was under way when this was written: the server may have a newer draft, and it is this work's. */
  readonly isSending: boolean;
  /** The work was handed in and the server has not answered yet. */
  readonly intent: Intent | null;
  readonly isSubmitted: boolean;
}

export interface LogStart extends LogBase, LogMark {}

/** What is to be done with an item although the page may close before the server answers. */
export type Intent =
  { readonly kind: "submit"; readonly answer: string | null } | { readonly kind: "approve" };

export interface LogEntry {
  readonly start: LogStart;
  readonly ops: readonly HistoryOp[];
}

interface StoredStart {
  readonly key: string;
  readonly of: LogKey;
  readonly at: number;
  readonly start: LogBase;
}

interface StoredMark {
  readonly key: string;
  readonly mark: LogMark;
}

interface StoredOp {
  readonly of: string;
  readonly op: HistoryOp;
}

interface Schema extends DBSchema {
  starts: { key: string; value: StoredStart };
  marks: { key: string; value: StoredMark };
  ops: { key: number; value: StoredOp; indexes: { of: string } };
}

/** What a log can do; the real one and one that lives in memory. */
export interface OpLog {
  /** Begin an item's log anew. */
  begin(key: LogKey, start: LogStart): Promise<void>;
  /** Note how far the server knows of it; the operations stay. */
  note(key: LogKey, start: LogStart): Promise<void>;
  append(key: LogKey, op: HistoryOp): Promise<void>;
  load(key: LogKey): Promise<LogEntry | null>;
  forget(key: LogKey): Promise<void>;
  /** Items of a task with a log, the oldest first. */
  list(of: { readonly personId: string; readonly taskId: string }): Promise<readonly LogKey[]>;
}

const NAME = "whorl-studio";
const VERSION = 1;

/** Open the log of this browser. Rejects where IndexedDB is not to be had. */
export async function openOpLog(name: string = NAME): Promise<OpLog> {
  const db = await openDB<Schema>(name, VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore("starts", { keyPath: "key" });
      fresh.createObjectStore("marks", { keyPath: "key" });
      fresh.createObjectStore("ops", { autoIncrement: true }).createIndex("of", "of");
    },
    // Another tab brings a newer version: let it, and write no more with this one.
    blocking: () => {
      db.close();
    },
  });
  return new IdbOpLog(db);
}

class IdbOpLog implements OpLog {
  /** What was written last of the large part, which seldom changes. */
  readonly #written = new Map<string, readonly Shape[]>();

  constructor(private readonly db: IDBPDatabase<Schema>) {}

  async begin(key: LogKey, start: LogStart): Promise<void> {
    const of = nameOf(key);
    const tx = this.db.transaction(["starts", "marks", "ops"], "readwrite");
    const old = await tx.objectStore("ops").index("of").getAllKeys(of);
    await Promise.all([
      ...old.map((one) => tx.objectStore("ops").delete(one)),
      tx.objectStore("starts").put({ key: of, of: key, at: Date.now(), start: baseOf(start) }),
      tx.objectStore("marks").put({ key: of, mark: markOf(start) }),
      tx.done,
    ]);
    this.#written.set(of, start.base);
  }

  async note(key: LogKey, start: LogStart): Promise<void> {
    const of = nameOf(key);
    const tx = this.db.transaction(["starts", "marks"], "readwrite");
    const work: Promise<unknown>[] = [tx.objectStore("marks").put({ key: of, mark: markOf(start) })];
    const isNew = this.#written.get(of) !== start.base;
    if (isNew) {
      work.push(tx.objectStore("starts").put({ key: of, of: key, at: Date.now(), start: baseOf(start) }));
    }
    await Promise.all([...work, tx.done]);
    if (isNew) this.#written.set(of, start.base);
  }

  async append(key: LogKey, op: HistoryOp): Promise<void> {
    // Strict: the transaction counts only when it is on the disk.
    const tx = this.db.transaction("ops", "readwrite", { durability: "strict" });
    await Promise.all([tx.store.add({ of: nameOf(key), op }), tx.done]);
  }

  async load(key: LogKey): Promise<LogEntry | null> {
    const tx = this.db.transaction(["starts", "marks", "ops"]);
    const [stored, mark, ops] = await Promise.all([
      tx.objectStore("starts").get(nameOf(key)),
      tx.objectStore("marks").get(nameOf(key)),
      tx.objectStore("ops").index("of").getAll(nameOf(key)),
      tx.done,
    ]);
    if (stored === undefined || mark === undefined) return null;
    return { start: { ...stored.start, ...mark.mark }, ops: ops.map((one) => one.op) };
  }

  async forget(key: LogKey): Promise<void> {
    const of = nameOf(key);
    const tx = this.db.transaction(["starts", "marks", "ops"], "readwrite");
    const old = await tx.objectStore("ops").index("of").getAllKeys(of);
    await Promise.all([
      ...old.map((one) => tx.objectStore("ops").delete(one)),
      tx.objectStore("starts").delete(of),
      tx.objectStore("marks").delete(of),
      tx.done,
    ]);
  }

  async list({
    personId,
    taskId,
  }: {
    readonly personId: string;
    readonly taskId: string;
  }): Promise<readonly LogKey[]> {
    const all = await this.db.getAll("starts");
    return all
      .filter(({ of }) => of.personId === personId && of.taskId === taskId)
      .sort((a, b) => a.at - b.at)
      .map(({ of }) => of);
  }
}

function baseOf({ revision, truth, base, hidden, shapes, savedAs }: LogStart): LogBase {
  return { revision, truth, base, hidden, shapes, savedAs };
}

function markOf({ draftVersion, acked, isSending, intent, isSubmitted }: LogStart): LogMark {
  return { draftVersion, acked, isSending, intent, isSubmitted };
}

function nameOf({ personId, taskId, itemId }: LogKey): string {
  return `${personId} ${taskId} ${itemId}`;
}

/** A log that lives as long as the page, for where the browser keeps nothing. */
export class MemoryOpLog implements OpLog {
  readonly #entries = new Map<string, { key: LogKey; start: LogStart; ops: HistoryOp[] }>();

  begin(key: LogKey, start: LogStart): Promise<void> {
    this.#entries.set(nameOf(key), { key, start, ops: [] });
    return Promise.resolve();
  }

  note(key: LogKey, start: LogStart): Promise<void> {
    const ops = this.#entries.get(nameOf(key))?.ops ?? [];
    this.#entries.set(nameOf(key), { key, start, ops });
    return Promise.resolve();
  }

  append(key: LogKey, op: HistoryOp): Promise<void> {
    this.#entries.get(nameOf(key))?.ops.push(op);
    return Promise.resolve();
  }

  load(key: LogKey): Promise<LogEntry | null> {
    const entry = this.#entries.get(nameOf(key));
    return Promise.resolve(entry === undefined ? null : { start: entry.start, ops: [...entry.ops] });
  }

  forget(key: LogKey): Promise<void> {
    this.#entries.delete(nameOf(key));
    return Promise.resolve();
  }

  list({
    personId,
    taskId,
  }: {
    readonly personId: string;
    readonly taskId: string;
  }): Promise<readonly LogKey[]> {
    const all = [...this.#entries.values()].map(({ key }) => key);
    return Promise.resolve(all.filter((key) => key.personId === personId && key.taskId === taskId));
  }
}
