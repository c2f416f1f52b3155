import { describe, expect, it } from "vitest";

import { stepFor, type GridPlace } from "./keys";
import { NOTHING, selectAll, selectOnly } from "./selection";

const place: GridPlace = { active: 12, selection: NOTHING, count: 47, columns: 10, viewRows: 3 };
const press = (key: string, more: { isShift?: boolean; isCtrl?: boolean } = {}) => ({
  key,
  isShift: false,
  isCtrl: false,
  ...more,
});

describe("stepFor", () => {
  it.each([
    ["ArrowLeft", 11],
    ["ArrowRight", 13],
    ["ArrowUp", 2],
    ["ArrowDown", 22],
    ["PageDown", 42],
    ["PageUp", 0],
    ["Home", 10],
    ["End", 19],
  ])("%s goes to %i", (key, active) => {
    expect(stepFor(place, press(key))).toEqual({ active });
  });

  it("stays within the list", () => {
    expect(stepFor({ ...place, active: 40 }, press("ArrowDown"))).toEqual({ active: 40 });
    expect(stepFor(place, press("End", { isCtrl: true }))).toEqual({ active: 46 });
  });

  it("the first arrow lands on the first item", () => {
    expect(stepFor({ ...place, active: null }, press("ArrowDown"))).toEqual({ active: 0 });
  });

  it("shift stretches from where one stood", () => {
    expect(stepFor(place, press("ArrowDown", { isShift: true }))).toEqual({
      active: 22,
      selection: { spans: [{ start: 12, end: 23 }], anchor: 12 },
    });
  });

  it("space, Ctrl+A, Escape and Enter", () => {
    expect(stepFor(place, press(" "))).toEqual({ active: 12, selection: selectOnly(12) });
    expect(stepFor(place, press("a", { isCtrl: true }))).toEqual({ selection: selectAll(47) });
    expect(stepFor({ ...place, selection: selectOnly(3) }, press("Escape"))).toEqual({ selection: NOTHING });
    expect(stepFor(place, press("Escape"))).toBeNull();
    expect(stepFor(place, press("Enter"))).toEqual({ active: 12, isOpening: true });
  });

  it("leaves other keys and an empty list alone", () => {
    expect(stepFor(place, press("x"))).toBeNull();
    expect(stepFor({ ...place, count: 0 }, press(" "))).toBeNull();
  });
});
