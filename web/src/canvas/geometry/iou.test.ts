import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { areaGeometry, masks } from "../testing/arbitraries";
import { box, IMAGE, maskOf, polygon, square } from "../testing/shapes";
import type { Geometry } from "../types";
import { toMask } from "./convert";
import { iouOf } from "./iou";
import { areaOf } from "./measure";

describe("iouOf", () => {
  it("is symmetric and in [0, 1], and 1 for the same", () => {
    fc.assert(
      fc.property(areaGeometry, areaGeometry, (a, b) => {
        const [there, back] = [iouOf(a, b), iouOf(b, a)];
        expect(there).not.toBeNull();
        expect(there).toBeCloseTo(back ?? -1, 9);
        expect(there).toBeGreaterThanOrEqual(0);
        expect(there).toBeLessThanOrEqual(1);
        // A ring that runs there and back on itself has no area to share.
        expect([0, 1]).toContain(Number(iouOf(a, a)?.toFixed(9)));
      }),
      { numRuns: 200 },
    );
  });

  it("of masks is symmetric, in [0, 1] and 1 for the same", () => {
    fc.assert(
      fc.property(masks, fc.oneof(masks, areaGeometry), (a, b) => {
        expect(iouOf(a, b)).toBe(iouOf(b, a));
        expect(iouOf(a, b)).toBeGreaterThanOrEqual(0);
        expect(iouOf(a, b)).toBeLessThanOrEqual(1);
        expect(iouOf(a, a)).toBe(areaOf(a) > 0 ? 1 : 0);
      }),
      { numRuns: 60 },
    );
  });

  it("of polygons is that of their pixels, nearly", () => {
    fc.assert(
      fc.property(areaGeometry, areaGeometry, (a, b) => {
        const [first, second] = [toMask(a, IMAGE), toMask(b, IMAGE)];
        // What hangs over the border has no pixels; thin things have too few.
        fc.pre(first !== null && second !== null && areaOf(first) > 3000 && areaOf(second) > 3000);
        fc.pre(!hangsOver(a) && !hangsOver(b));
        expect(Math.abs((iouOf(a, b) ?? -1) - (iouOf(first!, second!) ?? -1))).toBeLessThan(0.04);
      }),
      { numRuns: 80 },
    );
  });

  function hangsOver(geometry: Geometry): boolean {
    return geometry.type === "rotated_box";
  }

  const half = { type: "rotated_box", cx: 50, cy: 50, width: 20, height: 10, angle: 90 } as const;
  const cases: [string, Geometry, Geometry, number | null][] = [
    ["boxes side by side", box(0, 0, [10, 10]), box(10, 0, [10, 10]), 0],
    ["boxes half over each other", box(0, 0, [10, 10]), box(5, 0, [10, 10]), 1 / 3],
    ["a box and itself as a polygon", box(3, 4, [10, 12]), polygon([[3, 4], [13, 4], [13, 16], [3, 16]]), 1],
    ["a box and itself as a mask", box(3, 4, [10, 12]), maskOf([[3, 4], [13, 4], [13, 16], [3, 16]]), 1],
    ["a ring with a hole and its box", polygon(square(0, 0, 10), square(2, 2, 5)), box(0, 0, [10, 10]), 0.75],
    ["a turned box and the upright one", half, box(45, 40, [10, 20]), 1],
    ["a square and the same turned by an eighth", { type: "rotated_box", cx: 50, cy: 50, width: 10, height: 10, angle: 45 }, box(45, 45, [10, 10]), Math.SQRT1_2],
    ["tags", { type: "class" }, { type: "class" }, 1],
    ["a tag and a box", { type: "class" }, box(0, 0, [1, 1]), null],
    ["lines", { type: "polyline", points: [[0, 0], [1, 1]] }, { type: "polyline", points: [[0, 0], [1, 1]] }, null],
    ["masks of different images", maskOf(square(0, 0, 9)), maskOf(square(0, 0, 9), { width: 9, height: 9 }), null],
  ]; // prettier-ignore

  it.each(cases)("of %s", (...[, a, b, iou]) => {
    if (iou === null) expect(iouOf(a, b)).toBeNull();
    else expect(iouOf(a, b)).toBeCloseTo(iou, 6);
  });
});
