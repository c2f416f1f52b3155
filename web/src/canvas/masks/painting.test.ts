import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isInRing } from "../geometry/measure";
import { distance, nearestOnSegment } from "../geometry/vectors";
import { masks, ring } from "../testing/arbitraries";
import { makeDocument, makeShape } from "../testing/shapes";
import { applyCommand, invertCommand } from "../model/commands";
import type { XY } from "../types";
import { MaskEdit } from "./edit";
import { fillPolygon } from "./fill";
import { movedRaster } from "./move";
import { MaskRaster } from "./raster";
import { emptyMask, maskFromRaster, rasterFromMask } from "./rle";
import { strokeCapsule, strokePath } from "./strokes";
import { traceRaster } from "./trace";

const small = { width: 300, height: 280 };
/** Off the grid of pixel centres, so that no centre lies exactly on a border. */
const place = fc
  .tuple(fc.integer({ min: -40, max: 340 }), fc.integer({ min: -40, max: 320 }))
  .map(([x, y]): XY => [x + 0.13, y + 0.29]);

function differences(raster: MaskRaster, isSet: (centre: XY) => boolean): string[] {
  const wrong: string[] = [];
  for (let y = 0; y < raster.height; y += 1) {
    for (let x = 0; x < raster.width; x += 1) {
      if (raster.has(x, y) !== isSet([x + 0.5, y + 0.5])) wrong.push(`${x},${y}`);
    }
  }
  return wrong;
}

describe("strokes", () => {
  it("set the pixels whose centre is within the radius", () => {
    fc.assert(
      fc.property(place, place, fc.integer({ min: 1, max: 30 }), (from, to, radius) => {
        const raster = new MaskRaster(small.width, small.height);
        const edit = new MaskEdit(raster, 1);
        strokeCapsule(edit, { from, to, radius: radius + 0.07 });
        edit.writeTo(raster);
        const isSet = (c: XY): boolean => distance(c, nearestOnSegment(c, from, to)) <= radius + 0.07;
        expect(differences(raster, isSet)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it("of one point are a disc", () => {
    const raster = new MaskRaster(9, 9);
    const edit = new MaskEdit(raster, 1);
    strokePath(edit, [[4.5, 4.5]], 1.2);
    edit.writeTo(raster);
    expect(differences(raster, (c) => distance(c, [4.5, 4.5]) <= 1.2)).toEqual([]);
    expect(raster.has(4, 3)).toBe(true);
    expect(raster.has(3, 3)).toBe(false);
  });

  it("give no command when nothing changes", () => {
    const raster = new MaskRaster(300, 300);
    const outside = new MaskEdit(raster, 1);
    strokePath(outside, [[-50, -50]], 10);
    expect(outside.command("m")).toBeNull();
    const eraser = new MaskEdit(raster, 0);
    strokePath(eraser, [[50, 50]], 10);
    expect(eraser.command("m")).toBeNull();
  });

  it("painted and taken back leave the mask as it was", () => {
    fc.assert(
      fc.property(masks, place, place, fc.boolean(), (...[mask, from, to, isErasing]) => {
        const doc = makeDocument([makeShape("m", { geometry: mask })]);
        const edit = new MaskEdit(doc.pixels("m")!, isErasing ? 0 : 1);
        strokeCapsule(edit, { from, to, radius: 17 });
        const command = edit.command("m");
        if (command === null) return;
        applyCommand(doc, command);
        expect(doc.find("m")?.geometry).not.toEqual(mask);
        applyCommand(doc, invertCommand(command));
        expect(doc.find("m")?.geometry).toEqual(mask);
      }),
      { numRuns: 30 },
    );
  });
});

describe("filling", () => {
  it("sets the pixels whose centre is inside, even-odd", () => {
    fc.assert(
      fc.property(fc.array(ring, { minLength: 1, maxLength: 2 }), (rings) => {
        const shifted = rings.map((one) =>
          one.map(([x, y]): XY => [x * 0.6 - 20 + 0.013, y * 0.8 - 20 + 0.017]),
        );
        const raster = new MaskRaster(small.width, small.height);
        fillPolygon(raster, shifted);
        const isSet = (c: XY): boolean => shifted.filter((one) => isInRing(c, one)).length % 2 === 1;
        expect(differences(raster, isSet)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

describe("tracing", () => {
  it("gives rings that fill to the same pixels", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const raster = rasterFromMask(mask);
        const filled = new MaskRaster(mask.width, mask.height);
        fillPolygon(filled, traceRaster(raster));
        expect(maskFromRaster(filled)).toEqual(mask);
      }),
      { numRuns: 25 },
    );
  });

  it("gives the corners of a rectangle with a hole", () => {
    const raster = new MaskRaster(20, 20);
    fillPolygon(raster, [
      [[2, 3], [9, 3], [9, 8], [2, 8]],
      [[4, 5], [6, 5], [6, 6], [4, 6]],
    ]); // prettier-ignore
    const rings = traceRaster(raster);
    expect(rings.map((one) => one.length)).toEqual([4, 4]);
    expect(rings[0]).toEqual([[2, 3], [9, 3], [9, 8], [2, 8]]); // prettier-ignore
  });

  it("keeps pixels apart that touch at a corner", () => {
    const raster = new MaskRaster(4, 4);
    fillPolygon(raster, [
      [[0, 0], [1, 0], [1, 1], [0, 1]],
      [[1, 1], [2, 1], [2, 2], [1, 2]],
    ]); // prettier-ignore
    expect(traceRaster(raster).map((one) => one.length)).toEqual([4, 4]);
  });

  it("of nothing is nothing", () => {
    expect(traceRaster(rasterFromMask(emptyMask(small)))).toEqual([]);
  });
});

describe("moving", () => {
  it("moves every pixel and cuts at the border", () => {
    fc.assert(
      fc.property(
        masks,
        fc.integer({ min: -300, max: 300 }),
        fc.integer({ min: -200, max: 200 }),
        (mask, x, y) => {
          const before = rasterFromMask(mask);
          const after = movedRaster(before, { x, y });
          let wrong = 0;
          for (let row = 0; row < mask.height; row += 3) {
            for (let column = 0; column < mask.width; column += 3) {
              if (after.has(column, row) !== before.has(column - x, row - y)) wrong += 1;
            }
          }
          expect(wrong).toBe(0);
        },
      ),
      { numRuns: 20 },
    );
  });
});
