import { expect, it } from "vitest";

import type { DuplicateMember } from "@/api/schema.gen";

import { factsOf, hashWords, kindWords, similarityWords } from "./facts";

const KEPT: DuplicateMember = {
  item_id: "itm_1",
  name: "a.jpg",
  width: 640,
  height: 480,
  bytes: 2000,
  subset: "train",
  kind: "near",
  distance: 0,
  is_kept: true,
  has_truth: true,
};
const EXTRA: DuplicateMember = { ...KEPT, item_id: "itm_2", subset: null, is_kept: false, distance: 3.14159 };

it("marks what differs within the group", () => {
  expect(factsOf(EXTRA, [KEPT, EXTRA])).toEqual([
    { name: "size", value: "640 × 480", isDifferent: false },
    { name: "file", value: "2.0 kB", isDifferent: false },
    { name: "subset", value: "none", isDifferent: true },
    { name: "labels", value: "yes", isDifferent: false },
  ]);
});

it("says how a member belongs to its group", () => {
  expect([KEPT, EXTRA, { ...EXTRA, kind: "exact" as const }].map(kindWords)).toEqual([
    "kept",
    "nearly the same, distance 3.1",
    "the same file",
  ]);
});

it("explains the sliders by what they let through", () => {
  expect([0, 4, 8, 16, 20].map(hashWords).map((one) => one.split(":")[0])).toEqual([
    "the same picture, at most in another size or compression",
    "the same picture, brightened or sharpened",
    "the same scene a moment later",
    "alike at a glance",
    "loosely alike",
  ]);
  expect([0.99, 0.9, 0.85, 0.1].map(similarityWords)).toEqual([
    "all but identical content",
    "the same scene",
    "the same kind of scene",
    "loosely alike",
  ]);
});
