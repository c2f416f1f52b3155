/** Draws one track on the timeline: where it is seen, and its keyframes. */

import { isLow, type Span } from "@/canvas/tracks/look";
import { spansOf } from "@/canvas/tracks/look";
import type { Keyframe } from "@/canvas/types";

import { xOf, type TimeView } from "./timeView";

export interface LaneLook {
  readonly keyframes: readonly Keyframe[];
  readonly frameCount: number;
  readonly view: TimeView;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly ink: string;
  readonly paper: string;
  /** A keyframe under the hand: where it comes from and where it is now. */
  readonly dragged: { readonly from: number; readonly to: number } | null;
}

export const LOW_COLOR = "#e8590c";
const DIAMOND_PX = 4.5;

export function drawLane(context: CanvasRenderingContext2D, look: LaneLook): void {
  const { width, height } = look;
  context.clearRect(0, 0, width, height);
  for (const span of spansOf(look.keyframes, look.frameCount)) drawSpan(context, look, span);
  let lastX = -Infinity;
  for (const keyframe of look.keyframes) {
    const frame = look.dragged?.from === keyframe.frame ? look.dragged.to : keyframe.frame;
    const x = middleOf(frame, look);
    if (x < -8 || x > width + 8) continue;
    // So dense that diamonds would be one bar: a line for each pixel says as much.
    if (x - lastX < 3 && look.dragged?.from !== keyframe.frame) drawDense(context, look, { keyframe, x });
    else drawKeyframe(context, look, { keyframe, x });
    lastX = x;
  }
}

/** The middle of a frame on the lane. */
export function middleOf(frame: number, look: Pick<LaneLook, "view" | "width">): number {
  return (xOf(frame, look.view, look.width) + xOf(frame + 1, look.view, look.width)) / 2;
}

/** The keyframe under the pointer, or null. */
export function keyframeAt(x: number, look: Pick<LaneLook, "view" | "width" | "keyframes">): Keyframe | null {
  let best: Keyframe | null = null;
  let nearest = 7;
  for (const keyframe of look.keyframes) {
    const away = Math.abs(middleOf(keyframe.frame, look) - x);
    if (away < nearest) {
      nearest = away;
      best = keyframe;
    }
  }
  return best;
}

function drawSpan(context: CanvasRenderingContext2D, look: LaneLook, { from, to }: Span): void {
  const x0 = Math.max(-4, xOf(from, look.view, look.width));
  const x1 = Math.min(look.width + 4, xOf(to + 1, look.view, look.width));
  if (x1 <= 0 || x0 >= look.width) return;
  const middle = look.height / 2;
  const last = look.keyframes.at(-1)?.frame ?? to;
  const known = Math.min(x1, Math.max(x0, xOf(last + 1, look.view, look.width)));
  context.fillStyle = look.color;
  context.globalAlpha = 0.5;
  context.fillRect(x0, middle - 4, Math.max(2, known - x0), 8);
  // What only stays because nobody said otherwise.
  context.globalAlpha = 0.2;
  context.fillRect(known, middle - 2, Math.max(0, x1 - known), 4);
  context.globalAlpha = 1;
}

function drawDense(
  context: CanvasRenderingContext2D,
  look: LaneLook,
  { keyframe, x }: { readonly keyframe: Keyframe; readonly x: number },
): void {
  context.fillStyle = isLow(keyframe) ? LOW_COLOR : keyframe.by === "tracker" ? look.paper : look.ink;
  context.fillRect(Math.round(x), look.height / 2 - 4, 1, 8);
}

function drawKeyframe(
  context: CanvasRenderingContext2D,
  look: LaneLook,
  { keyframe, x }: { readonly keyframe: Keyframe; readonly x: number },
): void {
  const y = look.height / 2;
  context.beginPath();
  if (keyframe.is_outside) {
    context.rect(x - 1, y - 6, 2, 12);
    context.fillStyle = look.ink;
    context.fill();
    return;
  }
  context.moveTo(x, y - DIAMOND_PX - 1);
  context.lineTo(x + DIAMOND_PX, y);
  context.lineTo(x, y + DIAMOND_PX + 1);
  context.lineTo(x - DIAMOND_PX, y);
  context.closePath();
  context.fillStyle = isLow(keyframe) ? LOW_COLOR : keyframe.by === "tracker" ? look.paper : look.color;
  context.fill();
  context.lineWidth = 1.4;
  context.strokeStyle = look.ink;
  context.stroke();
}
