import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyGeometry, commandOf, type Deed, deeds, shapeLists } from "../testing/arbitraries";
import { box, contentOf, countingIds, makeDocument, makeShape } from "../testing/shapes";
import type { Command, Shape } from "../types";
import { addShapes, moveShapes, setLabel } from "./edits";
import { History, type HistoryOp, replayOps } from "./history";
import { Selection } from "./selection";

const shapes = shapeLists({ geometry: anyGeometry, maxLength: 5 });
/** Deeds with undo (-1), redo (1) and merge keys between them. */
const sessions = fc.array(
  fc.tuple(fc.constantFrom(0, 0, 0, 0, -1, -1, 1), fc.constantFrom(null, null, "drag", "nudge")),
  {
    maxLength: 14,
  },
);

function work(
  history: History,
  todo: readonly Deed[],
  session: readonly (readonly [number, string | null])[],
): void {
  const newId = countingIds();
  for (const [i, deed] of todo.entries()) {
    const [turn, merge] = session[i] ?? [0, null];
    if (turn === -1) history.undo();
    else if (turn === 1) history.redo();
    const command = commandOf(deed, history.doc, newId);
    if (command !== null) history.run(command, { merge });
  }
}

describe("history", () => {
  it("undone to the start is the start, redone to the end is the end", () => {
    fc.assert(
      fc.property(shapes, deeds, sessions, (start, todo, session) => {
        const doc = makeDocument(start);
        const before = contentOf(doc);
        const history = new History(doc);
        work(history, todo, session);
        const end = contentOf(doc);
        let steps = 0;
        while (history.undo() !== null) steps += 1;
        expect(contentOf(doc)).toEqual(before);
        expect(history.canUndo).toBe(false);
        let redone = 0;
        for (; redone < steps; redone += 1) expect(history.redo()).not.toBeNull();
        expect(contentOf(doc)).toEqual(end);
      }),
      { numRuns: 60 },
    );
  });

  it("replayed from its op-log gives the same document and the same history", () => {
    fc.assert(
      fc.property(shapes, deeds, sessions, (start, todo, session) => {
        const history = new History(makeDocument(start));
        const log: string[] = [];
        history.follow((op) => log.push(JSON.stringify(op)));
        work(history, todo, session);
        history.seal();
        const again = new History(makeDocument(start));
        const ops: HistoryOp[] = log.map((line) => JSON.parse(line));
        expect(replayOps(again, ops)).toEqual({ applied: ops.length, failed: null });
        expect(contentOf(again.doc)).toEqual(contentOf(history.doc));
        expect(again.toJSON()).toEqual(history.toJSON());
      }),
      { numRuns: 60 },
    );
  });

  it("goes on from its JSON", () => {
    const doc = makeDocument([makeShape("a")]);
    const history = new History(doc);
    run(history, setLabel(doc, ["a"], "dog"));
    run(history, setLabel(doc, ["a"], "tree"));
    history.undo();
    const state = JSON.parse(JSON.stringify(history));
    const next = new History(makeDocument(doc.shapes()), { state });
    next.redo();
    expect(next.doc.find("a")?.label).toBe("tree");
    next.undo();
    next.undo();
    expect(next.doc.find("a")?.label).toBe("cat");
  });
});

function run(history: History, command: Command | null, merge?: string): void {
  if (command !== null) history.run(command, { merge });
}

describe("merging", () => {
  it("makes one step and one log line of a drag, told when it is let go", () => {
    const doc = makeDocument([makeShape("a", { geometry: box(10, 10, [20, 20]) })]);
    const history = new History(doc);
    const ops: HistoryOp[] = [];
    history.follow((op) => ops.push(op));
    const before = doc.find("a");
    for (let i = 0; i < 5; i += 1) run(history, moveShapes(doc, ["a"], { x: 3, y: 1 }), "drag");
    expect(ops).toEqual([]);
    history.seal();
    expect(ops).toEqual([
      {
        op: "do",
        command: {
          kind: "change",
          changes: [{ before, after: { ...before, geometry: box(25, 15, [20, 20]) } }],
        },
      },
    ]);
    history.undo();
    expect(doc.find("a")).toEqual(before);
  });

  it("keeps steps with different keys apart, and undo closes an open one", () => {
    const doc = makeDocument([makeShape("a")]);
    const history = new History(doc);
    run(history, moveShapes(doc, ["a"], { x: 1, y: 0 }), "one");
    run(history, moveShapes(doc, ["a"], { x: 1, y: 0 }), "two");
    history.undo();
    expect(doc.find("a")?.geometry).toEqual(box(11, 10, [20, 20]));
    run(history, moveShapes(doc, ["a"], { x: 5, y: 0 }), "two");
    history.seal();
    history.undo();
    expect(doc.find("a")?.geometry).toEqual(box(11, 10, [20, 20]));
  });

  it("abandoned leaves no trace", () => {
    const doc = makeDocument([makeShape("a")]);
    const history = new History(doc);
    const before = contentOf(doc);
    run(history, moveShapes(doc, ["a"], { x: 1, y: 0 }), "one");
    run(history, addShapes(doc, [makeShape("b")]), "one");
    history.abandon();
    expect(contentOf(doc)).toEqual(before);
    expect(history.canUndo).toBe(false);
  });
});

