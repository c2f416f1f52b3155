import { expect, it } from "vitest";

import { allowedLabels, workOf } from "./taskWork";

const label = (name: string) => ({ name, color: null, parent: null });

it("asks for everything where a task says nothing", () => {
  expect(workOf({})).toEqual({ mode: "full", labels: [], modelId: null, skills: [], minConfidence: 0 });
});

it("reads what is asked", () => {
  const work = { mode: "find_missed", labels: ["car"], model_id: "mdl_1", min_confidence: 0.4 } as const;
  expect(workOf({ work: { ...work, labels: ["car"], skills: ["expert"] } })).toEqual({
    mode: "find_missed",
    labels: ["car"],
    modelId: "mdl_1",
    skills: ["expert"],
    minConfidence: 0.4,
  });
});

it("lets the recipe narrow the labels further, and never to none", () => {
  const task = { work: { labels: ["car", "van"] } };
  expect(workOf(task, { labels: ["van", "bus"] }).labels).toEqual(["van"]);
  expect(workOf(task, { labels: ["bus"] }).labels).toEqual(["car", "van"]);
  expect(workOf({}, { labels: ["bus"] }).labels).toEqual(["bus"]);
  expect(workOf({}, { labels: null }).labels).toEqual([]);
});

it("gives the allowed labels in the order of the ontology", () => {
  const all = ["bus", "car", "van"].map(label);
  expect(allowedLabels(all, ["van", "bus"]).map(({ name }) => name)).toEqual(["bus", "van"]);
  expect(allowedLabels(all, [])).toBe(all);
});
