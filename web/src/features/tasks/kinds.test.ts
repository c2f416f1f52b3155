import { expect, it } from "vitest";

import { progressOf, workPlace } from "./kinds";

const NONE = { queued: 0, leased: 0, submitted: 0, approved: 0, rework: 0, waiting: 0, discarded: 0 };

it("counts each item of a task once", () => {
  const counts = { queued: 1, leased: 2, submitted: 4, approved: 8, rework: 16, waiting: 32, discarded: 64 };
  expect(progressOf(counts)).toEqual({ total: 127, done: 76, inHand: 2, open: 49 });
});

it("has no progress without items", () => {
  expect(progressOf(NONE)).toEqual({ total: 0, done: 0, inHand: 0, open: 0 });
});

it("opens classify tasks in the grid", () => {
  expect([workPlace("classify"), workPlace("label")]).toEqual([
    "/p/$projectId/grid/$taskId",
    "/p/$projectId/studio/$taskId",
  ]);
});
