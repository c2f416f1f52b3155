import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { XY } from "../types";
import { MaskEdit } from "./edit";
import { edgeStrength, nearestEdge, strengthAt, type EdgeField } from "./edges";
import { LiveWire } from "./liveWire";
import { MaskRaster, rasterArea } from "./raster";
import { strokeSnapped } from "./snappedStroke";
import { strokeCapsule } from "./strokes";

/** A grey picture, dark inside a disc. */
function discPicture(size: number, radius: number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const isInside = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2) <= radius;
      rgba.fill(isInside ? 60 : 200, (y * size + x) * 4, (y * size + x) * 4 + 3);
    }
  }
  return rgba;
}

function fieldOf(size: number, radius: number): EdgeField {
  const square = { width: size, height: size };
  return { ...square, scale: 1, strength: edgeStrength(discPicture(size, radius), square) };
}

function lengthOf(line: readonly XY[]): number {
  return line.reduce((sum, p, i) => {
    const before = line[i - 1];
    return before === undefined ? 0 : sum + Math.hypot(p[0] - before[0], p[1] - before[1]);
  }, 0);
}

describe("edge strength", () => {
  test("is nothing on a flat picture, and full along a step", () => {
    const flat = new Uint8ClampedArray(16 * 16 * 4).fill(90);
    expect(Math.max(...edgeStrength(flat, { width: 16, height: 16 }))).toBe(0);
    const field = fieldOf(64, 20);
    expect(strengthAt(field, [12.5, 32.5])).toBeGreaterThan(200);
    expect([strengthAt(field, [32, 32]), strengthAt(field, [2, 2]), strengthAt(field, [-1, 2])]).toEqual([
      0, 0, 0,
    ]);
  });

  test("golden: a step of 100 grey levels between two columns", () => {
    const rgba = new Uint8ClampedArray(8 * 3 * 4);
    for (let i = 0; i < 24; i += 1) rgba.fill(i % 8 < 4 ? 50 : 150, i * 4, i * 4 + 3);
    expect([...edgeStrength(rgba, { width: 8, height: 3 })].slice(8, 16)).toEqual([
      0, 0, 85, 255, 255, 85, 0, 0,
    ]);
  });

  test("the nearest edge is the strongest pixel in reach, and none where it is flat", () => {
    const field = fieldOf(64, 20);
    const found = nearestEdge(field, [15.2, 32], 4);
    expect(Math.abs(Math.hypot((found?.[0] ?? 0) - 32, (found?.[1] ?? 0) - 32) - 20)).toBeLessThan(1.2);
    expect(nearestEdge(field, [32, 32], 6)).toBe(null);
  });
});

describe("the live wire", () => {
  test("follows the rim of a disc from one side to the other", () => {
    const wire = new LiveWire(fieldOf(128, 40));
    wire.seed([24.5, 64.5]);
    const line = wire.pathTo([103.5, 64.5]);
    const off = line.map(([x, y]) => Math.abs(Math.hypot(x - 64, y - 64) - 40));
    expect(Math.max(...off)).toBeLessThan(1.6);
    // Half of the rim, with the corners of pixels.
    expect(lengthOf(line)).toBeGreaterThan(0.98 * Math.PI * 40);
  });

  test("goes straight where there is nothing to follow", () => {
    const flat: EdgeField = { width: 50, height: 50, scale: 2, strength: new Uint8Array(2500) };
    const wire = new LiveWire(flat);
    wire.seed([3, 41]);
    const line = wire.pathTo([83, 41]);
    expect([line[0], line.at(-1)]).toEqual([[3, 41], [83, 41]]); // prettier-ignore
    expect(lengthOf(line)).toBe(80);
  });

  test("begins and ends at the given points, in steps to neighbours, in the window and beyond", () => {
    const field = fieldOf(700, 250);
    const wire = new LiveWire(field);
    const place = fc.tuple(
      fc.double({ min: 0, max: 700, noNaN: true }),
      fc.double({ min: 0, max: 700, noNaN: true }),
    );
    fc.assert(
      fc.property(place, place, (from, to) => {
        wire.seed(from);
        const line = wire.pathTo(to);
        expect([line[0], line.at(-1)]).toEqual([from, to]);
        const inner = line.slice(1, -1);
        for (const [i, p] of inner.entries()) {
          const before = inner[i - 1] ?? p;
          expect(Math.max(Math.abs(p[0] - before[0]), Math.abs(p[1] - before[1]))).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 12 },
    );
  });

  test("asked from the same beginning again it gives what a fresh one gives", () => {
    const field = fieldOf(128, 40);
    const wire = new LiveWire(field);
    wire.seed([24.5, 64.5]);
    wire.pathTo([30, 50]);
    const fresh = new LiveWire(field);
    fresh.seed([24.5, 64.5]);
    expect(lengthOf(wire.pathTo([64, 24]))).toBe(lengthOf(fresh.pathTo([64, 24])));
  });
});

describe("a stroke that stops at edges", () => {
  function painted(field: EdgeField, stroke: { from: XY; to: XY; radius: number }): MaskRaster {
    const raster = new MaskRaster(field.width, field.height);
    const edit = new MaskEdit(raster, 1);
    strokeSnapped(edit, stroke, field);
    edit.writeTo(raster);
    return raster;
  }

  test("fills a disc and nothing outside it, however large the brush", () => {
    const raster = painted(fieldOf(128, 40), { from: [64, 64], to: [64, 64], radius: 55 });
    const wanted = Math.PI * 40 * 40;
    expect(Math.abs(rasterArea(raster) - wanted) / wanted).toBeLessThan(0.06);
    expect([raster.has(64, 64), raster.has(64, 20)]).toEqual([true, false]);
  });

  test("is an ordinary stroke where there is no edge", () => {
    const flat: EdgeField = { width: 90, height: 60, scale: 1, strength: new Uint8Array(5400) };
    const disc = { from: [40.5, 30.5] as const, to: [40.5, 30.5] as const, radius: 9 };
    const plain = new MaskRaster(90, 60);
    const edit = new MaskEdit(plain, 1);
    strokeCapsule(edit, disc);
    edit.writeTo(plain);
    expect(rasterArea(painted(flat, disc))).toBe(rasterArea(plain));
  });

  test("never paints what a plain stroke of that radius would not reach", () => {
    const field = fieldOf(100, 30);
    const at = fc.tuple(fc.integer({ min: -5, max: 105 }), fc.integer({ min: -5, max: 105 }));
    fc.assert(
      fc.property(at, at, fc.integer({ min: 1, max: 30 }), (from, to, radius) => {
        const raster = painted(field, { from, to, radius });
        const plain = new MaskRaster(100, 100);
        const edit = new MaskEdit(plain, 1);
        // The middle pixel of a disc is painted even where its own middle lies a little outside.
        strokeCapsule(edit, { from, to, radius: radius + 1 });
        edit.writeTo(plain);
        for (let y = 0; y < 100; y += 1)
          for (let x = 0; x < 100; x += 1) if (raster.has(x, y)) expect(plain.has(x, y)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});
