import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { applyCommand, invertCommand } from "../model/commands";
import type { ShapeDocument } from "../model/document";
import { anyGeometry, commandOf, deeds, point, shapeLists } from "../testing/arbitraries";
import { box, countingIds, makeDocument, makeShape, maskOf, polygon, square } from "../testing/shapes";
import { MaskEdit } from "../masks/edit";
import { rasterFromMask } from "../masks/rle";
import { strokePath } from "../masks/strokes";
import type { Geometry, Rect, Shape, XY } from "../types";
import { DocumentFinder } from "./finder";
import { hitGeometry, isClosed, isWithin, linesOf } from "./hit";
import { areaOf, boundsOf } from "./measure";
import { rectBetween, rectsTouch } from "./vectors";

/** Hit test from first principles: no index, no bounds, crossings counted along a ray to the left. */
function bruteForce(geometry: Geometry, p: XY, tolerance: number): boolean {
  if (geometry.type === "class") return false;
  if (geometry.type === "mask") return rasterFromMask(geometry).has(p[0], p[1]);
  const edges = linesOf(geometry).flatMap((line) =>
    line.flatMap((a, i): [XY, XY][] => {
      const b = line[i + 1] ?? (isClosed(geometry) ? line[0] : undefined);
      return b === undefined ? [] : [[a, b]];
    }),
  );
  const toPoint = ([x, y]: XY): number => Math.hypot(x - p[0], y - p[1]);
  if (
    linesOf(geometry)
      .flat()
      .some((vertex) => toPoint(vertex) <= tolerance)
  )
    return true;
  if (geometry.type === "points") return false;
  if (edges.some(([a, b]) => alongEdge(a, b).some((q) => toPoint(q) <= tolerance))) return true;
  if (!isClosed(geometry)) return false;
  const crossings = edges.filter(([a, b]) => {
    const [low, high] = a[1] < b[1] ? [a, b] : [b, a];
    if (p[1] < low[1] || p[1] >= high[1]) return false;
    return low[0] + ((p[1] - low[1]) / (high[1] - low[1])) * (high[0] - low[0]) < p[0];
  });
  return crossings.length % 2 === 1;
}

/** The foot of the perpendicular, by calculus done differently: the middle of ever shorter spans. */
function alongEdge(a: XY, b: XY): XY[] {
  return [a, b, ...Array.from({ length: 1000 }, (_, i): XY => {
    const t = i / 1000;
    return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  })]; // prettier-ignore
}

const off: fc.Arbitrary<XY> = point.map(([x, y]) => [x + 0.0137, y + 0.0271]);

describe("hitGeometry", () => {
  it("equals brute force", () => {
    fc.assert(
      fc.property(anyGeometry, fc.array(off, { minLength: 5, maxLength: 20 }), (geometry, places) => {
        for (const p of places) {
          const tolerance = 6;
          const hit = hitGeometry(geometry, p, { tolerance }) !== null;
          // The brute force walks edges in steps of up to 0.8 pixels: near the limit both answers are right.
          const answers = [
            bruteForce(geometry, p, tolerance - 0.3),
            bruteForce(geometry, p, tolerance + 0.3),
          ];
          expect(answers).toContain(hit);
        }
      }),
      { numRuns: 50 },
    );
  });

  const ring = polygon(square(10, 10, 40), square(20, 20, 20));
  const cases: [string, Geometry, XY, unknown][] = [
    ["a vertex before its edges", ring, [11, 9], { part: "vertex", ring: 0, index: 0, distance: Math.hypot(1, 1) }],
    ["an edge", ring, [30, 12], { part: "edge", ring: 0, index: 0, distance: 2 }],
    ["the edge of a hole", ring, [39, 30], { part: "edge", ring: 1, index: 1, distance: 1 }],
    ["the inside", ring, [15, 15], { part: "inside", distance: 0 }],
    ["not the hole", ring, [30, 30], null],
    ["not beside it", ring, [5, 30], null],
    ["a line, and not between its ends", { type: "polyline", points: [[0, 0], [10, 0], [10, 10]] }, [5, 5], null],
    ["a point", { type: "points", points: [[5, 5], [9, 9]] }, [8, 9], { part: "vertex", ring: 0, index: 1, distance: 1 }],
    ["a turned box inside", { type: "rotated_box", cx: 50, cy: 50, width: 40, height: 10, angle: 45 }, [60, 60], { part: "inside", distance: 0 }],
    ["not beside a turned box", { type: "rotated_box", cx: 50, cy: 50, width: 40, height: 10, angle: 45 }, [60, 40], null],
    ["never a class", { type: "class" }, [5, 5], null],
    ["a mask", maskOf(square(10, 10, 5)), [14.9, 10], { part: "inside", distance: 0 }],
    ["not beside a mask", maskOf(square(10, 10, 5)), [15, 10], null],
    ["not outside the image", maskOf(square(0, 0, 400)), [-1, 5], null],
  ]; // prettier-ignore

  it.each(cases)("finds %s", (...[, geometry, p, hit]) => {
    expect(hitGeometry(geometry, p, { tolerance: 2.5 })).toEqual(hit);
  });
});

