/** How far two geometries agree: the area of what they share by the area of both together. */

import { runsOfMask } from "../masks/rle";
import type { Geometry, MaskGeometry, Rect, XY } from "../types";
import { toMask } from "./convert";
import { linesOf } from "./hit";
import { areaOf, boundsOf } from "./measure";
import { rectsTouch } from "./vectors";

/**
 * Intersection over union in [0, 1], the same both ways round.
 *
 * Boxes, turned boxes and polygons exactly; with a mask by pixels of the mask's image. 1 for two class tags. Null where
 * one has no area by nature (polyline, points, a class with something else), or two masks are of different size.
 */
export function iouOf(a: Geometry, b: Geometry): number | null {
  if (a.type === "class" || b.type === "class") return a.type === b.type ? 1 : null;
  if (!hasArea(a) || !hasArea(b)) return null;
  if (a.type === "mask" || b.type === "mask") return maskIou(a, b);
  if (a.type === "box" && b.type === "box") return ratio(overlapOfRects(a, b), areaOf(a), areaOf(b));
  const [boundsA, boundsB] = [boundsOf(a), boundsOf(b)];
  if (boundsA === null || boundsB === null || !rectsTouch(boundsA, boundsB)) return 0;
  const { shared, first, second } = sweptAreas(linesOf(a), linesOf(b));
  return ratio(shared, first, second);
}

function hasArea(geometry: Geometry): boolean {
  return geometry.type !== "polyline" && geometry.type !== "points" && geometry.type !== "class";
}

function ratio(shared: number, first: number, second: number): number {
  const union = first + second - shared;
  return union <= 0 ? 0 : Math.min(1, Math.max(0, shared / union));
}

function overlapOfRects(a: Rect, b: Rect): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  return Math.max(0, width) * Math.max(0, height);
}

function maskIou(a: Geometry, b: Geometry): number | null {
  const image = a.type === "mask" ? a : b.type === "mask" ? b : null;
  if (image === null) return null;
  const [first, second] = [toMask(a, image), toMask(b, image)];
  if (first === null || second === null) return 0;
  if (first.width !== second.width || first.height !== second.height) return null;
  return ratio(sharedPixels(first, second), areaOf(first), areaOf(second));
}

/** Set pixels that two masks of one size share, from their runs. */
function sharedPixels(a: MaskGeometry, b: MaskGeometry): number {
  const setOf = (mask: MaskGeometry): (readonly [number, number])[] => {
    let at = 0;
    return runsOfMask(mask).flatMap((run, i): (readonly [number, number])[] => {
      at += run;
      return i % 2 === 1 ? [[at - run, at]] : [];
    });
  };
  return overlapLength(setOf(a), setOf(b));
}

/** Length shared by two lists of sorted, disjoint intervals. */
function overlapLength(
  a: readonly (readonly [number, number])[],
  b: readonly (readonly [number, number])[],
): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const s = a[i];
    const t = b[j];
    if (s === undefined || t === undefined) break;
    shared += Math.max(0, Math.min(s[1], t[1]) - Math.max(s[0], t[0]));
    if (s[1] < t[1]) i += 1;
    else j += 1;
  }
  return shared;
}

interface Edge {
  readonly top: XY;
  readonly low: XY;
  readonly owner: 0 | 1;
}

/**
 * Areas by slabs: between two neighbouring heights at which an edge begins, ends or crosses another, no edges cross, so
 * every width is linear in y and the width at mid-height times the height is the exact area.
 */
function sweptAreas(
  a: readonly (readonly XY[])[],
  b: readonly (readonly XY[])[],
): { readonly shared: number; readonly first: number; readonly second: number } {
  const edges = [...edgesOf(a, 0), ...edgesOf(b, 1)];
  const heights = slabHeights(edges);
  let [shared, first, second] = [0, 0, 0];
  for (let i = 1; i < heights.length; i += 1) {
    const [y0, y1] = [heights[i - 1] ?? 0, heights[i] ?? 0];
    const y = (y0 + y1) / 2;
    const [s, t] = [spansAt(edges, 0, y), spansAt(edges, 1, y)];
    const height = y1 - y0;
    shared += overlapLength(s, t) * height;
    first += overlapLength(s, s) * height;
    second += overlapLength(t, t) * height;
  }
  return { shared, first, second };
}

function edgesOf(rings: readonly (readonly XY[])[], owner: 0 | 1): Edge[] {
  return rings.flatMap((ring) =>
    ring.flatMap((to, i): Edge[] => {
      const from = ring.at(i - 1);
      if (from === undefined || from[1] === to[1]) return [];
      return [from[1] < to[1] ? { top: from, low: to, owner } : { top: to, low: from, owner }];
    }),
  );
}

function slabHeights(edges: readonly Edge[]): number[] {
  const heights = new Set<number>();
  for (const [i, edge] of edges.entries()) {
    heights.add(edge.top[1]);
    heights.add(edge.low[1]);
    for (let j = i + 1; j < edges.length; j += 1) {
      const other = edges[j];
      const y = other === undefined ? null : crossingHeight(edge, other);
      if (y !== null) heights.add(y);
    }
  }
  return [...heights].sort((p, q) => p - q);
}

function crossingHeight(a: Edge, b: Edge): number | null {
  const top = Math.max(a.top[1], b.top[1]);
  const low = Math.min(a.low[1], b.low[1]);
  if (top >= low) return null;
  const [before, after] = [xAt(a, top) - xAt(b, top), xAt(a, low) - xAt(b, low)];
  if (before === 0 || after === 0 || before > 0 === after > 0) return null;
  return top + ((low - top) * before) / (before - after);
}

function xAt(edge: Edge, y: number): number {
  const t = (y - edge.top[1]) / (edge.low[1] - edge.top[1]);
  return edge.top[0] + t * (edge.low[0] - edge.top[0]);
}

function spansAt(edges: readonly Edge[], owner: 0 | 1, y: number): (readonly [number, number])[] {
  const crossings: number[] = [];
  for (const edge of edges) {
    if (edge.owner === owner && edge.top[1] <= y && edge.low[1] > y) crossings.push(xAt(edge, y));
  }
  crossings.sort((p, q) => p - q);
  const spans: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < crossings.length; i += 2) spans.push([crossings[i] ?? 0, crossings[i + 1] ?? 0]);
  return spans;
}
