/** How large a geometry is and where it lies. */

import { MaskCountsError, runsOfMask } from "../masks/rle";
import type { Geometry, MaskGeometry, Rect, RotatedBoxGeometry, XY } from "../types";
import { distance, rectAround, turned } from "./vectors";

/** Corners of a turned box in the order upper left, upper right, lower right, lower left of the unturned one. */
export function rotatedCorners(box: RotatedBoxGeometry): readonly [XY, XY, XY, XY] {
  const { cx, cy, width, height, angle } = box;
  const corner = (sx: number, sy: number): XY =>
    turned([cx + (sx * width) / 2, cy + (sy * height) / 2], [cx, cy], angle);
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** Corners of a box, clockwise from the upper left. */
export function boxCorners(box: Rect): readonly [XY, XY, XY, XY] {
  return [
    [box.x0, box.y0],
    [box.x1, box.y0],
    [box.x1, box.y1],
    [box.x0, box.y1],
  ];
}

/** The smallest upright rectangle around a geometry; null for a class and for an empty mask. */
export function boundsOf(geometry: Geometry): Rect | null {
  switch (geometry.type) {
    case "class":
    case "track":
      return null;
    case "box":
      return { x0: geometry.x0, y0: geometry.y0, x1: geometry.x1, y1: geometry.y1 };
    case "rotated_box":
      return rectAround(rotatedCorners(geometry));
    case "polygon":
      return rectAround(geometry.rings.flat());
    case "polyline":
    case "points":
      return rectAround(geometry.points);
    case "mask":
      return maskMeasure(geometry).bounds;
  }
}

/** Area in square pixels; 0 for what has none. The rings of a polygon are taken one from the other where they lie inside. */
export function areaOf(geometry: Geometry): number {
  switch (geometry.type) {
    case "box":
      return (geometry.x1 - geometry.x0) * (geometry.y1 - geometry.y0);
    case "rotated_box":
      return geometry.width * geometry.height;
    case "polygon":
      return polygonArea(geometry.rings);
    case "mask":
      return maskMeasure(geometry).area;
    case "class":
    case "track":
    case "polyline":
    case "points":
      return 0;
  }
}

/** Twice the signed area of a ring; positive when it runs clockwise as seen on screen. */
export function signedArea2(ring: readonly XY[]): number {
  let sum = 0;
  let from = ring.at(-1);
  for (const to of ring) {
    if (from !== undefined) sum += from[0] * to[1] - to[0] * from[1];
    from = to;
  }
  return sum;
}

/** Length of the line through points. */
export function lengthOf(points: readonly XY[]): number {
  let sum = 0;
  for (let i = 1; i < points.length; i += 1) {
    const a = points[i - 1];
    const b = points[i];
    if (a !== undefined && b !== undefined) sum += distance(a, b);
  }
  return sum;
}

/** Holes are told by nesting: a ring whose first point lies in an odd number of the others takes away. */
function polygonArea(rings: readonly (readonly XY[])[]): number {
  let area = 0;
  for (const ring of rings) {
    const first = ring[0];
    if (first === undefined) continue;
    const around = rings.filter((other) => other !== ring && isInRing(first, other)).length;
    area += ((around % 2 === 0 ? 1 : -1) * Math.abs(signedArea2(ring))) / 2;
  }
  return Math.max(0, area);
}

/** Whether a point lies inside a ring, even-odd; on the border it may be either. */
export function isInRing(p: XY, ring: readonly XY[]): boolean {
  const [x, y] = p;
  let isInside = false;
  let from = ring.at(-1);
  for (const to of ring) {
    if (from !== undefined && from[1] > y !== to[1] > y) {
      const cross = ((from[0] - to[0]) * (y - to[1])) / (from[1] - to[1]) + to[0];
      if (x < cross) isInside = !isInside;
    }
    from = to;
  }
  return isInside;
}

/** Bounds, area and the ends of the runs of a mask. */
export interface MaskMeasure {
  readonly bounds: Rect | null;
  readonly area: number;
  /** Where each run ends, column by column; runs alternate, zeros first. */
  readonly ends: readonly number[];
}

const measured = new WeakMap<MaskGeometry, MaskMeasure>();

/**
 * Measure a mask; known ones are remembered as long as the geometry lives.
 *
 * One whose counts cannot be read lies nowhere: the other shapes of its image are shown all the same.
 */
export function maskMeasure(mask: MaskGeometry): MaskMeasure {
  const known = measured.get(mask);
  if (known !== undefined) return known;
  const fresh = measureRuns(readableRuns(mask), mask.height);
  measured.set(mask, fresh);
  return fresh;
}

function readableRuns(mask: MaskGeometry): readonly number[] {
  try {
    return runsOfMask(mask);
  } catch (problem) {
    if (problem instanceof MaskCountsError) return [];
    throw problem;
  }
}

function measureRuns(runs: readonly number[], height: number): MaskMeasure {
  const ends: number[] = [];
  let area = 0;
  let at = 0;
  let x0 = Infinity;
  let x1 = -Infinity;
  let y0 = Infinity;
  let y1 = -Infinity;
  for (const [i, run] of runs.entries()) {
    const last = at + run - 1;
    if (i % 2 === 1 && run > 0) {
      area += run;
      const left = Math.floor(at / height);
      const right = Math.floor(last / height);
      x0 = Math.min(x0, left);
      x1 = Math.max(x1, right + 1);
      y0 = Math.min(y0, left === right ? at % height : 0);
      y1 = Math.max(y1, left === right ? (last % height) + 1 : height);
    }
    at += run;
    ends.push(at);
  }
  return { bounds: area > 0 ? { x0, y0, x1, y1 } : null, area, ends };
}

/** Whether a mask holds the pixel at a point. */
export function isInMask(p: XY, mask: MaskGeometry): boolean {
  const x = Math.floor(p[0]);
  const y = Math.floor(p[1]);
  if (x < 0 || y < 0 || x >= mask.width || y >= mask.height) return false;
  const { ends } = maskMeasure(mask);
  const at = x * mask.height + y;
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low % 2 === 1;
}
