import "fake-indexeddb/auto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ShapeDocument } from "@/canvas/model/document";
import { addShapes, removeShapes, setLabel } from "@/canvas/model/edits";
import { History, replayOps, type HistoryOp } from "@/canvas/model/history";

import { MemoryOpLog, openOpLog, type LogStart, type OpLog } from "./oplog";
import { box } from "./testing/bench";

const KEY = { personId: "per_a", taskId: "task", itemId: "item_0" };
const START: LogStart = {
  revision: 3,
  truth: [["ann_1", 2]],
  base: [box("ann_1")],
  hidden: [["ann_1", { nested: { deep: 1 } }]],
  shapes: [box("ann_1")],
  savedAs: [],
  draftVersion: 0,
  acked: 0,
  isSending: false,
  intent: null,
  isSubmitted: false,
};
let count = 0;
const fresh = (): Promise<OpLog> => openOpLog(`test ${String((count += 1))}`);
const UNDO: HistoryOp = { op: "undo" };

describe.each([
  ["IndexedDB", fresh],
  ["memory", () => Promise.resolve(new MemoryOpLog())],
] as const)("a log in %s", (_, open) => {
  it("gives back what was written, in order", async () => {
    const log = await open();
    await log.begin(KEY, START);
    await log.append(KEY, { op: "do", command: { kind: "add", at: 1, shapes: [box("b")] } });
    await log.append(KEY, UNDO);
    expect(await log.load(KEY)).toEqual({
      start: START,
      ops: [{ op: "do", command: { kind: "add", at: 1, shapes: [box("b")] } }, UNDO],
    });
  });

  it("keeps persons, tasks and items apart", async () => {
    const log = await open();
    await log.begin(KEY, START);
    await log.append(KEY, UNDO);
    for (const other of [{ personId: "per_b" }, { taskId: "other" }, { itemId: "item_1" }]) {
      expect(await log.load({ ...KEY, ...other })).toBeNull();
    }
    await log.begin({ ...KEY, itemId: "item_1" }, START);
    expect(await log.list({ personId: "per_a", taskId: "task" })).toHaveLength(2);
    expect(await log.list({ personId: "per_b", taskId: "task" })).toEqual([]);
  });

  it("begins anew without the old operations, and forgets", async () => {
    const log = await open();
    await log.begin(KEY, START);
    await log.append(KEY, UNDO);
    await log.begin(KEY, { ...START, revision: 4 });
    expect(await log.load(KEY)).toEqual({ start: { ...START, revision: 4 }, ops: [] });
    await log.forget(KEY);
    expect(await log.load(KEY)).toBeNull();
  });

  it("notes how far the server knows without touching the operations", async () => {
    const log = await open();
    await log.begin(KEY, START);
    await log.append(KEY, UNDO);
    const next = { ...START, draftVersion: 7, acked: 1, intent: { kind: "submit", answer: "yes" } } as const;
    await log.note(KEY, next);
    expect(await log.load(KEY)).toEqual({ start: next, ops: [UNDO] });
    await log.note(KEY, { ...next, base: [], savedAs: [["b", "ann_9"]] });
    expect((await log.load(KEY))?.start).toEqual({ ...next, base: [], savedAs: [["b", "ann_9"]] });
  });
});

describe("IndexedDB", () => {
  it("is the same for a page that comes later", async () => {
    const name = `test ${String((count += 1))}`;
    const before = await openOpLog(name);
    await before.begin(KEY, START);
    await before.append(KEY, UNDO);
    const after = await openOpLog(name);
    expect((await after.load(KEY))?.ops).toEqual([UNDO]);
  });

  it("replays any work to the same document and the same undo history", async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("add" as const), label: fc.constantFrom("car", "bus") }),
      fc.record({ do: fc.constantFrom("undo" as const, "redo" as const, "remove" as const) }),
      fc.record({ do: fc.constant("label" as const), label: fc.constantFrom("car", "bus") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const log = await fresh();
        const key = KEY;
        await log.begin(key, START);
        const doc = new ShapeDocument({ width: 100, height: 80 }, START.shapes);
        const history = new History(doc);
        const writes: Promise<void>[] = [];
        history.follow((op) => writes.push(log.append(key, op)));
        for (const [i, one] of steps.entries()) {
          if (one.do === "undo") history.undo();
          else if (one.do === "redo") history.redo();
          else {
            const command =
              one.do === "add"
                ? addShapes(doc, [box(`s${String(i)}`, one.label)])
                : one.do === "label"
                  ? setLabel(doc, doc.ids, one.label)
                  : removeShapes(doc, doc.ids.slice(0, 1));
            if (command !== null) history.run(command);
          }
        }
        await Promise.all(writes);
        const loaded = await log.load(key);
        const again = new ShapeDocument({ width: 100, height: 80 }, loaded?.start.shapes);
        const replayed = new History(again);
        expect(replayOps(replayed, loaded?.ops ?? []).failed).toBeNull();
        expect(again.shapes()).toEqual(doc.shapes());
        expect(replayed.toJSON()).toEqual(history.toJSON());
      }),
      { numRuns: 30 },
    );
  });
});
