import { expect, it } from "vitest";

import { allowedLabels, lackingSkills, workOf } from "./taskWork";

const label = (name: string) => ({ name, color: null, parent: null });

it("asks for everything where a task says nothing", () => {
  expect(workOf({ settings: {} })).toEqual({
    mode: "full",
    labels: [],
    modelId: null,
    skills: [],
    minConfidence: 0,
  });
});

it("reads what is asked, and leaves out what is no answer", () => {
  const work = { mode: "find_missed", labels: ["car", 3], model_id: "mdl_1", skills: ["expert", null] };
  expect(workOf({ settings: { work, min_confidence: 0.4 } })).toEqual({
    mode: "find_missed",
    labels: ["car"],
    modelId: "mdl_1",
    skills: ["expert"],
    minConfidence: 0.4,
  });
  expect(workOf({ settings: { work: ["find_missed"] } }).mode).toBe("full");
  expect(workOf({ settings: { work: { mode: "guess" } } }).mode).toBe("full");
});

it("lets the recipe narrow the labels further, and never to none", () => {
  const settings = { work: { labels: ["car", "van"] } };
  expect(workOf({ settings }, { labels: ["van", "bus"] }).labels).toEqual(["van"]);
  expect(workOf({ settings }, { labels: ["bus"] }).labels).toEqual(["car", "van"]);
  expect(workOf({ settings: {} }, { labels: ["bus"] }).labels).toEqual(["bus"]);
  expect(workOf({ settings: {} }, { labels: null }).labels).toEqual([]);
});

it("gives the allowed labels in the order of the ontology", () => {
  const all = ["bus", "car", "van"].map(label);
  expect(allowedLabels(all, ["van", "bus"]).map(({ name }) => name)).toEqual(["bus", "van"]);
  expect(allowedLabels(all, [])).toBe(all);
});

it("knows which skills are lacking", () => {
  expect(lackingSkills(["cars", "night"], ["night", "boats"])).toEqual(["cars"]);
  expect(lackingSkills([], [])).toEqual([]);
});
