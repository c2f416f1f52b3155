import { describe, expect, it } from "vitest";

import type { MapColours } from "@/api/schema.gen";

import { fit, pan, toMap, toScreen, zoom } from "./camera";
import { countListed, lookOf, ringsIn } from "./look";
import { NearIndex } from "./near";
import { colorsOf, toPixel } from "./palette";
import { countInside, isInside, readRing, ringTerm, simplify } from "./ring";
import { layerOrder, radiusFor, splat } from "./splat";
import { NOT_LISTED, readColours, readPoints, readPositions } from "./wire";

const SIZE = { width: 800, height: 600 };
const SQUARE = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];

function legendOf(...values: readonly string[]): MapColours {
  const categories = values.map((value) => ({
    value,
    title: value,
    chip: "",
    count: 1,
    is_rest: value === "",
  }));
  return { by: "subset", is_ordered: false, categories };
}

function bytesOf(places: readonly number[]): ArrayBuffer {
  const buffer = new ArrayBuffer(16 + 2 * places.length);
  const head = new DataView(buffer);
  new Uint8Array(buffer).set(new TextEncoder().encode("WMAP"));
  head.setUint32(4, 1, true);
  head.setUint32(8, places.length / 2, true);
  places.forEach((value, at) => {
    head.setInt16(16 + 2 * at, value, true);
  });
  return buffer;
}

describe("the server's bytes", () => {
  it("are points, and nothing else is", () => {
    const points = readPoints(bytesOf([1, -2, 32_767, -32_767]));
    expect([points.count, [...points.places]]).toEqual([2, [1, -2, 32_767, -32_767]]);
    expect(() => readPoints(new ArrayBuffer(3))).toThrow("no map");
    expect(() => readPoints(bytesOf([1, 2]).slice(0, 18))).toThrow("no map");
    expect(() => readPoints(new ArrayBuffer(16))).toThrow("no map");
  });

  it("are a legend with a category for each point", () => {
    const text = JSON.stringify(legendOf("train", "")).padEnd(400);
    const buffer = new ArrayBuffer(4 + 400 + 4);
    new DataView(buffer).setUint32(0, 400, true);
    new Uint8Array(buffer).set(new TextEncoder().encode(text), 4);
    new Uint16Array(buffer, 404).set([1, 0]);
    const colours = readColours(buffer, 2);
    expect([...(colours?.codes ?? [])]).toEqual([1, 0]);
    expect(colours?.legend.categories[0]?.value).toBe("train");
    expect(readColours(buffer, 3)).toBeNull();
    expect(readPositions(new Uint32Array([5, NOT_LISTED]).buffer, 2)?.[1]).toBe(NOT_LISTED);
    expect(readPositions(new ArrayBuffer(4), 2)).toBeNull();
  });
});

describe("the camera", () => {
  it("shows everything, and goes there and back", () => {
    const camera = fit(Int16Array.from([-100, -50, 100, 50]), SIZE);
    expect(toScreen(camera, SIZE, { x: -100, y: 0 }).x).toBeCloseTo(300);
    expect(toScreen(camera, SIZE, { x: 0, y: 50 }).y).toBeLessThan(300);
    const spot = { x: 123, y: 456 };
    expect(toScreen(camera, SIZE, toMap(camera, SIZE, spot))).toEqual(spot);
    expect(fit(new Int16Array(0), SIZE).scale).toBeGreaterThan(0);
    expect(fit(Int16Array.from([7, 7]), SIZE)).toMatchObject({ x: 7, y: 7, scale: 1 });
  });

  it("keeps what is under the pointer while zooming, within limits", () => {
    const home = { x: 10, y: 20, scale: 0.02 };
    const spot = { x: 700, y: 100 };
    const under = toMap(home, SIZE, spot);
    const near = zoom(home, SIZE, { factor: 3, spot, home });
    expect(toScreen(near, SIZE, under).x).toBeCloseTo(spot.x);
    expect(toScreen(near, SIZE, under).y).toBeCloseTo(spot.y);
    expect(zoom(home, SIZE, { factor: 1e9, spot, home }).scale).toBeCloseTo(home.scale * 64);
    expect(zoom(home, SIZE, { factor: 1e-9, spot, home }).scale).toBeCloseTo(home.scale / 3);
    const moved = pan(home, { x: 50, y: -10 });
    expect(toScreen(moved, SIZE, under).x).toBeCloseTo(spot.x + 50);
    expect(toScreen(moved, SIZE, under).y).toBeCloseTo(spot.y - 10);
  });
});

describe("a lasso", () => {
  it("holds what lies inside", () => {
    expect(isInside(SQUARE, { x: 5, y: 5 })).toBe(true);
    expect(isInside(SQUARE, { x: 11, y: 5 })).toBe(false);
    expect(countInside(SQUARE, Int16Array.from([5, 5, 11, 5, 1, 9]))).toBe(2);
  });

  it("becomes a term of at most 64 corners in reach, and back", () => {
    const round = Array.from({ length: 500 }, (_, at) => ({
      x: 40_000 * Math.cos(at / 80),
      y: 1000.4 * Math.sin(at / 80),
    }));
    const corners = simplify(round);
    expect(corners).toHaveLength(64);
    expect(corners.every(({ x }) => Math.abs(x) <= 32_767 && Number.isInteger(x))).toBe(true);
    const term = ringTerm("map_1", round);
    expect(term.length).toBeLessThan(1000);
    expect(readRing("map_1", term)).toEqual(corners);
    expect(ringTerm("map_1", SQUARE)).toBe("map:map_1/0,0;10,0;10,10;0,10");
    expect(ringTerm("map_1", [SQUARE[0]!, SQUARE[0]!, SQUARE[1]!])).toBe("");
    expect(readRing("map_2", term)).toBeNull();
    expect(readRing("map_1", "map:map_1/1,2;x,3;4,5")).toBeNull();
  });

  it("is found in the filter, turned around or not", () => {
    const q = "label:car map:map_1/0,0;10,0;10,10 -map:map_1/1,1;2,1;2,2 map:map_2/0,0;1,0;1,1 map:map_1";
    expect(ringsIn(q, "map_1").map((ring) => ring.length)).toEqual([3, 3]);
  });
});

