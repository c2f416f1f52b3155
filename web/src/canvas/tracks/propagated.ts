/** What a tracker found, put into a track: all of it, or only the keyframes that straight lines do not explain. */

import { boundsOf } from "../geometry/measure";
import type { FrameShape, Keyframe } from "../types";
import type { Keyframes } from "./edit";
import { betweenShapes } from "./interpolate";
import { isLow } from "./look";

export interface PutOptions {
  /** Keep every frame instead of those that matter. */
  readonly isDense: boolean;
  /** The frame it was carried on from: its keyframe stays. */
  readonly from: number;
}

/** How far a shape may lie from the straight way: this many pixels, or this share of its size when that is more. */
const LEAST_PX = 1.5;
const SIZE_SHARE = 0.03;

/** Put what a tracker found into a track. What people said stays; what trackers said there before is replaced. */
export function withPropagated(
  keyframes: Keyframes,
  found: readonly Keyframe[],
  options: PutOptions,
): Keyframes {
  const frames = found.map((one) => one.frame);
  const [low, high] = [Math.min(...frames), Math.max(...frames)];
  if (found.length === 0) return keyframes;
  const isReplaced = (one: Keyframe) =>
    one.by === "tracker" && one.frame >= low && one.frame <= high && one.frame !== options.from;
  const kept = keyframes.filter((one) => !isReplaced(one));
  const said = new Set(kept.map((one) => one.frame));
  const anchor = kept.find((one) => one.frame === options.from);
  const fresh = found.filter((one) => !said.has(one.frame)).sort((a, b) => a.frame - b.frame);
  const chosen = options.isDense ? fresh : thinned(anchored(fresh, anchor));
  return [...kept, ...chosen.filter((one) => !said.has(one.frame))].sort((a, b) => a.frame - b.frame);
}

/** The keyframes that straight lines between the others do not explain, the ends, and those a tracker was unsure of. */
export function thinned(keyframes: Keyframes): Keyframes {
  const kept = new Set<number>([0, keyframes.length - 1]);
  let wasLow = false;
  keyframes.forEach((one, i) => {
    const isUnsure = isLow(one);
    if (isUnsure !== wasLow || one.is_outside) kept.add(i);
    wasLow = isUnsure;
  });
  const waiting: [number, number][] = [];
  const fixed = [...kept].sort((a, b) => a - b);
  for (let i = 1; i < fixed.length; i += 1) waiting.push([fixed[i - 1] ?? 0, fixed[i] ?? 0]);
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    const worst = worstBetween(keyframes, span);
    if (worst === null) continue;
    kept.add(worst);
    waiting.push([span[0], worst], [worst, span[1]]);
  }
  return keyframes.filter((_, i) => kept.has(i));
}

/** The frame farthest from the straight way between two keyframes, if it is too far. */
function worstBetween(keyframes: Keyframes, [from, to]: readonly [number, number]): number | null {
  const [a, b] = [keyframes[from], keyframes[to]];
  if (a?.shape === undefined || a.shape === null || b?.shape === undefined || b.shape === null) return null;
  let worst: number | null = null;
  let most = 1;
  for (let i = from + 1; i < to; i += 1) {
    const one = keyframes[i];
    if (one === undefined || one.shape === null) continue;
    const share = (one.frame - a.frame) / (b.frame - a.frame);
    const off = distance(one.shape, betweenShapes(a.shape, b.shape, share)) / allowed(one.shape);
    if (off > most) {
      most = off;
      worst = i;
    }
  }
  return worst;
}

function allowed(shape: FrameShape): number {
  const bounds = boundsOf(shape);
  const size = bounds === null ? 0 : Math.max(bounds.x1 - bounds.x0, bounds.y1 - bounds.y0);
  return Math.max(LEAST_PX, size * SIZE_SHARE);
}

/** The farthest that a corner of the box around one lies from that of the other, in pixels. */
function distance(a: FrameShape, b: FrameShape): number {
  const [p, q] = [boundsOf(a), boundsOf(b)];
  if (p === null || q === null) return 0;
  const sides = [p.x0 - q.x0, p.y0 - q.y0, p.x1 - q.x1, p.y1 - q.y1].map(Math.abs);
  const turn = a.type === "rotated_box" && b.type === "rotated_box" ? Math.abs(a.angle - b.angle) : 0;
  return Math.max(...sides, turn > 180 ? 360 - turn : turn);
}

function anchored(found: Keyframes, anchor: Keyframe | undefined): Keyframes {
  if (anchor === undefined || anchor.shape === null) return found;
  return [...found, anchor].sort((a, b) => a.frame - b.frame);
}
