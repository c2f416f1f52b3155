import { describe, expect, it } from "vitest";

import { alignSeries, smooth, valueNear } from "./aligned";

const line = (key: string, points: readonly (readonly [number, number | null])[]) => ({
  key,
  name: key,
  color: "red",
  points: points.map(([x, y]) => ({ x, y })),
});

describe("alignSeries", () => {
  it("puts two runs over one axis and leaves holes where one says nothing", () => {
    const one = line("a", [
      [1, 0.5],
      [3, 0.7],
    ]);
    const other = line("b", [
      [2, 0.1],
      [3, null],
    ]);
    expect(alignSeries([one, other])).toEqual({
      xs: [1, 2, 3],
      ys: [
        [0.5, null, 0.7],
        [null, 0.1, null],
      ],
    });
  });
  it("leaves out what is no number", () => {
    expect(alignSeries([line("a", [[NaN, 1]])])).toEqual({ xs: [], ys: [[]] });
  });
});

describe("valueNear", () => {
  it("takes the value there, else the nearest", () => {
    expect(valueNear([1, null, null, 4], [0, 1, 2, 10], 0)).toBe(1);
    expect(valueNear([1, null, null, 4], [0, 1, 2, 10], 2)).toBe(1);
    expect(valueNear([1, null, null, 4], [0, 1, 2, 10], 3)).toBe(4);
  });
  it("has nothing to say about nothing", () => {
    expect(valueNear([null], [1], 0)).toBeNull();
    expect(valueNear([1], [1], 5)).toBeNull();
  });
});

describe("smooth", () => {
  it("is the mean of the last few", () => {
    expect(smooth([1, null, 3, 5], 2)).toEqual([1, null, 2, 4]);
  });
});
