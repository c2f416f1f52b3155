/** The outline of a mask as rings along pixel borders. */

import type { XY } from "../types";
import { type MaskPixels, rasterBounds } from "./raster";

/**
 * Rings around the set pixels, clockwise on screen, and around holes the other way; corners only, no vertex on a
 * straight side. Filled even-odd they give the same pixels back. Pixels that touch at a corner alone are apart.
 */
export function traceRaster(pixels: MaskPixels): XY[][] {
  const bounds = rasterBounds(pixels);
  if (bounds === null) return [];
  const starts = borderEdges(pixels, bounds);
  const rings: XY[][] = [];
  for (const [key, open] of starts) {
    while (open.length > 0) rings.push(followRing(starts, key));
  }
  return rings;
}

/** 0 right, 1 down, 2 left, 3 up; the set pixel lies to the right of the way. */
type Way = 0 | 1 | 2 | 3;

const STEP: Readonly<Record<Way, XY>> = { 0: [1, 0], 1: [0, 1], 2: [-1, 0], 3: [0, -1] };
/** At a crossing the way turns right first: that keeps pixels apart that touch at a corner alone. */
const TURNS: Readonly<Record<Way, readonly Way[]>> = {
  0: [1, 0, 3],
  1: [2, 1, 0],
  2: [3, 2, 1],
  3: [0, 3, 2],
};

/** Unit sides between a set and a clear pixel, by the corner they start from: `y * stride + x`. */
type Starts = Map<number, Way[]>;

const STRIDE = 2 ** 20;

function borderEdges(pixels: MaskPixels, bounds: { x0: number; y0: number; x1: number; y1: number }): Starts {
  const starts: Starts = new Map();
  const add = (x: number, y: number, way: Way): void => {
    const key = y * STRIDE + x;
    const known = starts.get(key);
    if (known === undefined) starts.set(key, [way]);
    else known.push(way);
  };
  for (let y = bounds.y0; y < bounds.y1; y += 1) {
    for (let x = bounds.x0; x < bounds.x1; x += 1) {
      if (!pixels.has(x, y)) continue;
      if (!pixels.has(x, y - 1)) add(x, y, 0);
      if (!pixels.has(x + 1, y)) add(x + 1, y, 1);
      if (!pixels.has(x, y + 1)) add(x + 1, y + 1, 2);
      if (!pixels.has(x - 1, y)) add(x, y + 1, 3);
    }
  }
  return starts;
}

function followRing(starts: Starts, start: number): XY[] {
  const ring: XY[] = [];
  let key = start;
  let way = starts.get(key)?.pop();
  const firstWay = way;
  let before: Way | undefined;
  while (way !== undefined) {
    const at: XY = [key % STRIDE, Math.floor(key / STRIDE)];
    if (way !== before) ring.push(at);
    const [dx, dy]: XY = STEP[way];
    key += dy * STRIDE + dx;
    before = way;
    if (key === start) break;
    way = takeWay(starts, key, way);
  }
  // The start lies on a straight side when the ring comes back the way it began.
  return before === firstWay ? ring.slice(1) : ring;
}

function takeWay(starts: Starts, key: number, before: Way): Way | undefined {
  const open = starts.get(key);
  const way = TURNS[before].find((one) => open?.includes(one));
  if (open === undefined || way === undefined) return undefined;
  open.splice(open.indexOf(way), 1);
  return way;
}
