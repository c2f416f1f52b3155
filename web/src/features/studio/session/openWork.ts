/** Begin or resume the work on an item: from the log of this browser, the server's draft, or the server's truth. */
import type { Lease } from "@/api/schema.gen";
import { ShapeDocument } from "@/canvas/model/document";
import { History, replayOps } from "@/canvas/model/history";
import { changesSince, isNothing, readAnnotations, withDraft } from "@/canvas/model/wire";
import type { Shape } from "@/canvas/types";

import { ItemWork, type SessionParts } from "./itemWork";
import { keepingAfter, versionsOf, type Keeping } from "./keeping";
import { adopted, matchShapes, saysSame } from "./matching";
import type { LogEntry, LogKey, LogStart } from "./oplog";
import type { ItemContent } from "./server";

export interface Opening {
  readonly content: ItemContent;
  /** Null to look only. */
  readonly lease: Lease | null;
}

/** Open an item. Work that lies in this browser goes on exactly where it was, with its undo history. */
export async function openWork(parts: SessionParts, opening: Opening): Promise<ItemWork> {
  const key = { personId: parts.personId, taskId: parts.taskId, itemId: opening.content.item.id };
  let keeping: Keeping = "kept";
  const stored = await parts.log.load(key).catch((error: unknown) => {
    keeping = keepingAfter(error);
    return null;
  });
  const from = { item: opening.content.item, lease: opening.lease };
  const resumed = stored === null ? null : resume(stored, opening, parts);
  if (stored !== null && resumed !== null) {
    if (resumed.isCut) keeping = await beginLog(parts, { key, start: resumed.start });
    const opCount = resumed.isCut ? 0 : stored.ops.length;
    return new ItemWork(parts, { ...resumed, ...from, keeping, opCount });
  }
  const start = freshStart(opening, parts);
  const begun = await beginLog(parts, { key, start });
  const doc = documentOf(opening.content, start.shapes);
  return new ItemWork(parts, {
    ...from,
    opCount: 0,
    doc,
    history: new History(doc),
    start,
    isAhead: false,
    keeping: keeping === "kept" ? begun : keeping,
    note: null,
  });
}

async function beginLog(
  parts: SessionParts,
  { key, start }: { readonly key: LogKey; readonly start: LogStart },
): Promise<Keeping> {
  return parts.log.begin(key, start).then(() => "kept", keepingAfter);
}

function freshStart({ content, lease }: Opening, { newId, read }: SessionParts): LogStart {
  const base = read?.(content) ?? readAnnotations([...content.annotations, ...content.predictions]);
  const draft = lease?.draft ?? null;
  return {
    // A draft stands on what its author saw: when the truth has moved on since, the server says so at the next save.
    revision: draft?.base_revision ?? content.revision,
    truth: versionsOf(content),
    base: base.shapes,
    hidden: [...base.hidden],
    shapes: draft === null ? base.shapes : withDraft(base, draft, newId),
    savedAs: [],
    draftVersion: draft?.version ?? 0,
    acked: 0,
    isSending: false,
    intent: null,
    isSubmitted: false,
  };
}

interface Resumed {
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly start: LogStart;
  readonly isAhead: boolean;
  readonly note: string | null;
  /** Not everything could be replayed: the log begins anew with what could. */
  readonly isCut: boolean;
}

/** The work as the log has it; null when the log holds nothing that the server does not have, or has newer. */
function resume(
  { start, ops }: LogEntry,
  { content, lease }: Opening,
  { readTruth = readAnnotations }: SessionParts,
): Resumed | null {
  const doc = documentOf(content, start.shapes);
  const history = new History(doc);
  const replay = replayOps(history, ops);
  const truth = readTruth(content.annotations).shapes;
  const own = doc.shapes().filter((shape) => shape.standing === "own");
  const isSameTruth = sameVersions(start, content);
  const base = { shapes: start.base, hidden: new Map(start.hidden) };
  const isChanged = !isNothing(changesSince(base, adopted(doc, new Map(start.savedAs))));
  const isUnsent = ops.length > start.acked;
  let next = start;
  if (!isSameTruth) {
    const { pairs, unmatched } = matchShapes({ own, truth, savedAs: new Map(start.savedAs) });
    const isHandedIn = unmatched.length === 0 && pairs.size === truth.length && saysAll(own, truth, pairs);
    if (isHandedIn) next = handedIn(start, { content, truth, pairs, acked: ops.length });
    // The truth moved on. Work of one's own that the server lacks stays, and its next save shows both versions.
    else if (!isChanged || !(isUnsent || start.intent !== null)) return null;
  } else if (isServerNewer(start, lease)) {
    if (!isUnsent) return null;
  } else {
    const draftVersion = start.isSending ? (lease?.draft?.version ?? start.draftVersion) : start.draftVersion;
    next = { ...start, draftVersion, isSending: false };
  }
  const isCut = replay.failed !== null;
  return {
    doc,
    history: isCut ? new History(doc) : history,
    start: isCut ? { ...next, shapes: doc.shapes(), acked: 0 } : next,
    isAhead: isCut || (isUnsent && !next.isSubmitted),
    note: replay.failed === null ? null : sayCut(ops.length - replay.applied, replay.failed.message),
    isCut,
  };
}

function sayCut(count: number, why: string): string {
  return `${String(count)} of your last changes could not be brought back: ${why}`;
}

/** The server's draft was saved from elsewhere after this log, and this log had nothing under way. */
function isServerNewer(start: LogStart, lease: Lease | null): boolean {
  const version = lease?.draft?.version ?? 0;
  return lease !== null && !start.isSending && version > start.draftVersion;
}

/** The submit came through although its answer was not seen. */
function handedIn(
  start: LogStart,
  now: {
    readonly content: ItemContent;
    readonly truth: readonly Shape[];
    readonly pairs: ReadonlyMap<string, string>;
    readonly acked: number;
  },
): LogStart {
  const shapeOf = new Map([...now.pairs].map(([shape, id]) => [id, shape]));
  const kept = start.base.filter((shape) => shape.standing !== "own");
  return {
    ...start,
    revision: now.content.revision,
    truth: versionsOf(now.content),
    base: [...kept, ...now.truth.map((one) => ({ ...one, id: shapeOf.get(one.id) ?? one.id }))],
    savedAs: [...now.pairs],
    draftVersion: 0,
    acked: now.acked,
    isSending: false,
    intent: null,
    isSubmitted: true,
  };
}

function saysAll(
  own: readonly Shape[],
  truth: readonly Shape[],
  pairs: ReadonlyMap<string, string>,
): boolean {
  const byId = new Map(truth.map((one) => [one.id, one]));
  return own.every((shape) => {
    const partner = byId.get(pairs.get(shape.id) ?? "");
    return partner !== undefined && saysSame(shape, partner);
  });
}

function sameVersions(start: LogStart, content: ItemContent): boolean {
  return JSON.stringify(start.truth) === JSON.stringify(versionsOf(content));
}

function documentOf({ item }: ItemContent, shapes: readonly Shape[]): ShapeDocument {
  return new ShapeDocument({ width: item.width, height: item.height }, shapes);
}
