import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  fitViewport,
  keepInSight,
  panBy,
  resizeViewport,
  scaleLimits,
  toImage,
  toScreen,
  visibleRect,
  zoomAt,
  zoomToRect,
  type Viewport,
} from "./viewport";

const container = { width: 1600, height: 1000 };
const image = { width: 4000, height: 3000 };

const anyViewport = fc.record({
  width: fc.integer({ min: 1, max: 4000 }),
  height: fc.integer({ min: 1, max: 4000 }),
  scale: fc.double({ min: 0.01, max: 64, noNaN: true }),
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
});
const anyPoint = fc.record({
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
});

function expectNear(one: { x: number; y: number }, other: { x: number; y: number }): void {
  expect(one.x).toBeCloseTo(other.x, 5);
  expect(one.y).toBeCloseTo(other.y, 5);
}

describe("viewport", () => {
  test("toImage undoes toScreen", () => {
    fc.assert(
      fc.property(anyViewport, anyPoint, (viewport, point) => {
        expectNear(toImage(viewport, toScreen(viewport, point)), point);
      }),
    );
  });

  test("the point under the cursor stays when zooming", () => {
    const at = fc.record({ x: fc.integer({ min: 0, max: 1600 }), y: fc.integer({ min: 0, max: 1000 }) });
    fc.assert(
      fc.property(anyViewport, at, fc.double({ min: 0.2, max: 5, noNaN: true }), (viewport, at, factor) => {
        const zoomed = zoomAt(viewport, { at, factor, limits: { min: 0.01, max: 64 } });
        expectNear(toImage(zoomed, at), toImage(viewport, at));
      }),
    );
  });

  test("zooming stops at the limits", () => {
    const viewport = fitViewport({ image, container });
    const limits = scaleLimits({ image, container });
    expect(zoomAt(viewport, { at: { x: 0, y: 0 }, factor: 1e9, limits }).scale).toBe(64);
    expect(zoomAt(viewport, { at: { x: 0, y: 0 }, factor: 1e-9, limits }).scale).toBe(viewport.scale / 2);
  });

  test("fit shows the whole image, centred", () => {
    const viewport = fitViewport({ image, container });
    expect(viewport.scale).toBeCloseTo(968 / 3000);
    expectNear(toScreen(viewport, { x: 2000, y: 1500 }), { x: 800, y: 500 });
  });

  test("fit enlarges a tiny image eight times at most", () => {
    expect(fitViewport({ image: { width: 8, height: 8 }, container }).scale).toBe(8);
  });

  test("panning there and back again changes nothing", () => {
    const viewport = fitViewport({ image, container });
    expectNear(panBy(panBy(viewport, { x: 30, y: -7 }), { x: -30, y: 7 }), viewport);
  });

  test("a rectangle zoomed to lies inside the view", () => {
    const limits = scaleLimits({ image, container });
    const seen = visibleRect(
      zoomToRect(fitViewport({ image, container }), { rect: { x0: 100, y0: 200, x1: 500, y1: 260 }, limits }),
    );
    expect(seen.x0).toBeLessThan(100);
    expect(seen.x1).toBeGreaterThan(500);
    expect(seen.y0).toBeLessThan(200);
    expect(seen.y1).toBeGreaterThan(260);
  });

  test("resizing keeps the centre", () => {
    const viewport: Viewport = { width: 100, height: 50, scale: 2, x: 10, y: 20 };
    const resized = resizeViewport(viewport, { width: 300, height: 80 });
    expectNear(toImage(resized, { x: 150, y: 40 }), toImage(viewport, { x: 50, y: 25 }));
  });

  test("however far it is moved, some of the image stays in sight", () => {
    fc.assert(
      fc.property(anyPoint, (by) => {
        const start = fitViewport({ image, container });
        const seen = visibleRect(keepInSight(panBy(start, { x: by.x * 10, y: by.y * 10 }), image));
        expect(Math.min(seen.x1, image.width) - Math.max(seen.x0, 0)).toBeGreaterThan(0);
        expect(Math.min(seen.y1, image.height) - Math.max(seen.y0, 0)).toBeGreaterThan(0);
      }),
    );
  });
});
