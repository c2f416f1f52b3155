import { describe, expect, it } from "vitest";

import { extent, linePath, nearestIndex, niceDomain, niceStep, place, stepDigits, ticks } from "./scale";

describe("extent", () => {
  it("leaves out what is not a number", () => {
    expect(extent([3, Number.NaN, -1, Infinity])).toEqual([-1, 3]);
  });
  it("has nothing to say about nothing", () => {
    expect(extent([Number.NaN])).toBeNull();
  });
});

describe("place", () => {
  it("turns the axis around when the range does", () => {
    expect(place({ domain: [0, 10], range: [100, 0] }, 2.5)).toBe(75);
  });
  it("puts everything in the middle of a domain without width", () => {
    expect(place({ domain: [4, 4], range: [0, 80] }, 4)).toBe(40);
  });
});

describe("niceStep", () => {
  it.each([
    [1, 5, 0.2],
    [97, 5, 20],
    [0.06, 4, 0.02],
    [7, 5, 1],
    [0, 5, 1],
  ])("cuts a span of %d into about %d parts by %d", (span, parts, step) => {
    expect(niceStep(span, parts)).toBeCloseTo(step, 12);
  });
});

describe("ticks", () => {
  it("are round and inside", () => {
    expect(ticks([0.62, 0.91])).toEqual([0.65, 0.7, 0.75, 0.8, 0.85, 0.9]);
  });
  it("write no dust of binary fractions", () => {
    expect(ticks([0, 0.3], 3)).toEqual([0, 0.1, 0.2, 0.3]);
  });
  it("name the one value of a domain without width", () => {
    expect(ticks([7, 7])).toEqual([7]);
  });
});

describe("niceDomain", () => {
  it("keeps shares below one", () => {
    expect(niceDomain([0.71, 0.99], [0, 1])).toEqual([0.65, 1]);
  });
  it("widens a single value", () => {
    const [low, high] = niceDomain([0.5, 0.5]);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
  });
  it("does not go below zero for what is not negative", () => {
    expect(niceDomain([0.1, 2.4])[0]).toBe(0);
    expect(niceDomain([-0.1, 2.4])[0]).toBeLessThan(-0.1);
  });
  it("falls back where there is nothing", () => {
    expect(niceDomain(null)).toEqual([0, 1]);
  });
});

describe("stepDigits", () => {
  it.each([
    [0.05, 2],
    [0.1, 1],
    [1, 0],
    [20, 0],
  ])("a step of %d needs %d", (step, digits) => {
    expect(stepDigits(step)).toBe(digits);
  });
});

describe("nearestIndex", () => {
  it("prefers the first of two equally near", () => {
    expect(nearestIndex([10, 20, 30], 15)).toBe(0);
  });
  it("finds nothing in an empty list", () => {
    expect(nearestIndex([], 1)).toBe(-1);
  });
});

describe("linePath", () => {
  it("breaks where a value is missing", () => {
    expect(
      linePath([
        { x: 0, y: 1 },
        { x: 5, y: 2 },
        { x: 10, y: null },
        { x: 15, y: 3 },
      ]),
    ).toBe("M0.0 1.0L5.0 2.0M15.0 3.0");
  });
});
