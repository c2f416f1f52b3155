/**
 * Where the object of a track is in a frame.
 *
 * Before the first keyframe there is nothing. Between two visible keyframes the shape moves in a straight line; from a
 * keyframe that says "outside" on there is nothing until the next visible one; after the last the shape stays. The
 * server says the same: `tests/golden/tracks.json` is read by both.
 */

import type { FrameShape, Keyframe, RotatedBoxGeometry, XY } from "../types";
import { betweenLines, betweenRings } from "./resample";

/** What a track says of one frame. */
export interface FrameState {
  readonly shape: FrameShape;
  /** The keyframe at or before the frame. */
  readonly from: Keyframe;
  /** The next visible keyframe when the shape is on its way to it. */
  readonly to: Keyframe | null;
  /** Whether somebody said so for this very frame. */
  readonly isKeyframe: boolean;
}

/** Index of the last keyframe at or before a frame; -1 when all come later. */
export function keyframeBefore(keyframes: readonly Keyframe[], frame: number): number {
  let low = 0;
  let high = keyframes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keyframes[middle]?.frame ?? Infinity) <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The object in a frame, or null where it is not to be seen. */
export function stateAt(keyframes: readonly Keyframe[], frame: number): FrameState | null {
  const at = keyframeBefore(keyframes, frame);
  const from = keyframes[at];
  if (from === undefined || from.is_outside || from.shape === null) return null;
  if (from.frame === frame) return { shape: from.shape, from, to: null, isKeyframe: true };
  const to = keyframes[at + 1];
  if (to === undefined || to.is_outside || to.shape === null) {
    return { shape: from.shape, from, to: null, isKeyframe: false };
  }
  const share = (frame - from.frame) / (to.frame - from.frame);
  return { shape: betweenShapes(from.shape, to.shape, share), from, to, isKeyframe: false };
}

/** The shape alone. */
export function shapeAt(keyframes: readonly Keyframe[], frame: number): FrameShape | null {
  return stateAt(keyframes, frame)?.shape ?? null;
}

/** A shape on the straight way from one to another, `share` in [0, 1]; of different kinds, the first. */
export function betweenShapes(a: FrameShape, b: FrameShape, share: number): FrameShape {
  switch (a.type) {
    case "box":
      if (b.type !== "box") return a;
      return {
        type: "box",
        x0: mix(a.x0, b.x0, share),
        y0: mix(a.y0, b.y0, share),
        x1: mix(a.x1, b.x1, share),
        y1: mix(a.y1, b.y1, share),
      };
    case "rotated_box":
      return b.type === "rotated_box" ? betweenRotated(a, b, share) : a;
    case "polygon":
      return b.type === "polygon" ? { type: "polygon", rings: betweenRings([a.rings, b.rings], share) } : a;
    case "polyline":
      return b.type === "polyline"
        ? { type: "polyline", points: betweenLines([a.points, b.points], share) }
        : a;
    case "points":
      return b.type === "points" ? { type: "points", points: betweenPoints([a.points, b.points], share) } : a;
  }
}

function betweenRotated(a: RotatedBoxGeometry, b: RotatedBoxGeometry, share: number): RotatedBoxGeometry {
  const turn = normalAngle(b.angle - a.angle);
  return {
    type: "rotated_box",
    cx: mix(a.cx, b.cx, share),
    cy: mix(a.cy, b.cy, share),
    width: mix(a.width, b.width, share),
    height: mix(a.height, b.height, share),
    angle: normalAngle(a.angle + turn * share),
  };
}

/** Key points in order; when one has more of them, the first shape's stand still. */
function betweenPoints(pair: readonly [readonly XY[], readonly XY[]], share: number): readonly XY[] {
  const [a, b] = pair;
  if (a.length !== b.length) return a;
  return a.map(([x, y], i): XY => {
    const [bx, by] = b[i] ?? [x, y];
    return [mix(x, bx, share), mix(y, by, share)];
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** In [-180, 180). */
function normalAngle(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}
