import { describe, expect, it } from "vitest";

import type { Ontology } from "@/api/schema.gen";

import {
  addAttribute,
  addLabels,
  changeAttribute,
  changeLabel,
  findMistakes,
  moveLabel,
  removedLabels,
  removeLabel,
  startDraft,
  toOntologyDraft,
} from "./draft";

const SAVED: Ontology = {
  id: "ont_1",
  project_id: "prj_1",
  version: 3,
  author_id: "usr_1",
  created_at: "2026-01-01T00:00:00Z",
  labels: [
    { name: "vehicle", color: null, parent: null },
    { name: "car", color: "#ff0000", parent: "vehicle" },
    { name: "truck", color: null, parent: "vehicle" },
  ],
  attributes: [{ name: "occluded", type: "flag", choices: [], labels: ["car"] }],
  is_open: false,
};

describe("the ontology's draft", () => {
  it("gives back what it began with", () => {
    const { labels, attributes, is_open } = SAVED;
    expect(toOntologyDraft(startDraft(SAVED))).toEqual({ labels, attributes, is_open });
  });

  it("adds names by line or comma, each once", () => {
    const draft = addLabels(startDraft(SAVED), " bus, car\nbus;  tram ,,");
    expect(draft.labels.map((one) => one.name)).toEqual(["vehicle", "car", "truck", "bus", "tram"]);
    expect(new Set(draft.labels.map((one) => one.key)).size).toBe(5);
  });

  it("carries a new name to children and attributes", () => {
    const start = startDraft(SAVED);
    const vehicle = changeLabel(start, 0, { name: "road user" });
    expect(vehicle.labels.map((one) => one.parent)).toEqual([null, "road user", "road user"]);
    const car = changeLabel(start, 1, { name: "motor car" });
    expect(car.attributes[0]?.labels).toEqual(["motor car"]);
  });

  it("moves the children of a removed label up", () => {
    const draft = removeLabel(startDraft(SAVED), 0);
    expect(draft.labels.map((one) => [one.name, one.parent])).toEqual([
      ["car", null],
      ["truck", null],
    ]);
  });

  it("drops a removed label from attributes and names it as removed", () => {
    const draft = removeLabel(startDraft(SAVED), 1);
    expect(draft.attributes[0]?.labels).toEqual([]);
    expect(removedLabels(draft, SAVED)).toEqual(["car"]);
  });

  it("moves a label and stays within the list", () => {
    const names = (by: number) => moveLabel(startDraft(SAVED), 2, by).labels.map((one) => one.name);
    expect(names(-1)).toEqual(["vehicle", "truck", "car"]);
    expect(names(-9)).toEqual(["truck", "vehicle", "car"]);
    expect(names(5)).toEqual(["vehicle", "car", "truck"]);
  });

  it("finds what cannot be saved", () => {
    expect(findMistakes(startDraft(SAVED))).toEqual([]);
    const twice = changeLabel(startDraft(SAVED), 1, { name: "truck " });
    expect(findMistakes(twice)).toEqual(["Two labels are called “truck”."]);
    let draft = addAttribute(startDraft(SAVED));
    expect(findMistakes(draft)).toEqual(["Every attribute needs a name."]);
    draft = changeAttribute(draft, 4, { name: "pose", type: "choice" });
    expect(findMistakes(draft)).toEqual(["Give “pose” at least one choice."]);
  });
});
