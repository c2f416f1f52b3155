/** From one kind of geometry to another. */

import { fillPolygon } from "../masks/fill";
import { traceRaster } from "../masks/trace";
import { rasterFromMask, maskFromRaster } from "../masks/rle";
import { MaskRaster } from "../masks/raster";
import type { ImageSize } from "../model/document";
import type { BoxGeometry, Geometry, MaskGeometry, PolygonGeometry, RotatedBoxGeometry, XY } from "../types";
import { linesOf } from "./hit";
import { boundsOf } from "./measure";
import { simplifyRing } from "./polygon";
import { distance, rectAround, tidy, tidyAngle, tidyPoint } from "./vectors";

/** The box around points, such as the four outermost of an object; null when it has no area. */
export function boxFromPoints(points: readonly XY[]): BoxGeometry | null {
  const rect = rectAround(points);
  if (rect === null || rect.x1 <= rect.x0 || rect.y1 <= rect.y0) return null;
  return { type: "box", x0: tidy(rect.x0), y0: tidy(rect.y0), x1: tidy(rect.x1), y1: tidy(rect.y1) };
}

/**
 * The turned box with one side from `a` to `b` and the opposite side through `c`; null when it has no area.
 *
 * Its angle is the direction of the side, its upper side the one drawn when `c` lies to the right of it.
 */
export function rotatedBoxFromPoints(a: XY, b: XY, c: XY): RotatedBoxGeometry | null {
  const width = distance(a, b);
  if (width === 0) return null;
  const [ux, uy] = [(b[0] - a[0]) / width, (b[1] - a[1]) / width];
  // The normal is the side's direction turned clockwise by a quarter: downwards for a side drawn to the right.
  const depth = (c[0] - a[0]) * -uy + (c[1] - a[1]) * ux;
  if (Math.abs(depth) < 0.005 || width < 0.005) return null;
  const [cx, cy] = [(a[0] + b[0]) / 2 - (uy * depth) / 2, (a[1] + b[1]) / 2 + (ux * depth) / 2];
  const degrees = (Math.atan2(uy, ux) * 180) / Math.PI;
  const [x, y] = tidyPoint([cx, cy]);
  const angle = tidyAngle(tidy(degrees));
  return { type: "rotated_box", cx: x, cy: y, width: tidy(width), height: tidy(Math.abs(depth)), angle };
}

/** The upright box around a geometry; null for what has no extent. */
export function toBox(geometry: Geometry): BoxGeometry | null {
  const bounds = boundsOf(geometry);
  return bounds === null ? null : boxFromPoints([[bounds.x0, bounds.y0], [bounds.x1, bounds.y1]]); // prettier-ignore
}

/** The polygon of a box, turned box, mask or polygon; a mask's outline is thinned by `tolerance` pixels. Else null. */
export function toPolygon(geometry: Geometry, tolerance = 0.7): PolygonGeometry | null {
  switch (geometry.type) {
    case "polygon":
      return geometry;
    case "box":
    case "rotated_box":
      return { type: "polygon", rings: linesOf(geometry).map((ring) => ring.map(tidyPoint)) };
    case "mask": {
      const rings = traceRaster(rasterFromMask(geometry)).map((ring) => simplifyRing(ring, tolerance));
      return rings.length === 0 ? null : { type: "polygon", rings };
    }
    case "class":
    case "track":
    case "polyline":
    case "points":
      return null;
  }
}

/** The mask of a box, turned box, polygon or mask: pixels whose centre lies inside. Null for the rest and for none. */
export function toMask(geometry: Geometry, image: ImageSize): MaskGeometry | null {
  if (geometry.type === "mask") return geometry;
  const polygon = toPolygon(geometry);
  if (polygon === null) return null;
  const raster = new MaskRaster(image.width, image.height);
  fillPolygon(raster, polygon.rings);
  return raster.filledTiles().length === 0 ? null : maskFromRaster(raster);
}
