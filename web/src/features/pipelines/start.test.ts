import { describe, expect, it } from "vitest";

import { readForm } from "./start";

const template = {
  variables: [
    { name: "pool", description: "", type: "dataset" as const },
    { name: "ground_truth", description: "", type: "dataset" as const },
    { name: "budget", description: "", type: "number" as const, value: 50 },
  ],
};
const datasets = [{ id: "dst_1", name: "photos" }];

describe("readForm", () => {
  it("takes a known dataset by name and makes the others", () => {
    const form = readForm({
      template,
      datasets,
      texts: { pool: " photos ", ground_truth: "truth", budget: "40" },
    });
    expect(form.values).toEqual({ pool: "dst_1", budget: 40 });
    expect(form.newDatasets).toEqual({ ground_truth: "truth" });
    expect(form.isComplete).toBe(true);
  });
  it("refuses one dataset for both", () => {
    const form = readForm({
      template,
      datasets,
      texts: { pool: "photos", ground_truth: "photos", budget: "1" },
    });
    expect([form.sameDataset, form.isComplete]).toEqual([true, false]);
  });
  it("leaves open what the template leaves open, and empties what it filled", () => {
    const open = { name: "no_object", description: "", type: "text" as const, value: null };
    const filled = { name: "box_task", description: "", type: "text" as const, value: "boxes" };
    const variables = [...template.variables, open, filled];
    const form = readForm({
      template: { variables },
      datasets,
      texts: { pool: "photos", ground_truth: "t" },
    });
    expect([form.values.no_object, form.values.box_task]).toEqual([null, ""]);
  });
  it("says what is missing or wrong, by variable", () => {
    const form = readForm({ template, datasets, texts: { pool: "", ground_truth: "t", budget: "many" } });
    expect(Object.keys(form.problems)).toEqual(["pool", "budget"]);
    expect(form.isComplete).toBe(false);
  });
});
