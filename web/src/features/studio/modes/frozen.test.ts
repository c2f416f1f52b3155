import { expect, it } from "vitest";

import type { Annotation, TaskWork } from "@/api/schema.gen";
import { workOf } from "@/api/taskWork";
import { ShapeDocument } from "@/canvas/model/document";
import { addShapes } from "@/canvas/model/edits";
import { applyCommand } from "@/canvas/model/commands";
import { changesSince } from "@/canvas/model/wire";

import type { ItemContent } from "../session/server";
import { annotation, FakeServer } from "../session/testing/fakeServer";
import { box } from "../session/testing/bench";
import { readerOf, shownPredictions, submitWords, tallyOf } from "./frozen";

const IMAGE = { width: 100, height: 80 };

function truth(id: string, rest: Partial<Annotation> = {}): Annotation {
  return { ...annotation(id), ...rest };
}

function found(id: string, rest: Partial<Annotation> = {}): Annotation {
  return { ...annotation(id), layer: "prediction", author_id: "mdl_1", confidence: 0.8, ...rest };
}

async function contentOf(annotations: Annotation[], predictions: Annotation[]): Promise<ItemContent> {
  return { ...(await new FakeServer(1).as("per_a").read("item_0")), annotations, predictions };
}

const missed = (rest: Partial<TaskWork> = {}) => workOf({ work: { mode: "find_missed", ...rest } });

it("draws what models found as references, also what was taken before", async () => {
  const content = await contentOf(
    [truth("taken", { from_prediction: "old" }), truth("mine")],
    [found("p1"), found("p2", { confidence: 0.2 })],
  );
  const shapes = readerOf(missed())?.read(content).shapes ?? [];
  expect(shapes.map(({ id, standing }) => [id, standing])).toEqual([
    ["p1", "reference"],
    ["p2", "reference"],
    ["taken", "reference"],
    ["mine", "own"],
  ]);
  expect(
    readerOf(missed())
      ?.readTruth(content.annotations)
      .shapes.map(({ id }) => id),
  ).toEqual(["mine"]);
});

it("sends only what was added, and never takes away what stands still", async () => {
  const content = await contentOf([truth("taken", { from_prediction: "old" })], [found("p1")]);
  const base = readerOf(missed())?.read(content) ?? { shapes: [], hidden: new Map() };
  const doc = new ShapeDocument(IMAGE, base.shapes);
  expect(changesSince(base, doc)).toEqual({ annotations: [], removed_ids: [], rejected_ids: [] });
  const add = addShapes(doc, [box("mine")]);
  if (add !== null) applyCommand(doc, add);
  const changes = changesSince(base, doc);
  expect([changes.annotations.length, changes.removed_ids, changes.rejected_ids]).toEqual([1, [], []]);
  expect(tallyOf(doc)).toEqual({ found: 2, added: 1 });
});

it("shows the task's model, else the one that looked last, and only what is sure enough", () => {
  const older = found("older", { author_id: "mdl_1", born_rev: 4 });
  const newer = found("newer", { author_id: "mdl_2", born_rev: 7, confidence: 0.6 });
  const unsure = found("unsure", { author_id: "mdl_2", born_rev: 7, confidence: 0.1 });
  const tag = found("tag", { author_id: "mdl_2", born_rev: 7, geometry: { type: "class" } });
  const other = found("other", { author_id: "mdl_2", born_rev: 7, label: "tree" });
  const all = [older, newer, unsure, tag, other];
  const sure = { ...missed({ labels: ["car"] }), minConfidence: 0.3 };
  expect(shownPredictions(all, sure)).toEqual([newer]);
  expect(shownPredictions(all, missed({ model_id: "mdl_1" }))).toEqual([older]);
  expect(shownPredictions(all, workOf({}))).toEqual(all);
});

it("reads full work as ever", async () => {
  expect(readerOf(workOf({}))).toBeNull();
  const reader = readerOf(workOf({ work: { mode: "fix_geometry" } }));
  const shapes = reader?.read(await contentOf([truth("mine")], [found("p1")])).shapes ?? [];
  expect(shapes.map(({ standing }) => standing)).toEqual(["own", "proposal"]);
});

it("says what a submit takes", () => {
  expect(submitWords({ found: 0, added: 0 }).button).toBe("Nothing here");
  expect(submitWords({ found: 23, added: 0 }).button).toBe("Nothing missed: take 23");
  expect(submitWords({ found: 1, added: 0 }).about).toBe(
    "The model's 1 shape becomes ground truth as it is.",
  );
  expect(submitWords({ found: 23, added: 2 }).button).toBe("Submit 23 + 2");
  expect(submitWords({ found: 0, added: 2 }).button).toBe("Submit 2");
});
