/**
 * Lines and rings on the way from one to another.
 *
 * With as many vertices they move vertex by vertex. Else each is given the other's vertices along its length first;
 * rings begin at the vertex of the second that lies nearest to the first one's, and run the same way round.
 */

import { signedArea2 } from "../geometry/measure";
import type { XY } from "../types";

type Line = readonly XY[];
type Pair = readonly [Line, Line];

/** Places along a line closer than this are one. */
const SAME = 1e-9;

export function betweenLines(pair: Pair, share: number): Line {
  return mixed(pair[0].length === pair[1].length ? pair : matchedLines(pair), share);
}

/** Polygons of different ring counts stay as they are until the later keyframe. */
export function betweenRings(
  [a, b]: readonly [readonly Line[], readonly Line[]],
  share: number,
): readonly Line[] {
  if (a.length !== b.length) return a;
  return a.map((ring, i) => {
    const pair: Pair = [ring, b[i] ?? ring];
    return mixed(pair[0].length === pair[1].length ? pair : matchedRings(pair), share);
  });
}

function matchedLines([a, b]: Pair): Pair {
  const [places, others] = [placesOf(a), placesOf(b)];
  const wanted = joined(places, others);
  return [walked(a, places, wanted), walked(b, others, wanted)];
}

function matchedRings([a, b]: Pair): Pair {
  const sameWay = signedArea2(a) * signedArea2(b) >= 0 ? b : [...b].reverse();
  const start = nearestTo(sameWay, a[0] ?? [0, 0]);
  const turned = [...sameWay.slice(start), ...sameWay.slice(0, start)];
  const [closed, target] = [looped(a), looped(turned)];
  const [places, others] = [placesOf(closed), placesOf(target)];
  const wanted = joined(places, others).slice(0, -1);
  return [walked(closed, places, wanted), walked(target, others, wanted)];
}

function looped(ring: Line): Line {
  const [first] = ring;
  return first === undefined ? ring : [...ring, first];
}

function nearestTo(ring: Line, to: XY): number {
  let best = 0;
  let nearest = Infinity;
  ring.forEach(([x, y], i) => {
    const distance = Math.hypot(x - to[0], y - to[1]);
    if (distance < nearest) {
      nearest = distance;
      best = i;
    }
  });
  return best;
}

/** How far along the line each vertex lies, from 0 to 1; by number when the line has no length. */
function placesOf(line: Line): readonly number[] {
  const lengths = [0];
  line.slice(1).forEach(([x, y], i) => {
    const [fromX, fromY] = line[i] ?? [x, y];
    lengths.push((lengths[i] ?? 0) + Math.hypot(x - fromX, y - fromY));
  });
  const whole = lengths.at(-1) ?? 0;
  if (whole === 0) return line.map((_, i) => i / Math.max(1, line.length - 1));
  return [...lengths.slice(0, -1).map((length) => length / whole), 1];
}

function joined(one: readonly number[], other: readonly number[]): readonly number[] {
  const all: number[] = [];
  for (const place of [...one, ...other].sort((a, b) => a - b)) {
    const last = all.at(-1);
    if (last === undefined || place - last > SAME) all.push(place);
  }
  // The end is the end, whatever lies within a hair of it.
  all[all.length - 1] = 1;
  return all;
}

function walked(line: Line, places: readonly number[], wanted: readonly number[]): Line {
  let at = 0;
  return wanted.map((place): XY => {
    while (at < line.length - 2 && (places[at + 1] ?? 1) <= place) at += 1;
    const [from, to] = [places[at] ?? 0, places[at + 1] ?? 1];
    const share = to > from ? Math.min((place - from) / (to - from), 1) : 0;
    const [x, y] = line[at] ?? [0, 0];
    const [toX, toY] = line[at + 1] ?? [x, y];
    return [x + (toX - x) * share, y + (toY - y) * share];
  });
}

function mixed([a, b]: Pair, share: number): Line {
  return a.map(([x, y], i): XY => {
    const [toX, toY] = b[i] ?? [x, y];
    return [x + (toX - x) * share, y + (toY - y) * share];
  });
}
