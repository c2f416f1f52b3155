/** Lassos: which points lie inside, and the term that means the same to the server. Pure. */
import type { Spot } from "./camera";

export const MOST_CORNERS = 64;
const REACH = 32_767;

/** Whether a spot lies inside a ring: a line to its right crosses it an odd number of times. */
export function isInside(ring: readonly Spot[], spot: Spot): boolean {
  let isIn = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
    const one = ring[at];
    const two = ring[before];
    if (one === undefined || two === undefined) continue;
    const crosses = one.y > spot.y !== two.y > spot.y;
    if (crosses && spot.x < ((two.x - one.x) * (spot.y - one.y)) / (two.y - one.y) + one.x) isIn = !isIn;
  }
  return isIn;
}

/** How many of the points lie inside, and how many of those are listed. */
export function countInside(ring: readonly Spot[], places: Int16Array): number {
  const xs = ring.map((one) => one.x);
  const ys = ring.map((one) => one.y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  let count = 0;
  for (let at = 0; at < places.length; at += 2) {
    const x = places[at] ?? 0;
    const y = places[at + 1] ?? 0;
    if (x >= left && x <= right && y >= low && y <= high && isInside(ring, { x, y })) count += 1;
  }
  return count;
}

/** The ring with at most 64 corners, in whole numbers: corners that change least go first. */
export function simplify(ring: readonly Spot[], most: number = MOST_CORNERS): Spot[] {
  const clamp = (value: number) => Math.min(REACH, Math.max(-REACH, Math.round(value)));
  const kept: Spot[] = [];
  for (const one of ring) {
    const next = { x: clamp(one.x), y: clamp(one.y) };
    const last = kept.at(-1);
    if (last === undefined || last.x !== next.x || last.y !== next.y) kept.push(next);
  }
  while (kept.length > most) {
    let least = 0;
    let smallest = Infinity;
    for (let at = 0; at < kept.length; at += 1) {
      const area = cornerArea(kept, at);
      if (area < smallest) [least, smallest] = [at, area];
    }
    kept.splice(least, 1);
  }
  return kept;
}

/** The term of a lasso; empty for one that surrounds nothing. */
export function ringTerm(mapId: string, ring: readonly Spot[]): string {
  const corners = simplify(ring);
  if (corners.length < 3) return "";
  return `map:${mapId}/${corners.map(({ x, y }) => `${String(x)},${String(y)}`).join(";")}`;
}

/** The ring that a term of this map draws; null for another term. */
export function readRing(mapId: string, term: string): Spot[] | null {
  const head = `map:${mapId}/`;
  if (!term.startsWith(head)) return null;
  const corners = term
    .slice(head.length)
    .split(";")
    .map((pair) => pair.split(",").map(Number));
  if (!corners.every((one) => one.length === 2 && one.every(Number.isFinite))) return null;
  return corners.map(([x = 0, y = 0]) => ({ x, y }));
}

function cornerArea(ring: readonly Spot[], at: number): number {
  const one = ring[(at + ring.length - 1) % ring.length];
  const two = ring[at];
  const three = ring[(at + 1) % ring.length];
  if (one === undefined || two === undefined || three === undefined) return Infinity;
  return Math.abs((two.x - one.x) * (three.y - one.y) - (three.x - one.x) * (two.y - one.y));
}
