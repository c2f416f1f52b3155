/** Rings and lines: putting vertices in, taking them out, thinning them, finding where they cross. */

import { signedArea2 } from "./measure";
import { distance, nearestOnSegment } from "./vectors";
import type { Geometry, XY } from "../types";

/** A vertex of a geometry with lines. */
export interface VertexAt {
  readonly ring: number;
  readonly index: number;
}

type Lined = Extract<Geometry, { type: "polygon" | "polyline" | "points" }>;

/** Whether a geometry has vertices that can be moved one by one. */
export function hasVertices(geometry: Geometry): geometry is Lined {
  return geometry.type === "polygon" || geometry.type === "polyline" || geometry.type === "points";
}

/** With the vertex moved. */
export function moveVertex(geometry: Lined, at: VertexAt, to: XY): Lined {
  return withLine(geometry, at.ring, (line) => line.map((p, i) => (i === at.index ? to : p)));
}

/** With a vertex put behind the one named. */
export function insertVertex(geometry: Lined, after: VertexAt, point: XY): Lined {
  return withLine(geometry, after.ring, (line) => [
    ...line.slice(0, after.index + 1),
    point,
    ...line.slice(after.index + 1),
  ]);
}

/**
 * Without the vertex; a ring that falls below three goes whole.
 *
 * Gives null when nothing would be left: fewer than one ring, two points of a polyline, one of points.
 */
export function deleteVertex(geometry: Lined, at: VertexAt): Lined | null {
  const next = withLine(geometry, at.ring, (line) => line.filter((_, i) => i !== at.index));
  if (next.type === "polygon") {
    const rings = next.rings.filter((ring) => ring.length >= 3);
    return rings.length === 0 ? null : { type: "polygon", rings };
  }
  return next.points.length < (next.type === "polyline" ? 2 : 1) ? null : next;
}

function withLine(geometry: Lined, ring: number, change: (line: readonly XY[]) => readonly XY[]): Lined {
  if (geometry.type === "polygon") {
    return { type: "polygon", rings: geometry.rings.map((line, i) => (i === ring ? change(line) : line)) };
  }
  return ring === 0 ? { ...geometry, points: change(geometry.points) } : geometry;
}

/** A line without the points that lie nearer than `tolerance` to the rest (Ramer, Douglas and Peucker); ends stay. */
export function simplifyLine(line: readonly XY[], tolerance: number): XY[] {
  if (line.length <= 2) return [...line];
  const kept = new Uint8Array(line.length);
  kept[0] = 1;
  kept[line.length - 1] = 1;
  const open: [number, number][] = [[0, line.length - 1]];
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    const far = farthestBetween(line, from, to);
    if (far === null || far.distance <= tolerance) continue;
    kept[far.index] = 1;
    open.push([from, far.index], [far.index, to]);
  }
  return line.filter((_, i) => kept[i] === 1);
}

function farthestBetween(
  line: readonly XY[],
  from: number,
  to: number,
): { index: number; distance: number } | null {
  const a = line[from];
  const b = line[to];
  if (a === undefined || b === undefined) return null;
  let best: { index: number; distance: number } | null = null;
  for (let index = from + 1; index < to; index += 1) {
    const p = line[index];
    if (p === undefined) continue;
    const d = distance(p, nearestOnSegment(p, a, b));
    if (best === null || d > best.distance) best = { index, distance: d };
  }
  return best;
}

/** A ring thinned the same way; at least three vertices stay. */
export function simplifyRing(ring: readonly XY[], tolerance: number): XY[] {
  const first = ring[0];
  if (first === undefined || ring.length <= 3) return [...ring];
  // Cut at the vertex farthest from the first, so that both halves have ends worth keeping.
  let cut = 1;
  for (const [i, p] of ring.entries()) if (distance(first, p) > distance(first, ring[cut] ?? first)) cut = i;
  const there = simplifyLine(ring.slice(0, cut + 1), tolerance);
  const back = simplifyLine([...ring.slice(cut), first], tolerance);
  const thin = [...there, ...back.slice(1, -1)];
  return thin.length >= 3 ? thin : [...ring];
}

/** Without vertices that repeat the one before, and for a ring the one at its end. */
export function withoutRepeats(line: readonly XY[], isRing: boolean): XY[] {
  const kept = line.filter((p, i) => {
    const before = line[i - 1];
    return before === undefined || before[0] !== p[0] || before[1] !== p[1];
  });
  const first = kept[0];
  const last = kept.at(-1);
  const repeats =
    isRing && kept.length > 1 && first !== undefined && last?.[0] === first[0] && last[1] === first[1];
  return repeats ? kept.slice(0, -1) : kept;
}

/** Pairs of edges of a ring that cross or touch though they are not neighbours, by the index of their first vertex. */
export function selfCrossings(ring: readonly XY[]): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const n = ring.length;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 2; j < n; j += 1) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [ring[i], ring[i + 1], ring[j], ring[(j + 1) % n]];
      if (a && b && c && d && segmentsMeet([a, b], [c, d])) found.push([i, j]);
    }
  }
  return found;
}

type Segment = readonly [XY, XY];

/** Whether two segments share a point. */
export function segmentsMeet(s: Segment, t: Segment): boolean {
  const side = (p: XY, q: XY, r: XY): number => Math.sign(signedArea2([p, q, r]));
  const [a, b] = s;
  const [c, d] = t;
  const [c1, d1, a1, b1] = [side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)];
  if (c1 !== d1 && a1 !== b1 && c1 * d1 <= 0 && a1 * b1 <= 0) return true;
  return (
    (c1 === 0 && isOn(c, s)) ||
    (d1 === 0 && isOn(d, s)) ||
    (a1 === 0 && isOn(a, t)) ||
    (b1 === 0 && isOn(b, t))
  );
}

/** For a point on the line of a segment: whether it lies between the ends. */
function isOn(p: XY, [a, b]: Segment): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1])
  );
}
