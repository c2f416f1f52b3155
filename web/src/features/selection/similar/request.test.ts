import { describe, expect, it } from "vitest";

import { filterText, mark, readRegion, requestOf, toRegion } from "./request";

describe("requestOf", () => {
  it("looks for exactly one thing", () => {
    expect(requestOf({})).toBeNull();
    expect(requestOf({ item: "itm_1" })).toEqual({ item_id: "itm_1", region: null, limit: 120 });
    expect(requestOf({ item: "itm_1", region: "0,1,20,30" })).toEqual({
      item_id: "itm_1",
      region: [0, 1, 20, 30],
      limit: 120,
    });
    expect(requestOf({ annotation: "ann_1" })).toEqual({ annotation_id: "ann_1", limit: 120 });
    expect(requestOf({ text: "a cat" })).toEqual({ text: "a cat", limit: 120 });
  });

  it("counts the first item among the examples", () => {
    expect(requestOf({ item: "itm_1", like: "itm_2,itm_3", unlike: "itm_4" })).toEqual({
      examples: ["itm_1", "itm_2", "itm_3"],
      unlike: ["itm_4"],
      limit: 120,
    });
  });
});

it.each([undefined, "", "1,2,3", "1,2,3,x", "5,5,5,9", "9,9,1,1", "1,2,3,4,5"])("%s is no region", (text) => {
  expect(readRegion(text)).toBeNull();
});

it("marks an item as wanted, then as unwanted, then not at all", () => {
  const wanted = mark({ item: "itm_1" }, "itm_2", "like");
  expect(wanted).toEqual({ item: "itm_1", like: "itm_2", unlike: undefined });
  const unwanted = mark(wanted, "itm_2", "unlike");
  expect(unwanted).toEqual({ item: "itm_1", like: undefined, unlike: "itm_2" });
  expect(mark(unwanted, "itm_2", null)).toEqual({ item: "itm_1", like: undefined, unlike: undefined });
});

it("turns what was drawn into pixels of the image, inside it, whichever way it was drawn", () => {
  const sizes = { shown: { width: 100, height: 50 }, image: { width: 1000, height: 500 } };
  expect(toRegion({ from: { x: 50, y: 40 }, to: { x: -20, y: 10 }, ...sizes })).toEqual([0, 100, 500, 400]);
  expect(toRegion({ from: { x: 50, y: 40 }, to: { x: 52, y: 45 }, ...sizes })).toBeNull();
});

it("becomes a filter where the query language has a word for it", () => {
  expect(filterText({ item: "itm_1" })).toBe("near:itm_1");
  expect(filterText({ item: "itm_1", region: "0,0,9,9" })).toBeNull();
  expect(filterText({ item: "itm_1", like: "itm_2" })).toBeNull();
});
