/** What all drawing tools share: where the pointer aims, and making a shape of what was drawn. */

import { snapPoint } from "../geometry/snap";
import { clampPoint, distance, tidyPoint } from "../geometry/vectors";
import type { Geometry, Shape, Vec, XY } from "../types";
import { type Modifiers, type ToolContext, type ToolStep, toolStep } from "./types";

/** CSS pixels as image pixels. */
export function inImage(px: number, context: ToolContext): number {
  return px / context.zoom;
}

/** The image point under the pointer, brought into the image, rounded to hundredths. */
export function pointAt(at: Vec, context: ToolContext): XY {
  return tidyPoint(clampPoint([at.x, at.y], context.doc.image));
}

/** Whether the pointer moved further than a click may. */
export function isDrag(from: XY, to: XY, context: ToolContext): boolean {
  return distance(from, to) > inImage(context.settings.dragPx, context);
}

/** Where a point snaps to, when snapping is on (Ctrl turns it round); else null. */
export function snapAt(p: XY, modifiers: Modifiers, context: ToolContext): XY | null {
  if (context.settings.isSnapping === modifiers.ctrl) return null;
  const snapped = snapPoint(p, context, { tolerance: inImage(context.settings.tolerancePx, context) });
  return snapped === null ? null : tidyPoint(clampPoint(snapped, context.doc.image));
}

/** The point with the same distance from `from` on the nearest of the eight main directions. */
export function onMainDirection(p: XY, from: XY, context: ToolContext): XY {
  const eighth = Math.PI / 4;
  const angle = Math.round(Math.atan2(p[1] - from[1], p[0] - from[0]) / eighth) * eighth;
  const length = distance(p, from);
  const to: XY = [from[0] + Math.cos(angle) * length, from[1] + Math.sin(angle) * length];
  return tidyPoint(clampPoint(to, context.doc.image));
}

/** The corner of a square that begins at `from` and reaches towards `p`. */
export function squareCorner(p: XY, from: XY, context: ToolContext): XY {
  const { width, height } = context.doc.image;
  const sx = p[0] < from[0] ? -1 : 1;
  const sy = p[1] < from[1] ? -1 : 1;
  const roomX = sx < 0 ? from[0] : width - from[0];
  const roomY = sy < 0 ? from[1] : height - from[1];
  const side = Math.min(Math.max(Math.abs(p[0] - from[0]), Math.abs(p[1] - from[1])), roomX, roomY);
  return tidyPoint([from[0] + sx * side, from[1] + sy * side]);
}

/** A new shape of the chosen class. */
export function newShape(geometry: Geometry, label: string, context: ToolContext): Shape {
  return {
    id: context.newId(),
    label,
    geometry,
    attributes: context.attributes,
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
  };
}

/** A geometry, or the sentence that says why there is none. */
export type Drawn = { readonly geometry: Geometry } | { readonly reason: string };

export const NO_CLASS = "Choose a class first.";

/** The step that adds what was drawn and selects it, or drops it with a reason; either way the tool begins anew. */
export function finishDrawing<State>(start: State, drawn: Drawn, context: ToolContext): ToolStep<State> {
  if ("reason" in drawn) return toolStep(start, { done: true, dropped: drawn.reason });
  if (context.label === null) return toolStep(start, { done: true, dropped: NO_CLASS });
  const shape = newShape(drawn.geometry, context.label, context);
  return toolStep(start, {
    commands: [{ kind: "add", at: context.doc.count, shapes: [shape] }],
    selection: { kind: "set", ids: [shape.id] },
    done: true,
  });
}
