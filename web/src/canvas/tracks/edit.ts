/**
 * What people do to a track, as functions from one list of keyframes to the next. Null: nothing of the track is left.
 *
 * What is not edited stays where it was: where a cut would change how the object moves before it, a keyframe with the
 * shape that it has there is put in front of the cut. The server edits the same way: `tests/golden/tracks.json`.
 */

import type { FrameShape, Keyframe } from "../types";
import { shapeAt, stateAt } from "./interpolate";

export type Keyframes = readonly Keyframe[];

/** How far a deletion reaches. */
export type DeleteReach = "frame" | "from_here" | "track";

export function personKeyframe(frame: number, shape: FrameShape): Keyframe {
  return { frame, shape, is_outside: false, by: "person", confidence: null };
}

function outsideKeyframe(frame: number): Keyframe {
  return { frame, shape: null, is_outside: true, by: "person", confidence: null };
}

/** Say where the object is in a frame; what was said of that frame before is replaced. */
export function withKeyframe(keyframes: Keyframes, keyframe: Keyframe): Keyframes | null {
  return tidied([...keyframes, keyframe]);
}

/** A person said where the object is. */
export function placedAt(keyframes: Keyframes, frame: number, shape: FrameShape): Keyframes {
  return tidied([...keyframes, personKeyframe(frame, shape)]) ?? keyframes;
}

/** Take back what was said of a frame: the object moves through it as its neighbours say. */
export function withoutKeyframe(keyframes: Keyframes, frame: number): Keyframes | null {
  return tidied(keyframes.filter((one) => one.frame !== frame));
}

/** Give a keyframe another frame, no further than between its neighbours and within the video. */
export function movedKeyframe(
  keyframes: Keyframes,
  move: { readonly from: number; readonly to: number; readonly frameCount: number },
): Keyframes {
  const at = keyframes.findIndex((one) => one.frame === move.from);
  const one = keyframes[at];
  if (one === undefined) return keyframes;
  const least = (keyframes[at - 1]?.frame ?? -1) + 1;
  const most = Math.min(keyframes[at + 1]?.frame ?? Infinity, move.frameCount) - 1;
  const frame = Math.min(Math.max(Math.round(move.to), least), Math.max(least, most));
  return frame === one.frame ? keyframes : keyframes.map((each, i) => (i === at ? { ...one, frame } : each));
}

/** What the track says of a frame, as a keyframe of its own; none where the object is not. */
export function pin(keyframes: Keyframes, frame: number): Keyframes {
  const state = stateAt(keyframes, frame);
  if (state === null) return [];
  if (state.isKeyframe) return [state.from];
  const { by, confidence } = state.from;
  return [{ frame, shape: state.shape, is_outside: false, by, confidence }];
}

/** The object is outside the picture from a frame on, until its next keyframe; said again, it is back. */
export function toggledOutside(keyframes: Keyframes, frame: number): Keyframes | null {
  if (shapeAt(keyframes, frame) !== null) {
    return tidied([...keyframes, ...pin(keyframes, frame - 1), outsideKeyframe(frame)]);
  }
  const seen = keyframes.filter((one) => one.shape !== null && !one.is_outside);
  const shape = (seen.filter((one) => one.frame < frame).at(-1) ?? seen[0])?.shape ?? null;
  return shape === null ? keyframes : placedAt(keyframes, frame, shape);
}

/** Delete as far as was asked. */
export function deleted(
  keyframes: Keyframes,
  at: { readonly frame: number; readonly reach: DeleteReach; readonly frameCount: number },
): Keyframes | null {
  if (at.reach === "track") return null;
  return at.reach === "frame" ? deletedFrame(keyframes, at) : cutFrom(keyframes, at.frame);
}

/** The object is not in this one frame; before and after it nothing changes. */
export function deletedFrame(
  keyframes: Keyframes,
  { frame, frameCount }: { readonly frame: number; readonly frameCount: number },
): Keyframes | null {
  if (shapeAt(keyframes, frame) === null) return keyframes;
  const after = frame + 1 < frameCount ? pin(keyframes, frame + 1) : [];
  const kept = keyframes.filter((one) => one.frame !== frame);
  return tidied([...kept, ...pin(keyframes, frame - 1), outsideKeyframe(frame), ...after]);
}

/** The object is not in the picture from this frame on. */
export function cutFrom(keyframes: Keyframes, frame: number): Keyframes | null {
  const kept = keyframes.filter((one) => one.frame < frame);
  return tidied([...kept, ...pin(keyframes, frame - 1), outsideKeyframe(frame)]);
}

/** Two tracks of one: what is before a frame, and what is from it on. Null where one of them would be empty. */
export function split(keyframes: Keyframes, frame: number): readonly [Keyframes, Keyframes] | null {
  const before = cutFrom(keyframes, frame);
  const after = tidied([...pin(keyframes, frame), ...keyframes.filter((one) => one.frame >= frame)]);
  return before === null || after === null ? null : [before, after];
}

/** Why two tracks cannot be one; null when they can. */
export function whyNotMerged(a: Keyframes, b: Keyframes): string | null {
  const [kind, other] = [kindOf(a), kindOf(b)];
  return kind === other ? null : `A track of ${kind} shapes cannot be joined with one of ${other} shapes.`;
}

/**
 * One track of two of one object: from its first keyframe to its last, the one that begins later holds.
 *
 * Over a gap between them the object moves in a straight line, unless the earlier one ended outside the picture.
 */
export function merged(a: Keyframes, b: Keyframes): Keyframes {
  const [earlier, later] = (a[0]?.frame ?? 0) <= (b[0]?.frame ?? 0) ? [a, b] : [b, a];
  const first = later[0]?.frame ?? Infinity;
  const last = later.at(-1)?.frame ?? -Infinity;
  const kept = earlier.filter((one) => one.frame < first || one.frame > last);
  const goesOn = earlier.some((one) => one.frame >= first);
  return tidied([...kept, ...(goesOn ? pin(earlier, first - 1) : []), ...later]) ?? a;
}

/** The object stands in the next frame as in this one. */
export function copiedToNext(keyframes: Keyframes, frame: number): Keyframes {
  const shape = shapeAt(keyframes, frame);
  if (shape === null) return keyframes;
  return placedAt([...keyframes, ...pin(keyframes, frame)], frame + 1, shape);
}

/** A person stands behind what trackers said. */
export function accepted(keyframes: Keyframes): Keyframes {
  if (keyframes.every((one) => one.by !== "tracker")) return keyframes;
  return keyframes.map((one): Keyframe =>
    one.by === "tracker" ? { ...one, by: "person", confidence: null } : one,
  );
}

/** Without what trackers said; null when nobody else said anything. */
export function cleared(keyframes: Keyframes): Keyframes | null {
  if (keyframes.every((one) => one.by !== "tracker")) return keyframes;
  return tidied(keyframes.filter((one) => one.by !== "tracker"));
}

/** In order, one for a frame (the last given holds), beginning with a visible one, outside said once. */
export function tidied(keyframes: Keyframes): Keyframes | null {
  const byFrame = new Map(keyframes.map((one) => [one.frame, one]));
  const kept: Keyframe[] = [];
  for (const one of [...byFrame.values()].sort((a, b) => a.frame - b.frame)) {
    if (one.is_outside && kept.at(-1)?.is_outside !== false) continue;
    kept.push(one);
  }
  return kept.length === 0 ? null : kept;
}

function kindOf(keyframes: Keyframes): string {
  return (keyframes.find((one) => one.shape !== null)?.shape?.type ?? "no").replace("_", " ");
}