describe("the point under the pointer", () => {
  it("is the nearest of those that may be met", () => {
    const places = Int16Array.from([0, 0, 100, 0, 5000, 5000, -32_767, 32_767]);
    const index = new NearIndex({ count: 4, places });
    const all = () => true;
    expect(index.find({ x: 60, y: 0 }, 200, all)).toBe(1);
    expect(index.find({ x: 60, y: 0 }, 200, (point) => point !== 1)).toBe(0);
    expect(index.find({ x: 900, y: 900 }, 200, all)).toBeNull();
    expect(index.find({ x: -32_700, y: 32_700 }, 200, all)).toBe(3);
  });

  it("is the same as without an index", () => {
    const places = Int16Array.from({ length: 2000 }, (_, at) => ((at * 7919) % 65_000) - 32_500);
    const index = new NearIndex({ count: 1000, places });
    for (let turn = 0; turn < 50; turn += 1) {
      const at = { x: ((turn * 1301) % 60_000) - 30_000, y: ((turn * 977) % 60_000) - 30_000 };
      let best: number | null = null;
      let least = 3000 ** 2;
      for (let point = 0; point < 1000; point += 1) {
        const far = (places[2 * point]! - at.x) ** 2 + (places[2 * point + 1]! - at.y) ** 2;
        if (far <= least) [best, least] = [point, far];
      }
      expect(index.find(at, 3000, () => true)).toBe(best);
    }
  });
});

describe("drawing", () => {
  const camera = { x: 0, y: 0, scale: 1 };
  const size = { width: 20, height: 20 };
  const red = toPixel("#ff0000");

  it("writes a disc where the point is, with a soft edge, and leaves out what lies beyond", () => {
    const pixels = new Uint32Array(400);
    const dots = {
      places: Int16Array.from([2, 3, 500, 0]),
      order: Uint32Array.from([0, 1]),
      colors: Uint32Array.from([red, red]),
    };
    const drawn = splat({ pixels, width: 20, height: 20 }, dots, { camera, size, radius: 1.5, most: 9 });
    expect(drawn).toBe(1);
    expect(pixels[7 * 20 + 12]).toBe(red);
    expect(pixels[7 * 20 + 13]).toBe(red);
    expect((pixels[6 * 20 + 11] ?? 0) >>> 24).toBe(0x80);
    expect(pixels[0]).toBe(0);
    expect(toPixel("#0102f3")).toBe(0xfff30201);
  });

  it("puts what the filter leaves out below, and leaves out what is hidden", () => {
    const order = layerOrder({
      count: 6,
      isListed: (point) => point !== 4,
      isHidden: (point) => point === 2,
      isRest: (point) => point === 0,
    });
    expect([...order.slice(0, 2)]).toEqual([4, 0]);
    expect([...order].sort()).toEqual([0, 1, 3, 4, 5]);
    expect(layerOrder({ count: 0, isListed: Boolean, isHidden: Boolean, isRest: Boolean })).toHaveLength(0);
    for (const count of [1, 2, 97, 1000]) {
      const every = layerOrder({ count, isListed: () => true, isHidden: () => false, isRest: () => false });
      expect(new Set(every).size).toBe(count);
    }
  });

  it("makes dots small where there are many, and larger near by", () => {
    expect(radiusFor(100_000, 1)).toBeLessThan(radiusFor(1000, 1));
    expect(radiusFor(1000, 8)).toBeGreaterThan(radiusFor(1000, 1));
    expect(radiusFor(10, 1e6)).toBe(7);
  });
});

describe("the look", () => {
  const points = { count: 3, places: Int16Array.from([0, 0, 1, 1, 2, 2]) };
  const colours = { legend: legendOf("train", "test", ""), codes: Uint16Array.from([0, 1, 2]) };

  it("dims what the filter leaves out and hides categories", () => {
    const positions = Uint32Array.from([0, NOT_LISTED, 1]);
    const look = lookOf({
      points,
      colours,
      positions,
      hidden: new Set(["train"]),
      labels: [],
      scheme: "light",
      rings: [],
    });
    expect([...look.order]).toEqual([1, 2]);
    expect(look.isShown(0)).toBe(false);
    expect(look.colors[1]).toBe(toPixel("#e3e6e9"));
    expect(countListed(colours, positions)).toEqual([1, 0, 1]);
    expect(countListed(colours, null)).toEqual([1, 1, 1]);
  });

  it("gives the rest grey, ordered categories a ladder, labels the ontology's colour", () => {
    const label = { name: "car", color: "#123456", parent: null, attributes: [], description: "" };
    const named = { ...legendOf("car", ""), by: "label" };
    expect(colorsOf(named, [label], "light")[0]).toBe("#123456");
    expect(colorsOf(named, [], "dark")[1]).toBe("#6d747b");
    const ladder = colorsOf({ ...legendOf("0", "1", "2"), is_ordered: true }, [], "light");
    expect([ladder[0], ladder[2], new Set(ladder).size]).toEqual(["#46327e", "#d8c91c", 3]);
  });
});
