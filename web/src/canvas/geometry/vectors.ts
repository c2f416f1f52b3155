/** Small sums with points of the plane. */

import type { Rect, Vec, XY } from "../types";
import type { ImageSize } from "../model/document";

export function distance(a: XY, b: XY): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** The point of the segment from `a` to `b` that is nearest to `p`. */
export function nearestOnSegment(p: XY, a: XY, b: XY): XY {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length2 = dx * dx + dy * dy;
  if (length2 === 0) return a;
  const t = Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2));
  return [a[0] + t * dx, a[1] + t * dy];
}

/** Turned about `centre` by `degrees`, clockwise as seen on screen. */
export function turned(p: XY, centre: XY, degrees: number): XY {
  const angle = (degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const dx = p[0] - centre[0];
  const dy = p[1] - centre[1];
  return [centre[0] + dx * cos - dy * sin, centre[1] + dx * sin + dy * cos];
}

/** The same angle in [-180, 180). */
export function tidyAngle(degrees: number): number {
  const turn = (((degrees + 180) % 360) + 360) % 360;
  return turn - 180;
}

/** Rounded to a hundredth of a pixel: finer than any hand, and short in JSON. */
export function tidy(value: number): number {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? 0 : rounded;
}

export function tidyPoint(p: XY): XY {
  return [tidy(p[0]), tidy(p[1])];
}

export function xy(at: Vec): XY {
  return [at.x, at.y];
}

/** The nearest point of the image. */
export function clampPoint(p: XY, image: ImageSize): XY {
  return [Math.min(image.width, Math.max(0, p[0])), Math.min(image.height, Math.max(0, p[1]))];
}

/** The rectangle with two opposite corners; it may have no area. */
export function rectBetween(a: XY, b: XY): Rect {
  return {
    x0: Math.min(a[0], b[0]),
    y0: Math.min(a[1], b[1]),
    x1: Math.max(a[0], b[0]),
    y1: Math.max(a[1], b[1]),
  };
}

/** The smallest rectangle around points; null for none. */
export function rectAround(points: Iterable<XY>): Rect | null {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (const [x, y] of points) {
    x0 = Math.min(x0, x);
    y0 = Math.min(y0, y);
    x1 = Math.max(x1, x);
    y1 = Math.max(y1, y);
  }
  return x1 >= x0 ? { x0, y0, x1, y1 } : null;
}

export function grownRect(rect: Rect, by: number): Rect {
  return { x0: rect.x0 - by, y0: rect.y0 - by, x1: rect.x1 + by, y1: rect.y1 + by };
}

/** Whether two rectangles share a point; touching counts. */
export function rectsTouch(a: Rect, b: Rect): boolean {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

/** Whether `outer` holds all of `inner`. */
export function rectHolds(outer: Rect, inner: Rect): boolean {
  return outer.x0 <= inner.x0 && outer.y0 <= inner.y0 && outer.x1 >= inner.x1 && outer.y1 >= inner.y1;
}