describe("DocumentFinder", () => {
  const shapes = shapeLists({ geometry: anyGeometry, maxLength: 12 });

  function expectExact(doc: ShapeDocument, finder: DocumentFinder, places: readonly XY[]): void {
    for (const [x, y] of places) {
      const found = finder.at({ x, y }, 3).map(({ id }) => id);
      const all = doc.shapes().filter((one) => hitGeometry(one.geometry, [x, y], { tolerance: 3 }) !== null);
      expect([...found].sort()).toEqual(all.map(({ id }) => id).sort());
      const areas = found.map((id) => areaOf(doc.find(id)!.geometry));
      expect(areas).toEqual([...areas].sort((a, b) => a - b));
    }
    const rects = places.slice(1).map((p, i): Rect => rectBetween(p, places[i]!));
    for (const rect of rects) {
      expect([...finder.near(rect)].sort()).toEqual(
        doc
          .shapes()
          .filter((one) => touches(one, rect))
          .map(({ id }) => id)
          .sort(),
      );
    }
  }

  function touches(shape: Shape, rect: Rect): boolean {
    const bounds = boundsOf(shape.geometry);
    return bounds !== null && rectsTouch(bounds, rect);
  }

  it("equals looking at every shape, through any edits and undoing them", () => {
    fc.assert(
      fc.property(shapes, deeds, fc.array(off, { minLength: 4, maxLength: 8 }), (start, todo, places) => {
        const doc = makeDocument(start);
        const finder = new DocumentFinder(doc);
        const newId = countingIds();
        expectExact(doc, finder, places);
        for (const deed of todo) {
          const command = commandOf(deed, doc, newId);
          if (command === null) continue;
          applyCommand(doc, command);
          expectExact(doc, finder, places.slice(0, 3));
          if (deed.by[0] > 50) applyCommand(doc, invertCommand(command));
        }
        expectExact(doc, finder, places);
        expect(finder.index.count).toBe(doc.shapes().filter((one) => boundsOf(one.geometry) !== null).length);
      }),
      { numRuns: 40 },
    );
  });

  it("gives the smallest first, of equals the one on top", () => {
    const doc = makeDocument([
      makeShape("small", { geometry: box(10, 10, [10, 10]) }),
      makeShape("large", { geometry: box(0, 0, [100, 100]) }),
      makeShape("twin", { geometry: box(10, 10, [10, 10]) }),
      makeShape("line", { geometry: { type: "polyline", points: [[0, 15], [50, 15]] } }), // prettier-ignore
    ]);
    const finder = new DocumentFinder(doc);
    expect(finder.at({ x: 15, y: 15 }, 1).map(({ id }) => id)).toEqual(["line", "twin", "small", "large"]);
  });

  it("finds a mask where it is painted now, and no longer where it was rubbed out", () => {
    const doc = makeDocument([makeShape("m", { geometry: maskOf(square(10, 10, 5)) })]);
    const finder = new DocumentFinder(doc);
    const found = (x: number, y: number): number => finder.at({ x, y }, 0).length;
    const paint = new MaskEdit(doc.pixels("m")!, 1);
    strokePath(paint, [[400, 300]], 10);
    applyCommand(doc, paint.command("m")!);
    expect([found(12, 12), found(400, 300)]).toEqual([1, 1]);
    expect(finder.boundsOf("m")).toEqual({ x0: 10, y0: 10, x1: 410, y1: 310 });
    const eraser = new MaskEdit(doc.pixels("m")!, 0);
    strokePath(eraser, [[12, 12]], 20);
    applyCommand(doc, eraser.command("m")!);
    expect([found(12, 12), found(400, 300)]).toEqual([0, 1]);
    expect(finder.near({ x0: 0, y0: 0, x1: 50, y1: 50 })).toEqual([]);
  });

  it("does not find what cannot be seen", () => {
    const doc = makeDocument([makeShape("a"), makeShape("b")]);
    const finder = new DocumentFinder(doc, (shape) => shape.id !== "b");
    expect(finder.at({ x: 15, y: 15 }, 1).map(({ id }) => id)).toEqual(["a"]);
    expect(finder.near({ x0: 0, y0: 0, x1: 50, y1: 50 })).toEqual(["a"]);
  });

  it("stops following when it is put away", () => {
    const doc = makeDocument([makeShape("a")]);
    const finder = new DocumentFinder(doc);
    finder.dispose();
    applyCommand(doc, { kind: "add", at: 1, shapes: [makeShape("b")] });
    expect(finder.index.count).toBe(1);
  });
});

it("isWithin: wholly inside", () => {
  const rect = { x0: 0, y0: 0, x1: 50, y1: 50 };
  expect(isWithin(box(0, 0, [50, 50]), rect)).toBe(true);
  expect(isWithin(box(1, 1, [50, 10]), rect)).toBe(false);
  expect(isWithin({ type: "class" }, rect)).toBe(false);
});
