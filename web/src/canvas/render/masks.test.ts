import { describe, expect, test } from "vitest";

import { MaskRaster, TILE_SIZE } from "../masks/raster";
import { maskFromRaster } from "../masks/rle";
import type { BrushImage } from "./brush";
import { fakeBrush, type DrawnCall } from "../testing/fakeBrush";
import { MaskLayer, maskLevel } from "./maskLayer";
import { colorTile } from "./maskPixels";

const LOOK = { color: "#ff0000", fillAlpha: 0.4, edgeAlpha: 1, isDashed: false };

/** A raster of two tiles, with a square across their border. */
function square(): MaskRaster {
  const raster = new MaskRaster(2 * TILE_SIZE, TILE_SIZE);
  for (const column of [0, 1]) {
    const bits = new Uint8Array(TILE_SIZE * TILE_SIZE);
    for (let y = 100; y < 120; y += 1) {
      for (let x = 0; x < TILE_SIZE; x += 1) {
        const at = column * TILE_SIZE + x;
        if (at >= 246 && at < 266) bits[y * TILE_SIZE + x] = 1;
      }
    }
    raster.setTile({ column, row: 0 }, bits);
  }
  return raster;
}

function alphaAt(pixels: { width: number; rgba: Uint8ClampedArray }, x: number, y: number): number {
  return pixels.rgba[(y * pixels.width + x) * 4 + 3] ?? -1;
}

describe("colorTile", () => {
  test("is strong along the outline, faint inside, and knows no border between tiles", () => {
    const pixels = colorTile({
      source: square(),
      at: { column: 0, row: 0 },
      level: 0,
      rgb: [255, 0, 0],
      look: LOOK,
    });
    const row = [245, 246, 247, 255].map((x) => alphaAt(pixels, x, 110));
    expect(row).toEqual([0, 255, 102, 102]);
    expect(alphaAt(pixels, 250, 100)).toBe(255);
  });

  test("halved twice it is a quarter as wide, and thin things are still there", () => {
    const raster = new MaskRaster(TILE_SIZE, TILE_SIZE);
    const bits = new Uint8Array(TILE_SIZE * TILE_SIZE);
    for (let y = 0; y < TILE_SIZE; y += 1) bits[y * TILE_SIZE + 41] = 1;
    raster.setTile({ column: 0, row: 0 }, bits);
    const pixels = colorTile({
      source: raster,
      at: { column: 0, row: 0 },
      level: 2,
      rgb: [1, 2, 3],
      look: LOOK,
    });
    expect({ width: pixels.width, height: pixels.height }).toEqual({ width: 64, height: 64 });
    expect([9, 10, 11].map((x) => alphaAt(pixels, x, 30))).toEqual([0, 255, 0]);
  });
});

test("maskLevel halves as often as the screen leaves room for", () => {
  expect([2, 1, 0.6, 0.5, 0.3, 0.25].map(maskLevel)).toEqual([0, 0, 0, 1, 1, 2]);
});

describe("MaskLayer", () => {
  const frame = { x: 0, y: 0, scale: 1 };
  const clip = { x0: 0, y0: 0, x1: 512, y1: 256 };

  function desk() {
    const made: number[] = [];
    const ready: string[] = [];
    const layer = new MaskLayer({
      painter: {
        make: (pixels) => {
          made.push(pixels.width);
          const image: BrushImage = Object.create(null);
          return image;
        },
        rgb: () => [255, 0, 0],
      },
      decode: () => Promise.resolve(square()),
      onReady: (id) => ready.push(id),
    });
    const paint = (options: Partial<{ scale: number; clip: typeof clip }> = {}): DrawnCall[] => {
      const calls: DrawnCall[] = [];
      const geometry = maskFromRaster(square());
      const steps = layer.paint(fakeBrush(calls), {
        id: "m",
        geometry,
        look: LOOK,
        frame: { ...frame, scale: options.scale ?? 1 },
        dpr: 1,
        clip: options.clip ?? clip,
      });
      for (const step of steps) void step;
      return calls;
    };
    return { layer, made, ready, paint };
  }

  test("draws nothing until its bytes are decoded, then tells", async () => {
    const at = desk();
    expect(at.paint()).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(at.ready).toEqual(["m"]);
    expect(at.paint().length).toBe(2);
    expect(at.made).toEqual([256, 256]);
  });

  test("a stroke colours its own tiles anew, the others stay", () => {
    const at = desk();
    at.layer.adopt("m", { geometry: maskFromRaster(square()), source: square() });
    at.paint();
    at.layer.touch("m", [{ column: 1, row: 0 }]);
    at.paint();
    expect(at.made).toEqual([256, 256, 256]);
  });

  test("tiles out of sight are left, and another scale makes smaller ones", () => {
    const at = desk();
    at.layer.adopt("m", { geometry: maskFromRaster(square()), source: square() });
    expect(at.paint({ clip: { x0: 300, y0: 0, x1: 400, y1: 50 } }).length).toBe(1);
    at.paint({ scale: 0.25 });
    expect(at.made).toEqual([256, 64, 64]);
  });
});
