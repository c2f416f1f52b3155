import { describe, expect, it } from "vitest";

import type { DryRun, GraphProblem } from "@/api/schema.gen";
import { emptyDraft, type Draft } from "@/graph/draft";
import { nodeType } from "@/graph/testing";

import { findTypes } from "./palette";
import { marksOf, placeProblems } from "./problems";
import { stepsByItem, tryMarks } from "./tryMarks";

const DRAFT: Draft = {
  ...emptyDraft("flow"),
  nodes: [
    { id: "in", type: "dataset" },
    { id: "ask", type: "label" },
  ],
  edges: [{ source: "in.item", target: "ask.item", when: "label:" }],
  triggers: [{ type: "cron", id: "weekly", target: "in.item", cron: "0 9 * *", missed: "once" }],
};

function placed(problem: Partial<GraphProblem>) {
  return placeProblems(DRAFT, [{ code: "any", message: "", severity: "error", ...problem }])[0]!;
}

describe("placeProblems", () => {
  it("finds the field, the edge, the trigger and the node", () => {
    expect(
      placed({ code: "bad_parameter", node: "ask", message: "parameter 'task.name': too short" }).field,
    ).toBe("task");
    expect(
      placed({ code: "bad_condition", node: "in", port: "item", message: "'label:': a value is needed" })
        .edge,
    ).toBe("in.item>ask.item");
    expect(
      placed({ code: "bad_cron", node: "in", message: "trigger 'weekly': '0 9 * *' is not cron" }).trigger,
    ).toBe("weekly");
    expect(placed({ code: "malformed", message: "nodes.1.type: no" }).node).toBe("ask");
    expect(placed({ code: "malformed", message: "edges.0.when: no" }).edge).toBe("in.item>ask.item");
    expect(placed({ code: "malformed", message: "nodes.9.type: no" })).toMatchObject({
      node: null,
      edge: null,
    });
  });

  it("marks nodes and edges; a warning is none that keeps it from running", () => {
    const problems = placeProblems(DRAFT, [
      { code: "a", message: "wrong", node: "ask", severity: "error" },
      { code: "b", message: "odd", node: "ask", port: "discarded", severity: "warning" },
      {
        code: "type_mismatch",
        message: "takes model, but in.item gives item",
        node: "ask",
        port: "item",
        severity: "error",
      },
    ]);
    const marks = marksOf(DRAFT, problems, new Map([["in", "Started by weekly"]]));
    expect(marks.nodes.get("ask")).toMatchObject({
      problems: ["wrong", "item: takes model, but in.item gives item"],
      warnings: ["discarded: odd"],
    });
    expect(marks.nodes.get("in")).toMatchObject({ problems: [], starts: "Started by weekly" });
    expect(marks.edges.get("in.item>ask.item")?.problems).toHaveLength(1);
  });
});

describe("findTypes", () => {
  const types = [
    nodeType("set_metadata", { summary: "Writes metadata." }),
    nodeType("label", { summary: "People label the item." }),
  ];

  it("looks for every word in names and summaries", () => {
    const names = (asked: string) => findTypes(types, asked).map((type) => type.name);
    expect(names("")).toEqual(["set_metadata", "label"]);
    expect(names("set meta")).toEqual(["set_metadata"]);
    expect(names("PEOPLE")).toEqual(["label"]);
    expect(names("people metadata")).toEqual([]);
  });
});

describe("a dry run", () => {
  const found: DryRun = {
    items: 2,
    notes: [],
    nodes: [
      { node: "in", came: 2, went: { item: 2 }, waits: 0, seconds: 0.1 },
      { node: "ask", came: 1, went: {}, waits: 0, seconds: 0, error: "no such task" },
    ],
    steps: [
      { node: "in", ref: "itm_1", port: "item", output: {} },
      { node: "in", ref: "itm_2", port: "item", output: {} },
      { node: "ask", ref: "itm_1", port: "", output: {} },
    ],
  };

  it("shows on edges how many passed their condition, and where it failed", () => {
    const marks = tryMarks(DRAFT, found);
    expect(marks.edges.get("in.item>ask.item")?.count).toBe(1);
    expect(marks.nodes.get("ask")).toMatchObject({
      problems: ["no such task"],
      counts: { failed: 1, done: 0 },
    });
  });

  it("tells each image's own steps", () => {
    expect(stepsByItem(found.steps).map(({ ref, steps }) => [ref, steps.map((step) => step.node)])).toEqual([
      ["itm_1", ["in", "ask"]],
      ["itm_2", ["in"]],
    ]);
  });
});
