/** What there is to see of tracks: where they are visible, where to go next, how steadily they move. */

import { iouOf } from "../geometry/iou";
import { boundsOf } from "../geometry/measure";
import type { BoxGeometry, FrameShape, Keyframe } from "../types";
import { keyframeBefore, shapeAt, stateAt } from "./interpolate";

/** A tracker that is less sure than this wants to be looked at. */
export const LOW_CONFIDENCE = 0.5;

/** Frames in which an object is seen, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a track is visible; the shape after the last keyframe stays to the end of the video. */
export function spansOf(keyframes: readonly Keyframe[], frameCount: number): readonly Span[] {
  const spans: Span[] = [];
  let from: number | null = null;
  for (const one of keyframes) {
    const isSeen = !one.is_outside && one.shape !== null;
    if (isSeen) from ??= one.frame;
    else if (from !== null) {
      spans.push({ from, to: one.frame - 1 });
      from = null;
    }
  }
  if (from !== null) spans.push({ from, to: Math.max(from, frameCount - 1) });
  return spans;
}

export function isLow(keyframe: Keyframe): boolean {
  return keyframe.confidence !== null && keyframe.confidence < LOW_CONFIDENCE && keyframe.by !== "person";
}

/** The nearest frame after (`by` 1) or before that holds a keyframe of any of these tracks; null when there is none. */
export function nextKeyframe(
  tracks: Iterable<readonly Keyframe[]>,
  at: { readonly frame: number; readonly by: 1 | -1; readonly isMeant?: (keyframe: Keyframe) => boolean },
): number | null {
  const { frame, by, isMeant } = at;
  let best: number | null = null;
  for (const keyframes of tracks) {
    let i = by === 1 ? keyframeBefore(keyframes, frame) + 1 : keyframeBefore(keyframes, frame - 1);
    for (; i >= 0 && i < keyframes.length; i += by) {
      const one = keyframes[i];
      if (one === undefined || isMeant?.(one) === false) continue;
      if (best === null || (one.frame - best) * by < 0) best = one.frame;
      break;
    }
  }
  return best;
}

/** Where a track is seen nearest to a frame; null when it never is. */
export function nearestSeen(keyframes: readonly Keyframe[], frame: number): number | null {
  if (stateAt(keyframes, frame) !== null) return frame;
  const seen = keyframes.filter((one) => !one.is_outside && one.shape !== null);
  let best: number | null = null;
  for (const one of seen) {
    if (best === null || Math.abs(one.frame - frame) < Math.abs(best - frame)) best = one.frame;
  }
  return best;
}

/** How much a shape of one frame overlaps that of the next, by the boxes around them; null where one is missing. */
export function steadiness(keyframes: readonly Keyframe[], frame: number): number | null {
  const [now, next] = [shapeAt(keyframes, frame), shapeAt(keyframes, frame + 1)];
  if (now === null || next === null) return null;
  const [a, b] = [frameBox(now), frameBox(next)];
  return a === null || b === null ? null : iouOf(a, b);
}

/** The box around a shape of a frame; null when it has no extent. */
export function frameBox(shape: FrameShape): BoxGeometry | null {
  const bounds = boundsOf(shape);
  return bounds === null || bounds.x1 <= bounds.x0 || bounds.y1 <= bounds.y0
    ? null
    : { type: "box", ...bounds };
}

/** Up to `most` frames of a track that show best how it goes: its ends and keyframes, then evenly between them. */
export function stripFrames(
  keyframes: readonly Keyframe[],
  options: { readonly frameCount: number; readonly most: number },
): readonly number[] {
  const spans = spansOf(keyframes, options.frameCount);
  const last = keyframes.at(-1)?.frame ?? 0;
  // The shape that stays after the last keyframe is the same for ever: it needs no pictures.
  const ends = spans.map(({ from, to }) => ({ from, to: Math.min(to, Math.max(last, from)) }));
  const total = ends.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const step = Math.max(1, Math.ceil(total / options.most));
  const frames = new Set<number>();
  for (const { from, to } of ends) {
    for (let frame = from; frame <= to; frame += step) frames.add(frame);
    frames.add(to);
  }
  return [...frames].sort((a, b) => a - b);
}
