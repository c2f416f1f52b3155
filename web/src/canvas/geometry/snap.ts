/** Drawing along what is there: the nearest vertex of a neighbour, else the nearest point of its edges. */

import type { DocumentReader } from "../model/document";
import type { Rect, ShapeId, XY } from "../types";
import { isClosed, linesOf, nearestEdge, nearestVertex } from "./hit";
import { distance, grownRect, nearestOnSegment } from "./vectors";

export interface SnapOptions {
  /** How far it reaches, in image pixels. */
  readonly tolerance: number;
  /** Shapes that are not snapped to, such as the one being edited. */
  readonly except?: ReadonlySet<ShapeId>;
}

export interface SnapSource {
  readonly doc: DocumentReader;
  readonly finder: { near(rect: Rect): readonly ShapeId[] };
}

/** Where a point snaps to; null when nothing is near. A vertex wins over an edge even when the edge is nearer. */
export function snapPoint(p: XY, source: SnapSource, options: SnapOptions): XY | null {
  const { tolerance, except } = options;
  let vertex: { at: XY; distance: number } | null = null;
  let edge: { at: XY; distance: number } | null = null;
  for (const id of source.finder.near(grownRect({ x0: p[0], y0: p[1], x1: p[0], y1: p[1] }, tolerance))) {
    const shape = except?.has(id) ? null : source.doc.peek(id);
    if (shape === null || shape.geometry.type === "points") continue;
    const lines = linesOf(shape.geometry);
    const corner = nearestVertex(lines, p);
    const at = corner === null ? undefined : lines[corner.ring]?.[corner.index];
    if (at && corner && corner.distance <= Math.min(tolerance, vertex?.distance ?? Infinity)) {
      vertex = { at, distance: corner.distance };
    }
    const near = nearestEdgePoint(lines, p, isClosed(shape.geometry));
    if (near !== null && distance(p, near) <= Math.min(tolerance, edge?.distance ?? Infinity)) {
      edge = { at: near, distance: distance(p, near) };
    }
  }
  return vertex?.at ?? edge?.at ?? null;
}

function nearestEdgePoint(lines: readonly (readonly XY[])[], p: XY, closed: boolean): XY | null {
  const edge = nearestEdge(lines, p, closed);
  if (edge === null) return null;
  const line = lines[edge.ring];
  const a = line?.[edge.index];
  const b = line?.[(edge.index + 1) % line.length];
  return a === undefined || b === undefined ? null : nearestOnSegment(p, a, b);
}
