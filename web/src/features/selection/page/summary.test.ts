import { expect, it } from "vitest";

import { detailsOf, nearestOf, readSummary, stepTo } from "./summary";

it("reads a summary, largest counts first", () => {
  const summary = {
    why: ["Herding, since 40 images are labelled.", "It covers 91 %."],
    bytes: 1200,
    seconds: 60.5,
    took_seconds: 2,
    coverage: { before: 0.4, after: 0.9 },
    by_source: { south: 3, north: 7 },
    left_out: { duplicate: 12, quota: 0 },
  };
  expect(readSummary({ summary })).toEqual({
    why: ["Herding, since 40 images are labelled.", "It covers 91 %."],
    bytes: 1200,
    seconds: 60.5,
    tookSeconds: 2,
    coverage: { before: 0.4, after: 0.9 },
    bySource: [
      { name: "north", count: 7 },
      { name: "south", count: 3 },
    ],
    leftOut: [{ name: "duplicate", count: 12 }],
  });
});

it("reads nothing from a summary of another shape, and does not fall over it", () => {
  expect(readSummary({ summary: { why: 4, by_source: [1], left_out: "x", coverage: null } })).toEqual({
    why: [],
    bytes: null,
    seconds: null,
    tookSeconds: null,
    coverage: null,
    bySource: [],
    leftOut: [],
  });
});

it("shows the neighbour as a picture and the rest as words", () => {
  const details = { nearest_labelled: "itm_1", distance: 0.4, cluster: null };
  expect(detailsOf({ details })).toEqual([{ name: "distance", value: 0.4 }]);
  expect(nearestOf({ details })).toBe("itm_1");
  expect(nearestOf({ details: { nearest_labelled: 7 } })).toBeNull();
});

it.each([
  ["ArrowRight", 3, 4],
  ["ArrowDown", 3, 8],
  ["ArrowUp", 3, null],
  ["ArrowLeft", 0, null],
  ["ArrowDown", 8, null],
  ["End", 0, 9],
  ["x", 0, null],
])("%s from %i goes to %s", (key, at, to) => {
  expect(stepTo({ key, at, columns: 5, count: 10 })).toBe(to);
});
