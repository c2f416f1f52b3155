/** Brush strokes: the pixels whose centre lies within the radius of the line the brush was drawn along. */

import type { XY } from "../types";
import type { PixelWriter } from "./edit";

/** Write one piece of a stroke: a capsule from `from` to `to` (a disc when they are equal). */
export function strokeCapsule(
  writer: PixelWriter,
  capsule: { readonly from: XY; readonly to: XY; readonly radius: number },
): void {
  const { from, to, radius } = capsule;
  const top = Math.max(0, Math.floor(Math.min(from[1], to[1]) - radius));
  const bottom = Math.min(writer.height - 1, Math.ceil(Math.max(from[1], to[1]) + radius));
  for (let row = top; row <= bottom; row += 1) {
    const span = capsuleSpan(capsule, row + 0.5);
    if (span === null) continue;
    // Pixel x is inside when its centre x + 0.5 is.
    writer.writeRow(row, Math.ceil(span[0] - 0.5), Math.floor(span[1] - 0.5) + 1);
  }
}

/** Write a whole stroke; a single point gives a disc. */
export function strokePath(writer: PixelWriter, path: readonly XY[], radius: number): void {
  const [first] = path;
  if (first === undefined) return;
  if (path.length === 1) strokeCapsule(writer, { from: first, to: first, radius });
  for (let i = 1; i < path.length; i += 1) {
    const from = path[i - 1];
    const to = path[i];
    if (from !== undefined && to !== undefined) strokeCapsule(writer, { from, to, radius });
  }
}

/** Where the line at height `y` runs inside a capsule; a capsule is convex, so it is one piece. */
function capsuleSpan(
  capsule: { readonly from: XY; readonly to: XY; readonly radius: number },
  y: number,
): readonly [number, number] | null {
  const { from, to, radius } = capsule;
  let low = Infinity;
  let high = -Infinity;
  const take = (x: number): void => {
    low = Math.min(low, x);
    high = Math.max(high, x);
  };
  for (const [cx, cy] of [from, to]) {
    const half2 = radius * radius - (y - cy) * (y - cy);
    if (half2 < 0) continue;
    take(cx - Math.sqrt(half2));
    take(cx + Math.sqrt(half2));
  }
  for (const x of bodyCrossings(capsule, y)) take(x);
  return high >= low ? [low, high] : null;
}

/** Where the line at height `y` meets the two long sides. */
function bodyCrossings(
  capsule: { readonly from: XY; readonly to: XY; readonly radius: number },
  y: number,
): readonly number[] {
  const { from, to, radius } = capsule;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length === 0 || to[1] === from[1]) return [];
  const nx = (-(to[1] - from[1]) / length) * radius;
  const ny = ((to[0] - from[0]) / length) * radius;
  return [1, -1].flatMap((side) => {
    const [ax, ay] = [from[0] + side * nx, from[1] + side * ny];
    const t = (y - ay) / (to[1] - from[1]);
    return t >= 0 && t <= 1 ? [ax + t * (to[0] - from[0])] : [];
  });
}
