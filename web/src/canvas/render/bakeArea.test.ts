import fc from "fast-check";
import { expect, test } from "vitest";

import type { Rect } from "../types";
import { fitViewport, panBy, type Viewport } from "../viewport";
import { areaFor, areaRect, covers, pixelsOf, placeOnScreen, shiftOf, toImageRect } from "./bakeArea";

const image = { width: 4000, height: 3000 };
const anyView = fc.record({
  width: fc.integer({ min: 50, max: 2000 }),
  height: fc.integer({ min: 50, max: 2000 }),
  scale: fc.double({ min: 0.05, max: 40, noNaN: true }),
  x: fc.double({ min: 0, max: 3900, noNaN: true }),
  y: fc.double({ min: 0, max: 2900, noNaN: true }),
});

test("the area baked for a view covers what it shows of the image", () => {
  fc.assert(
    fc.property(anyView, fc.constantFrom(1, 1.25, 2), (viewport, dpr) => {
      const area = areaFor({ viewport, image, dpr });
      expect(covers(area, { viewport, image, withMargin: false })).toBe(true);
    }),
  );
});

test("the bitmap stays within its memory, however large the view", () => {
  const viewport: Viewport = { width: 5000, height: 3000, scale: 4, x: 1000, y: 1000 };
  const area = areaFor({ viewport, image, dpr: 1 });
  expect(area.width * area.height).toBeLessThan(16_500_000);
});

test("at its own scale the bitmap lies on whole device pixels", () => {
  fc.assert(
    fc.property(anyView, fc.integer({ min: -300, max: 300 }), (viewport, by) => {
      const area = areaFor({ viewport, image, dpr: 2 });
      const place = placeOnScreen(area, { viewport: panBy(viewport, { x: by / 7, y: by / 3 }), dpr: 2 });
      expect(Math.abs(place.x0 * 2 - Math.round(place.x0 * 2))).toBeLessThan(1e-6);
      expect(Math.abs(place.y0 * 2 - Math.round(place.y0 * 2))).toBeLessThan(1e-6);
    }),
  );
});

test("what is taken over and what is missing make up the new bitmap, nothing twice", () => {
  const by = fc.record({ x: fc.integer({ min: -400, max: 400 }), y: fc.integer({ min: -400, max: 400 }) });
  fc.assert(
    fc.property(by, (step) => {
      const viewport: Viewport = { width: 600, height: 400, scale: 1, x: 1500, y: 1200 };
      const from = areaFor({ viewport, image, dpr: 1 });
      const to = areaFor({ viewport: panBy(viewport, step), image, dpr: 1 });
      const shift = shiftOf(from, to);
      const sizeOf = (rect: Rect): number => (rect.x1 - rect.x0) * (rect.y1 - rect.y0);
      const missing = shift?.missing ?? [];
      const kept = Math.max(0, to.width - Math.abs(step.x)) * Math.max(0, to.height - Math.abs(step.y));
      expect(missing.reduce((sum, rect) => sum + sizeOf(rect), 0) + kept).toBeCloseTo(
        to.width * to.height,
        3,
      );
    }),
  );
});

test("bitmaps of different scale share nothing", () => {
  const viewport = fitViewport({ image, container: { width: 800, height: 600 } });
  const area = areaFor({ viewport, image, dpr: 1 });
  expect(shiftOf(area, { ...area, scale: area.scale * 1.1 })).toBe(null);
});

test("pixels of an area and their image rectangle fit together", () => {
  const area = { x: 100, y: 50, scale: 2, width: 400, height: 300 };
  expect(pixelsOf({ x0: 110.2, y0: 60, x1: 120, y1: 70 }, area)).toEqual({ x0: 20, y0: 20, x1: 40, y1: 40 });
  expect(pixelsOf({ x0: 0, y0: 0, x1: 10, y1: 10 }, area)).toBe(null);
  expect(toImageRect({ x0: 0, y0: 0, x1: 400, y1: 300 }, area)).toEqual(areaRect(area));
});
