import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { MaskRaster } from "../masks/raster";
import { maskFromRaster } from "../masks/rle";
import type { Decoded } from "./decode";
import { ImageFailed, ImageStore } from "./imageStore";
import { MaskWorker } from "./maskWorker";

function bitmap(log: string[], name: string): ImageBitmap {
  return { width: 100, height: 50, close: () => log.push(name) };
}

function store(options: { readonly limit?: number; readonly maxBytes?: number } = {}) {
  const asked: string[] = [];
  const closed: string[] = [];
  const decode = (url: string): Promise<Decoded> => {
    asked.push(url);
    if (url === "broken") {
      return Promise.resolve({ ok: false, problem: { reason: "undecodable", detail: "bad bytes" } });
    }
    return Promise.resolve({ ok: true, levels: [bitmap(closed, url)] });
  };
  return { images: new ImageStore({ ...options, decode }), asked, closed };
}

describe("ImageStore", () => {
  test("decodes an image once and has it at hand afterwards", async () => {
    const { images, asked } = store();
    expect(images.find("a")).toBe(null);
    await Promise.all([images.preload("a"), images.preload("a")]);
    expect(images.find("a")?.width).toBe(100);
    expect(asked).toEqual(["a"]);
  });

  test("lets the longest unused go, never the one that is shown", async () => {
    const { images, closed } = store({ limit: 2 });
    images.pin("a");
    for (const url of ["a", "b", "c", "d"]) await images.preload(url);
    expect(closed).toEqual(["b", "c"]);
    expect([images.find("a") !== null, images.find("d") !== null]).toEqual([true, true]);
  });

  test("keeps within its memory", async () => {
    const { images, closed } = store({ maxBytes: 2 * 100 * 50 * 4 });
    for (const url of ["a", "b", "c"]) await images.preload(url);
    expect(closed).toEqual(["a"]);
  });

  test("a failure says why and is tried again the next time", async () => {
    const { images, asked } = store();
    await expect(images.preload("broken")).rejects.toThrow(
      new ImageFailed({ reason: "undecodable", detail: "bad bytes" }),
    );
    await images.preload("broken").catch(() => null);
    expect(asked).toEqual(["broken", "broken"]);
  });
});

describe("MaskWorker", () => {
  test("encoding what was decoded gives the same counts", async () => {
    const worker = new MaskWorker();
    const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 599 }), fc.integer({ min: 0, max: 299 })), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(runs, async (points) => {
        const raster = new MaskRaster(600, 300);
        for (const [x, y] of points) {
          const at = { column: Math.floor(x / 256), row: Math.floor(y / 256) };
          const bits = raster.tile(at)?.slice() ?? new Uint8Array(65_536);
          bits[(y % 256) * 256 + (x % 256)] = 1;
          raster.setTile(at, bits);
        }
        const mask = maskFromRaster(raster);
        const tiles = await worker.decode(mask);
        const copy = new MaskRaster(600, 300);
        for (const tile of tiles ?? []) copy.setTile(tile, tile.bits);
        expect(await worker.encode(copy)).toEqual(mask);
      }),
      { numRuns: 25 },
    );
  });

  test("counts that cannot be read give no tiles", async () => {
    expect(await new MaskWorker().decode({ type: "mask", width: 4, height: 4, counts: "~~~" })).toBe(null);
  });
});
