import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { areaOf, boundsOf } from "../geometry/measure";
import golden from "./coco.golden.json";
import { MaskRaster, rasterArea, rasterBounds, TILE_PIXELS } from "./raster";
import {
  countsFromRuns,
  emptyMask,
  maskFromRaster,
  MaskCountsError,
  rasterFromMask,
  rasterFromRuns,
  runsFromCounts,
  runsFromRaster,
  runsOfMask,
} from "./rle";
import { decodeTile, encodeTile } from "./tileRuns";

describe("against pycocotools", () => {
  it.each(golden)("$name", ({ width, height, runs, counts, area, box }) => {
    expect(countsFromRuns(runs)).toBe(counts);
    expect(runsFromCounts(counts)).toEqual(runs);
    const mask = { type: "mask", width, height, counts } as const;
    const raster = rasterFromMask(mask);
    expect(maskFromRaster(raster)).toEqual(mask);
    expect(rasterArea(raster)).toBe(area);
    expect(areaOf(mask)).toBe(area);
    const [x = 0, y = 0, w = 0, h = 0] = box;
    const bounds = area === 0 ? null : { x0: x, y0: y, x1: x + w, y1: y + h };
    expect(boundsOf(mask)).toEqual(bounds);
    expect(rasterBounds(raster)).toEqual(bounds);
  });
});

it("gives back any runs", () => {
  const runs = fc.array(fc.integer({ min: 0, max: 200_000_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(runs, (some) => {
      expect(runsFromCounts(countsFromRuns(some))).toEqual(some);
    }),
  );
});

it("gives back any pixels", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 600 }),
    height: fc.integer({ min: 1, max: 300 }),
  });
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 60 }), (size, steps) => {
      const total = size.width * size.height;
      const runs = [...cut(steps, total)];
      const raster = rasterFromRuns(runs, size);
      let at = 0;
      for (const [i, run] of runs.entries()) {
        const [x, y] = [Math.floor(at / size.height), at % size.height];
        if (run > 0) expect(raster.has(x, y)).toBe(i % 2 === 1);
        at += run;
      }
      expect(runsFromRaster(raster)).toEqual(runs);
    }),
    { numRuns: 60 },
  );
});

/** Runs that cover `total` exactly; none but the first may be empty. */
function* cut(steps: readonly number[], total: number): Generator<number> {
  let rest = total;
  for (const step of steps) {
    if (step >= rest) break;
    yield step;
    rest -= step;
  }
  yield rest;
}

it.each([
  ["a character outside the alphabet", "1 "],
  ["an end within a number", "1P"],
  ["a run longer than any image", "oooooooo0"],
  ["a negative run", "N"],
])("refuses %s", (_, counts) => {
  expect(() => runsFromCounts(counts)).toThrow(MaskCountsError);
});

it("refuses counts that do not cover the image", () => {
  expect(() => runsOfMask({ type: "mask", width: 3, height: 3, counts: countsFromRuns([8]) })).toThrow(
    "Mask runs cover 8 pixels of 3 x 3.",
  );
});

it("makes an empty mask", () => {
  expect(emptyMask({ width: 7, height: 5 })).toEqual({ type: "mask", width: 7, height: 5, counts: "S1" });
});

describe("tile runs", () => {
  it("give back any tile", () => {
    const marks = fc.array(fc.tuple(fc.nat(TILE_PIXELS - 1), fc.nat(400)), { maxLength: 12 });
    fc.assert(
      fc.property(marks, (spans) => {
        const bits = new Uint8Array(TILE_PIXELS);
        for (const [from, length] of spans) bits.fill(1, from, from + length);
        // Comparing 65,536 numbers one by one with toEqual takes half a second.
        expect(Buffer.compare(decodeTile(encodeTile(bits)), bits)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("are one run for nothing", () => {
    expect(encodeTile(null)).toEqual([TILE_PIXELS]);
  });

  it("must add up to a tile", () => {
    expect(() => decodeTile([5])).toThrow("A tile's run lengths must add up to 65536: 5.");
    expect(() => decodeTile([-1, TILE_PIXELS + 1])).toThrow(
      "A tile's run lengths must be whole numbers: -1.",
    );
  });
});

it("has no tiles outside the image", () => {
  const raster = new MaskRaster(600, 600);
  raster.setTile({ column: 2, row: 0 }, new Uint8Array(TILE_PIXELS).fill(1, 0, 1));
  expect(raster.tile({ column: -1, row: 1 })).toBeNull();
  expect(raster.tile({ column: 3, row: 0 })).toBeNull();
  expect(raster.has(512, 0)).toBe(true);
  expect(raster.has(-88, 1)).toBe(false);
});
