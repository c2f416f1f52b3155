import { describe, expect, it } from "vitest";

import type { PipelineDefinition } from "@/api/schema.gen";

import { diffMarks, partsOf, seenChanges, unionOf } from "../versions/diffMarks";
import { liveMarks, sayRate } from "./liveMarks";

const DEFINITION: PipelineDefinition = {
  format: 1,
  name: "flow",
  description: "",
  nodes: [
    { id: "in", type: "dataset" },
    { id: "ask", type: "label" },
  ],
  edges: [{ source: "in.item", target: "ask.item" }],
};
const NONE = {
  waiting: 0,
  running: 0,
  parked: 0,
  done: 0,
  failed: 0,
  done_per_minute: 0,
  machine_seconds: 0,
  human_seconds: 0,
};

describe("liveMarks", () => {
  it("moves an edge when something passed its source and came to its target", () => {
    const look = (now: object, before: object) =>
      liveMarks({
        definition: DEFINITION,
        now: { in: { ...NONE, done: 3, done_per_minute: 12.4 }, ask: { ...NONE, ...now } },
        before: { in: { ...NONE, done: 2 }, ask: { ...NONE, ...before } },
        starts: new Map(),
      });
    expect(look({ parked: 1 }, {}).edges.get("in.item>ask.item")?.isMoving).toBe(true);
    expect(look({ parked: 1 }, { parked: 1 }).edges.size).toBe(0);
    expect(look({}, {}).nodes.get("in")).toMatchObject({ note: "12 a minute", isForPeople: false });
    expect(look({}, {}).nodes.get("ask")).toMatchObject({ note: undefined, isForPeople: true });
  });

  it.each([
    [0.25, "0.3"],
    [3, "3"],
    [9.96, "10"],
    [120.4, "120"],
  ])("%d is said as %s", (rate, said) => {
    expect(sayRate(rate)).toBe(said);
  });
});

describe("versions", () => {
  const after: PipelineDefinition = {
    ...DEFINITION,
    nodes: [
      { id: "in", type: "dataset", params: { dataset: "dst_2" } },
      { id: "tell", type: "notify" },
    ],
    edges: [],
  };

  it("are drawn together: what is there and what was taken away", () => {
    const both = unionOf(DEFINITION, after);
    expect(both.nodes.map((node) => node.id)).toEqual(["in", "tell", "ask"]);
    expect(both.edges).toEqual(DEFINITION.edges);
    const moved = { ...after, nodes: after.nodes.map((node) => ({ ...node, at: { x: 1, y: 2 } })) };
    expect(unionOf(DEFINITION, moved).nodes.map((node) => node.at)).toEqual([null, null, null]);
    expect(unionOf(moved, moved).nodes[0]?.at).toEqual({ x: 1, y: 2 });
    const marks = diffMarks([
      { kind: "added", what: "node", name: "tell" },
      { kind: "removed", what: "edge", name: "in.item -> ask.item" },
      { kind: "changed", what: "variable", name: "pool" },
    ]);
    expect(marks.nodes.get("tell")).toEqual({ change: "added" });
    expect(marks.edges.get("in.item>ask.item")).toEqual({ change: "removed" });
    expect(marks.nodes.size).toBe(1);
  });

  it("leave out what is only written differently", () => {
    const same = {
      kind: "changed",
      what: "variable",
      name: "share",
      before: { value: 0.0 },
      after: { value: 0 },
    } as const;
    expect(seenChanges([same, { ...same, after: { value: 1 } }])).toHaveLength(1);
  });

  it("say only the parts that differ", () => {
    const before = { id: "in", type: "dataset", params: { dataset: "dst_1", every: 3 } };
    const now = { id: "in", type: "dataset", params: { dataset: "dst_2", every: 3, more: [1] } };
    expect(partsOf(before, now)).toEqual([
      { name: "dataset", from: "dst_1", to: "dst_2" },
      { name: "more", from: undefined, to: [1] },
    ]);
    expect(partsOf(null, "x")).toEqual([{ name: "", from: undefined, to: "x" }]);
    expect(partsOf({ a: 1 }, { a: 1 })).toEqual([]);
  });
});
