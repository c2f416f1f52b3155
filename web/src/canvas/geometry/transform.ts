/** Moving, resizing and turning geometries, and keeping them in the image. */

import { rasterFromMask, maskFromRaster } from "../masks/rle";
import { movedRaster } from "../masks/move";
import type { ImageSize } from "../model/document";
import type { BoxGeometry, Geometry, Rect, RotatedBoxGeometry, Vec, XY } from "../types";
import { boundsOf } from "./measure";
import { clampPoint, tidy, tidyAngle, tidyPoint, turned } from "./vectors";

/** Moved by whole and parts of pixels; masks by whole pixels, what leaves the image is cut off. */
export function moveGeometry(geometry: Geometry, by: Vec): Geometry {
  const moved = (p: XY): XY => tidyPoint([p[0] + by.x, p[1] + by.y]);
  switch (geometry.type) {
    case "class":
    case "track":
      return geometry;
    case "box": {
      const { x0, y0, x1, y1 } = geometry;
      return {
        type: "box",
        x0: tidy(x0 + by.x),
        y0: tidy(y0 + by.y),
        x1: tidy(x1 + by.x),
        y1: tidy(y1 + by.y),
      };
    }
    case "rotated_box":
      return { ...geometry, cx: tidy(geometry.cx + by.x), cy: tidy(geometry.cy + by.y) };
    case "polygon":
      return { type: "polygon", rings: geometry.rings.map((ring) => ring.map(moved)) };
    case "polyline":
    case "points":
      return { ...geometry, points: geometry.points.map(moved) };
    case "mask":
      return maskFromRaster(
        movedRaster(rasterFromMask(geometry), { x: Math.round(by.x), y: Math.round(by.y) }),
      );
  }
}

/** The part of a displacement that keeps a rectangle in the image; what is out already may only come in. */
export function clampMove(bounds: Rect, by: Vec, image: ImageSize): Vec {
  const limit = (low: number, high: number, d: number): number =>
    Math.min(Math.max(0, high), Math.max(Math.min(0, low), d));
  return {
    x: limit(-bounds.x0, image.width - bounds.x1, by.x),
    y: limit(-bounds.y0, image.height - bounds.y1, by.y),
  };
}

/** Cut to the image: boxes are cut, vertices moved to the border. Null when nothing of it lies in the image. */
export function clampGeometry(geometry: Geometry, image: ImageSize): Geometry | null {
  const bounds = boundsOf(geometry);
  if (geometry.type === "class" || geometry.type === "mask" || geometry.type === "track") return geometry;
  if (
    bounds === null ||
    bounds.x0 >= image.width ||
    bounds.y0 >= image.height ||
    bounds.x1 <= 0 ||
    bounds.y1 <= 0
  ) {
    return null;
  }
  const clamped = (p: XY): XY => clampPoint(p, image);
  switch (geometry.type) {
    case "box": {
      const [x0, y0] = clamped([geometry.x0, geometry.y0]);
      const [x1, y1] = clamped([geometry.x1, geometry.y1]);
      return { type: "box", x0, y0, x1, y1 };
    }
    case "rotated_box": {
      const [cx, cy] = clamped([geometry.cx, geometry.cy]);
      return { ...geometry, cx, cy };
    }
    case "polygon":
      return { type: "polygon", rings: geometry.rings.map((ring) => ring.map(clamped)) };
    case "polyline":
    case "points":
      return { ...geometry, points: geometry.points.map(clamped) };
  }
}

/** Which side or corner is held: -1 left or upper, 1 right or lower, 0 neither. */
export interface Grip {
  readonly sx: -1 | 0 | 1;
  readonly sy: -1 | 0 | 1;
}

/**
 * A box with the held side or corner brought to a point; drawn over the other side it turns round.
 *
 * Null when it would have no area.
 */
export function resizeBox(box: BoxGeometry, grip: Grip, to: XY): BoxGeometry | null {
  const [x0, x1] = pulled([box.x0, box.x1], grip.sx, to[0]);
  const [y0, y1] = pulled([box.y0, box.y1], grip.sy, to[1]);
  return x1 > x0 && y1 > y0 ? { type: "box", x0, y0, x1, y1 } : null;
}

function pulled(ends: XY, side: -1 | 0 | 1, at: number): XY {
  const [a, b] = side === 0 ? ends : side < 0 ? [at, ends[1]] : [ends[0], at];
  return [tidy(Math.min(a, b)), tidy(Math.max(a, b))];
}

/** A turned box with the held side or corner brought to a point; the side across stays where it is. */
export function resizeRotatedBox(box: RotatedBoxGeometry, grip: Grip, to: XY): RotatedBoxGeometry | null {
  const [x, y] = turned(to, [box.cx, box.cy], -box.angle);
  const local = [x - box.cx, y - box.cy] as const;
  const [left, right] = span(grip.sx, box.width / 2, local[0]);
  const [top, bottom] = span(grip.sy, box.height / 2, local[1]);
  const width = tidy(Math.abs(right - left));
  const height = tidy(Math.abs(bottom - top));
  if (width === 0 || height === 0) return null;
  const middle: XY = [box.cx + (left + right) / 2, box.cy + (top + bottom) / 2];
  const [cx, cy] = tidyPoint(turned(middle, [box.cx, box.cy], box.angle));
  return { ...box, cx, cy, width, height };
}

function span(side: -1 | 0 | 1, half: number, at: number): XY {
  if (side === 0) return [-half, half];
  return side < 0 ? [at, half] : [-half, at];
}

/** Turned so that its upper side faces a point; `step` degrees at a time when given. */
export function aimRotatedBox(
  box: RotatedBoxGeometry,
  at: XY,
  step: number | null = null,
): RotatedBoxGeometry {
  const degrees = (Math.atan2(at[1] - box.cy, at[0] - box.cx) * 180) / Math.PI + 90;
  const angle = step === null ? degrees : Math.round(degrees / step) * step;
  return { ...box, angle: tidyAngle(tidy(angle)) };
}

/** Turned about its own middle. A box becomes a turned box; points, masks and classes stay. */
export function rotateGeometry(geometry: Geometry, degrees: number): Geometry {
  const bounds = boundsOf(geometry);
  if (bounds === null) return geometry;
  const centre: XY = [(bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2];
  const about = (p: XY): XY => tidyPoint(turned(p, centre, degrees));
  switch (geometry.type) {
    case "box": {
      const [width, height] = [geometry.x1 - geometry.x0, geometry.y1 - geometry.y0];
      return { type: "rotated_box", cx: centre[0], cy: centre[1], width, height, angle: tidyAngle(degrees) };
    }
    case "rotated_box":
      return { ...geometry, angle: tidyAngle(tidy(geometry.angle + degrees)) };
    case "polygon":
      return { type: "polygon", rings: geometry.rings.map((ring) => ring.map(about)) };
    case "polyline":
      return { type: "polyline", points: geometry.points.map(about) };
    default:
      return geometry;
  }
}
