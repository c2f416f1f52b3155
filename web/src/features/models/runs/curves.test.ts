import { describe, expect, it } from "vitest";

import type { ModelRow, ModelTable } from "@/api/schema.gen";

import { axesOf, curveSeries, usualSeries } from "./curves";

const row = (model_id: string): ModelRow => ({
  model_id,
  name: `run ${model_id}`,
  architecture: "a",
  task: "detection",
  status: "trained",
  revision: 1,
  params: {},
  metrics: {},
  n_items: 1,
  seconds: 1,
  size_bytes: null,
  latency_ms: null,
  created_at: "2026-01-01",
  trained_at: null,
});

describe("curveSeries", () => {
  const table: Pick<ModelTable, "rows" | "curves"> = {
    rows: [row("a"), row("b"), row("c")],
    curves: [
      { model_id: "b", points: [{ seconds: 1, epoch: 1, loss: 4 }, { seconds: 2 }, { seconds: 3, loss: 2 }] },
      { model_id: "a", points: [{ seconds: 1, other: 1 }] },
    ],
  };
  it("gives each run the colour of its place and leaves out runs that said nothing", () => {
    expect(curveSeries(table, { key: "loss", axis: "seconds", isSmooth: false, colorOf: String })).toEqual([
      {
        key: "b",
        name: "run b",
        color: "1",
        points: [
          { x: 1, y: 4 },
          { x: 3, y: 2 },
        ],
      },
    ]);
  });
  it("smooths what it draws", () => {
    const [only] = curveSeries(table, { key: "loss", axis: "seconds", isSmooth: true, colorOf: String });
    expect(only?.points.map((one) => one.y)).toEqual([4, 3]);
  });
  it("offers the axes that there are", () => {
    expect(axesOf(table.curves)).toEqual(["seconds", "epoch"]);
  });
});

describe("usualSeries", () => {
  it("prefers what can be read", () => {
    expect(usualSeries(["heat_loss", "ap50"])).toBe("ap50");
    expect(usualSeries(["heat_loss"])).toBe("heat_loss");
    expect(usualSeries([])).toBeNull();
  });
});
