/** What the select tool shows while something is held. */

import { resizeCursor } from "../geometry/handles";
import { rectBetween } from "../geometry/vectors";
import type { Mark } from "./types";
import { draggedGeometry, editableShapes, jointMove, movedPreview } from "./selectGeometry";
import { handleAt, vertexSnap } from "./selectPlaces";
import type { Gesture, SelectState } from "./selectState";
import { EMPTY_PREVIEW, type PointerInput, type Preview, type ToolContext, type ToolCursor } from "./types";

const STILL: PointerInput["modifiers"] = { shift: false, alt: false, ctrl: false };

/** The preview of a state; `event` is where the pointer is, null when it is not known. */
export function selectPreview(state: SelectState, event: PointerInput | null, context: ToolContext): Preview {
  const { gesture, vertex } = state;
  const shape = vertex === null || !context.selection.has(vertex.id) ? null : context.doc.peek(vertex.id);
  const lines = shape?.geometry.type === "polygon" ? shape.geometry.rings : [];
  const at = vertex === null ? undefined : lines[vertex.ring]?.[vertex.index];
  const marks: Mark[] = at === undefined ? [] : [{ at, kind: "vertex" }];
  const still: Preview = { ...EMPTY_PREVIEW, marks, cursor: "default" };
  switch (gesture.kind) {
    case "rest":
    case "press":
      return { ...still, cursor: cursorAt(event, context) };
    case "move": {
      const shapes = editableShapes(gesture.ids, context);
      const by = { x: gesture.to[0] - gesture.from[0], y: gesture.to[1] - gesture.from[1] };
      return { ...still, shapes: movedPreview(shapes, jointMove(shapes, by, context)), cursor: "move" };
    }
    case "handle":
      return heldPreview(gesture, event?.modifiers ?? STILL, context);
    case "band":
      return { ...still, band: rectBetween(gesture.from, gesture.to), cursor: "crosshair" };
    case "empty":
      return { ...still, cursor: gesture.isPanning ? "grabbing" : "default" };
  }
}

function heldPreview(
  gesture: Extract<Gesture, { kind: "handle" }>,
  modifiers: PointerInput["modifiers"],
  context: ToolContext,
): Preview {
  const shape = context.doc.peek(gesture.id);
  if (shape === null) return { ...EMPTY_PREVIEW, cursor: "default" };
  const snap = vertexSnap(gesture.id, modifiers, context);
  const drawn = draggedGeometry(shape.geometry, { ...gesture, modifiers, snap }, context);
  const { handle } = gesture;
  const cursor = handle.kind === "resize" ? resizeCursor(handle.grip, handle.angle) : "move";
  const { id, label } = shape;
  const shapes = "reason" in drawn ? [] : [{ geometry: drawn.geometry, label, replaces: id }];
  return { ...EMPTY_PREVIEW, shapes, cursor };
}

function cursorAt(event: PointerInput | null, context: ToolContext): ToolCursor {
  if (event === null) return "default";
  const held = handleAt([event.x, event.y], context);
  if (held?.handle.kind === "resize") return resizeCursor(held.handle.grip, held.handle.angle);
  if (held !== null) return held.handle.kind === "rotate" ? "grab" : "move";
  const [top] = context.finder.at(event, context.settings.tolerancePx / context.zoom);
  if (top === undefined) return "default";
  return context.selection.has(top.id) ? "move" : "pointer";
}
