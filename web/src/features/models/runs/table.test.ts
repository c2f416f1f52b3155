import { describe, expect, it } from "vitest";

import type { Evaluation, Model } from "@/api/schema.gen";

import { flatParams, pick, runsOf, sortRuns } from "./table";

const model = (id: string, params: Model["params"], seconds: number | null = null): Model => ({
  id,
  created_at: "2026-01-01",
  project_id: "p",
  name: id,
  task: "detection",
  architecture: "builtin:tinydet",
  params,
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
  seconds,
  trained_at: null,
});
const evaluation = (model_id: string, metric: number | null, created_at: string): Evaluation => ({
  id: `evl_${created_at}`,
  model_id,
  dataset_id: "d",
  revision: 1,
  items_digest: "",
  n_items: 3,
  metric_name: "ap50",
  metric,
  metrics: {},
  is_stale: false,
  created_at,
});

describe("runsOf", () => {
  it("keeps the parameters that differ, of all depths, and the newest evaluation", () => {
    const runs = runsOf(
      [
        model("a", { seed: 1, size: 320, augment: { flip: true } }),
        model("b", { seed: 1, size: 160, augment: { flip: false, blur: 2 } }),
      ],
      [evaluation("a", 0.8, "2026-02"), evaluation("a", 0.7, "2026-01")],
    );
    expect(runs.paramNames).toEqual(["augment.flip", "size", "augment.blur"]);
    expect(runs.rows.map((row) => [row.params, row.evaluation?.metric ?? null])).toEqual([
      [{ "augment.flip": "yes", size: "320" }, 0.8],
      [{ "augment.flip": "no", size: "160", "augment.blur": "2" }, null],
    ]);
  });
  it("has no column for a single run", () => {
    expect(runsOf([model("a", { seed: 1 })], []).paramNames).toEqual([]);
  });
});

describe("sortRuns", () => {
  const { rows } = runsOf(
    [model("a", { size: 64 }, 20), model("b", { size: 320 }, null), model("c", { size: 128 }, 3)],
    [evaluation("b", 0.9, "2026-01"), evaluation("c", 0.5, "2026-01")],
  );
  const ids = (key: Parameters<typeof sortRuns>[1]) => sortRuns(rows, key).map((row) => row.model.id);
  it("sorts numbers as numbers, also those that were written down as text", () => {
    expect(ids({ key: "param:size", way: "ascending" })).toEqual(["a", "c", "b"]);
    expect(ids({ key: "seconds", way: "descending" })).toEqual(["a", "c", "b"]);
    expect(ids({ key: "metric", way: "descending" })).toEqual(["b", "c", "a"]);
    expect(ids(null)).toEqual(["a", "b", "c"]);
  });
});

describe("pick", () => {
  it("lets go of the first beyond six", () => {
    const six = ["1", "2", "3", "4", "5", "6"];
    expect(pick(six, "7")).toEqual(["2", "3", "4", "5", "6", "7"]);
    expect(pick(six, "3")).toEqual(["1", "2", "4", "5", "6"]);
  });
});

describe("flatParams", () => {
  it("says values as people read them", () => {
    expect(flatParams({ a: null, b: [1, 2], c: "x", d: { e: { f: false } } })).toEqual({
      a: "–",
      b: "[1,2]",
      c: "x",
      "d.e.f": "no",
    });
  });
});
