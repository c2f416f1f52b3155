/** What of a shape lies at a point: a vertex before an edge, an edge before the inside. */

import type { MaskPixels } from "../masks/raster";
import type { Geometry, XY } from "../types";
import { boundsOf, boxCorners, isInMask, isInRing, rotatedCorners } from "./measure";
import { distance, nearestOnSegment } from "./vectors";

/** The part that was hit. `ring` is 0 where there is but one line; edge `index` runs from that vertex to the next. */
export type Hit =
  | { readonly part: "vertex"; readonly ring: number; readonly index: number; readonly distance: number }
  | { readonly part: "edge"; readonly ring: number; readonly index: number; readonly distance: number }
  | { readonly part: "inside"; readonly distance: 0 };

export interface HitOptions {
  /** How far from a vertex or an edge still counts, in image pixels. */
  readonly tolerance: number;
  /** The pixels of a mask that is being painted; its counts are read when left out. */
  readonly pixels?: MaskPixels | null;
}

/** What of a geometry lies at a point; null for nothing. A class is nowhere. */
export function hitGeometry(geometry: Geometry, p: XY, options: HitOptions): Hit | null {
  const { tolerance } = options;
  if (geometry.type === "class" || geometry.type === "track") return null;
  if (geometry.type === "mask") {
    const isSet = options.pixels ? options.pixels.has(p[0], p[1]) : isInMask(p, geometry);
    return isSet ? { part: "inside", distance: 0 } : null;
  }
  const lines = linesOf(geometry);
  const vertex = nearestVertex(lines, p);
  if (vertex !== null && vertex.distance <= tolerance) return vertex;
  if (geometry.type === "points") return null;
  const edge = nearestEdge(lines, p, geometry.type !== "polyline");
  if (edge !== null && edge.distance <= tolerance) return edge;
  return geometry.type !== "polyline" && isInside(lines, p) ? { part: "inside", distance: 0 } : null;
}

/** The vertices of a geometry as lines: the rings of a polygon, the corners of a box; none for class and mask. */
export function linesOf(geometry: Geometry): readonly (readonly XY[])[] {
  switch (geometry.type) {
    case "box":
      return [boxCorners(geometry)];
    case "rotated_box":
      return [rotatedCorners(geometry)];
    case "polygon":
      return geometry.rings;
    case "polyline":
    case "points":
      return [geometry.points];
    case "class":
    case "track":
    case "mask":
      return [];
  }
}

/** Whether the lines of a geometry close on themselves. */
export function isClosed(geometry: Geometry): boolean {
  return geometry.type === "box" || geometry.type === "rotated_box" || geometry.type === "polygon";
}

/** The nearest vertex; of equals the first. */
export function nearestVertex(
  lines: readonly (readonly XY[])[],
  p: XY,
): Extract<Hit, { part: "vertex" }> | null {
  let best: Extract<Hit, { part: "vertex" }> | null = null;
  for (const [ring, line] of lines.entries()) {
    for (const [index, vertex] of line.entries()) {
      const d = distance(p, vertex);
      if (best === null || d < best.distance) best = { part: "vertex", ring, index, distance: d };
    }
  }
  return best;
}

/** The nearest edge; of equals the first. */
export function nearestEdge(
  lines: readonly (readonly XY[])[],
  p: XY,
  closed: boolean,
): Extract<Hit, { part: "edge" }> | null {
  let best: Extract<Hit, { part: "edge" }> | null = null;
  for (const [ring, line] of lines.entries()) {
    const edges = closed ? line.length : line.length - 1;
    for (let index = 0; index < edges; index += 1) {
      const a = line[index];
      const b = line[(index + 1) % line.length];
      if (a === undefined || b === undefined) continue;
      const d = distance(p, nearestOnSegment(p, a, b));
      if (best === null || d < best.distance) best = { part: "edge", ring, index, distance: d };
    }
  }
  return best;
}

function isInside(lines: readonly (readonly XY[])[], p: XY): boolean {
  return lines.reduce((odd, line) => odd !== isInRing(p, line), false);
}

/** Whether a geometry lies wholly in a rectangle. */
export function isWithin(
  geometry: Geometry,
  rect: { x0: number; y0: number; x1: number; y1: number },
): boolean {
  const bounds = boundsOf(geometry);
  if (bounds === null) return false;
  return bounds.x0 >= rect.x0 && bounds.y0 >= rect.y0 && bounds.x1 <= rect.x1 && bounds.y1 <= rect.y1;
}
