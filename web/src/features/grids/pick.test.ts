import { describe, expect, it } from "vitest";

import { spanned, touched } from "./marquee";
import { focusOn, selectAll, selectThese, stretchTo, toggleOne, type Pick } from "./pick";

const ORDER = ["a", "b", "c", "d", "e"];
const chosen = (pick: Pick) => [...pick.selection];

describe("toggleOne", () => {
  it("turns a tile on, and off again", () => {
    const on = toggleOne(focusOn("a"), "c");
    expect([chosen(on), on.focus]).toEqual([["c"], "c"]);
    expect(chosen(toggleOne(on, "c"))).toEqual([]);
  });
});

describe("stretchTo", () => {
  it("selects from the anchor, to either side, in place of what was selected", () => {
    const there = stretchTo(focusOn("c"), { order: ORDER, id: "e" });
    expect(chosen(there)).toEqual(["c", "d", "e"]);
    expect(chosen(stretchTo(there, { order: ORDER, id: "a" }))).toEqual(["a", "b", "c"]);
  });

  it("begins at the tile itself when the anchor is gone", () => {
    expect(chosen(stretchTo(focusOn("gone"), { order: ORDER, id: "b" }))).toEqual(["b"]);
  });

  it("leaves the selection when the tile is gone", () => {
    const pick = toggleOne(focusOn(null), "a");
    expect(stretchTo(pick, { order: ORDER, id: "gone" })).toBe(pick);
  });
});

describe("selectThese", () => {
  it("replaces, or adds", () => {
    const pick = toggleOne(focusOn(null), "a");
    expect(chosen(selectThese(pick, { ids: ["c", "d"], isAdding: false }))).toEqual(["c", "d"]);
    expect(chosen(selectThese(pick, { ids: ["c", "a"], isAdding: true }))).toEqual(["a", "c"]);
  });
});

describe("selectAll", () => {
  it("selects the page, and nothing the second time", () => {
    const all = selectAll(focusOn(null), ORDER);
    expect(chosen(all)).toEqual(ORDER);
    expect(chosen(selectAll(all, ORDER))).toEqual([]);
  });

  it("does not call an empty page all", () => {
    expect(chosen(selectAll(focusOn(null), []))).toEqual([]);
  });
});

describe("touched", () => {
  const tiles = [0, 1, 2].map((at) => ({
    id: String(at),
    rect: { x: at * 10, y: 0, width: 8, height: 8 },
  }));

  it("finds the tiles that a rectangle meets, whichever corner it began from", () => {
    expect(touched(spanned({ x: 19, y: 5 }, { x: 7, y: 2 }), tiles)).toEqual(["0", "1"]);
  });

  it("finds none in the gap between two", () => {
    expect(touched(spanned({ x: 8.5, y: 0 }, { x: 9.5, y: 8 }), tiles)).toEqual([]);
  });
});