describe("a group", () => {
  it("is one step", () => {
    const doc = makeDocument([makeShape("a")]);
    const history = new History(doc);
    history.group("both", () => {
      run(history, setLabel(doc, ["a"], "dog"));
      run(history, addShapes(doc, [makeShape("b")]));
    });
    expect(history.undo()).toMatchObject({ kind: "group", name: "both" });
    expect(doc.ids).toEqual(["a"]);
    expect(doc.find("a")?.label).toBe("cat");
  });

  it("that fails is taken back", () => {
    const doc = makeDocument([makeShape("a")]);
    const history = new History(doc);
    const failing = (): void =>
      history.group("both", () => {
        run(history, setLabel(doc, ["a"], "dog"));
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect(doc.find("a")?.label).toBe("cat");
    expect(history.canUndo).toBe(false);
  });
});

it.each([
  ["a command", undefined],
  ["a drag", "drag"],
])("%s after an undo leaves nothing to redo", (_, merge) => {
  const doc = makeDocument([makeShape("a")]);
  const history = new History(doc);
  run(history, setLabel(doc, ["a"], "dog"));
  history.undo();
  expect(history.canRedo).toBe(true);
  run(history, setLabel(doc, ["a"], "tree"), merge);
  expect(history.canRedo).toBe(false);
  expect(history.redo()).toBeNull();
});

it("forgets the oldest steps beyond its limit", () => {
  const doc = makeDocument([makeShape("a")]);
  const history = new History(doc, { limit: 2 });
  for (const label of ["b", "c", "d"]) run(history, setLabel(doc, ["a"], label));
  expect([history.undo(), history.undo(), history.undo()].map((one) => one !== null)).toEqual([
    true,
    true,
    false,
  ]);
  expect(doc.find("a")?.label).toBe("b");
});

it("stops a replay at the first operation that no longer fits", () => {
  const gone: Shape = makeShape("gone");
  const ops: HistoryOp[] = [
    { op: "do", command: { kind: "add", at: 0, shapes: [makeShape("n")] } },
    { op: "do", command: { kind: "change", changes: [{ before: gone, after: { ...gone, label: "dog" } }] } },
    { op: "undo" },
  ];
  const history = new History(makeDocument());
  expect(replayOps(history, ops)).toEqual({
    applied: 1,
    failed: { op: ops[1], message: "There is no shape with the id gone." },
  });
  expect(history.doc.ids).toEqual(["n"]);
});

describe("selection", () => {
  it("adds, toggles, removes and leaves out what is not there", () => {
    const doc = makeDocument([makeShape("a"), makeShape("b"), makeShape("c")]);
    const selection = new Selection(doc);
    const seen: string[] = [];
    selection.follow((ids) => seen.push([...ids].join("")));
    selection.change({ kind: "set", ids: ["a", "nobody"] });
    selection.change({ kind: "set", ids: ["a"] });
    selection.change({ kind: "add", ids: ["c"] });
    selection.change({ kind: "toggle", ids: ["a", "b"] });
    selection.change({ kind: "remove", ids: ["c"] });
    expect(seen).toEqual(["a", "ac", "cb", "b"]);
  });

  it("steps through the shapes and round", () => {
    const selection = new Selection(makeDocument([makeShape("a"), makeShape("b"), makeShape("c")]));
    const steps = ([1, 1, 1, 1, -1] as const).map((by) => {
      selection.step(by);
      return [...selection.ids].join("");
    });
    expect(steps).toEqual(["a", "b", "c", "a", "c"]);
  });

  it("lets go of shapes that are removed", () => {
    const doc = makeDocument([makeShape("a"), makeShape("b")]);
    const selection = new Selection(doc);
    selection.change({ kind: "set", ids: ["a", "b"] });
    const history = new History(doc);
    history.run({ kind: "remove", removed: [{ at: 0, shape: makeShape("a") }] });
    expect([...selection.ids]).toEqual(["b"]);
  });
});
