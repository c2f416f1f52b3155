import { describe, expect, it } from "vitest";

import { readComparison } from "@/api/metrics";
import type { Model } from "@/api/schema.gen";

import { explainDecision, formatDelta, formatLevel, formatMetric, pairUp, readCurves, wilson } from "./words";

const base = {
  metric: "accuracy",
  champion: 0.8,
  challenger: 0.85,
  delta: 0.05,
  low: 0.02,
  high: 0.08,
  level: 0.95,
};
const explain = (decision: string, changes: Record<string, unknown> = {}, hasChampion = true) =>
  explainDecision({ decision, numbers: readComparison({ ...base, ...changes }), hasChampion });

describe("explainDecision", () => {
  it("a promotion names the interval above zero", () => {
    expect(explain("promote")).toBe(
      "Promoted because it is provably better: +0.050 Accuracy against the champion, and the whole interval (+0.020 to +0.080) lies above zero.",
    );
  });
  it("the first model is measured against none", () => {
    expect(explain("promote", {}, false)).toContain("against having no model");
  });
  it("a broken floor goes before the mean", () => {
    const per_class = [
      { name: "cat", is_breached: true },
      { name: "dog", is_breached: false },
    ];
    expect(explain("keep", { per_class })).toBe(
      "Not promoted because class cat fell below the floor, although the mean rose by 0.050.",
    );
  });
  it("a tie may be chance", () => {
    expect(explain("tie", { delta: -0.003, low: -0.035, high: 0.028 })).toBe(
      "Not promoted because the difference may be chance: −0.003 Accuracy against the champion, but the interval (−0.035 to +0.028) includes zero.",
    );
  });
  it("a loss lies below zero", () => {
    expect(explain("keep", { delta: -0.05, low: -0.08, high: -0.01 })).toContain("provably worse");
  });
  it("what cannot be measured is said to be so", () => {
    expect(explain("tie", { delta: null })).toContain("could not be measured");
  });
});

describe("numbers", () => {
  it.each([
    [0.0301, "+0.030"],
    [-0.0004, "0.000"],
    [-0.25, "−0.250"],
    [null, "–"],
  ])("difference %s", (value, text) => {
    expect(formatDelta(value)).toBe(text);
  });
  it("counts are whole", () => {
    expect([formatMetric(1431, "n_truth"), formatMetric(0.79741, "ap50"), formatMetric(null)]).toEqual([
      "1,431",
      "0.797",
      "–",
    ]);
  });
  it("levels lose idle zeros", () => {
    expect([formatLevel(0.95), formatLevel(0.98333)]).toEqual(["95 %", "98.3 %"]);
  });
});

describe("wilson", () => {
  it("is the known interval of 8 in 10", () => {
    const { low, high } = wilson(0.8, 10);
    expect([low.toFixed(3), high.toFixed(3)]).toEqual(["0.490", "0.943"]);
  });
  it("is wide and inside for a single answer", () => {
    const { low, high } = wilson(1, 1);
    expect(low).toBeLessThan(0.25);
    expect(high).toBe(1);
  });
  it("knows nothing without answers", () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe("readCurves", () => {
  it("draws losses over epochs and keeps single values apart", () => {
    const rows = [
      { seconds: 5, views: 8 },
      { seconds: 6, epoch: 1, progress: 0.1, heat_loss: 2, box_loss: 1 },
      { seconds: 7, epoch: 2, progress: 0.2, heat_loss: 1, box_loss: 0.5 },
      { seconds: 8, epoch: 3, progress: 0.3, heat_loss: 0.5, box_loss: 0.4 },
    ];
    const curves = readCurves(rows);
    expect(curves.xTitle).toBe("epoch");
    expect(curves.groups.map((group) => [group.title, group.series.map((one) => one.key)])).toEqual([
      ["Loss", ["heat_loss", "box_loss"]],
    ]);
    expect(curves.groups[0]!.series[0]!.points).toEqual([
      { x: 1, y: 2 },
      { x: 2, y: 1 },
      { x: 3, y: 0.5 },
    ]);
    expect(curves.facts).toEqual([{ key: "views", value: 8 }]);
  });
  it("has no line for what was said once", () => {
    const curves = readCurves([{ seconds: 0.1, cv_accuracy_hog: 0.8 }]);
    expect([curves.groups, curves.facts]).toEqual([[], [{ key: "cv_accuracy_hog", value: 0.8 }]]);
  });
});

describe("pairUp", () => {
  const model = (id: string, created_at: string): Model => ({
    id,
    created_at,
    project_id: "p",
    name: id,
    task: "detection",
    architecture: "a",
    params: {},
    labels: [],
    status: "trained",
    dataset_id: null,
    revision: null,
    query: {},
    items_digest: null,
    n_items: null,
    parent_id: null,
    metrics: {},
    error: null,
    seconds: null,
    trained_at: null,
  });
  const old = model("old", "2026-01-01");
  const young = model("young", "2026-02-01");
  it("defends the older one", () => {
    expect(pairUp({ picked: [young, old], championIds: new Set() })).toEqual({
      champion: old,
      challenger: young,
    });
  });
  it("defends the champion, however young", () => {
    expect(pairUp({ picked: [old, young], championIds: new Set(["young"]) })).toEqual({
      champion: young,
      challenger: old,
    });
  });
  it("needs two", () => {
    expect(pairUp({ picked: [old], championIds: new Set() })).toBeNull();
  });
});
