/**
 * Selecting, moving, resizing and turning shapes, and editing vertices.
 *
 * Click selects the smallest shape there, Shift adds or takes away, Alt reaches for the one beneath; a drag moves what is
 * selected. Handles show when one shape is selected. On nothing, a drag pans or draws a band (Shift adds, Alt takes away).
 */

import { hasVertices, insertVertex } from "../geometry/polygon";
import { isWithin } from "../geometry/hit";
import { rectBetween, tidyPoint, xy } from "../geometry/vectors";
import { changeShapes, isEditable, setGeometry } from "../model/edits";
import { acceptProposals } from "../model/proposals";
import type { Command, Shape, ShapeId, XY } from "../types";
import { type Drawn, inImage, isDrag } from "./drawing";
import { draggedGeometry, editableShapes, jointMove, withoutVertex } from "./selectGeometry";
import { moveGeometry } from "../geometry/transform";
import { type Held, handleAt, vertexSnap } from "./selectPlaces";
import { selectKey } from "./selectKeys";
import { selectPreview } from "./selectPreview";
import { type Gesture, SELECT_START, type SelectState } from "./selectState";
import {
  type Modifiers,
  type PointerInput,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

export const selectTool: Tool<SelectState> = {
  name: "select",
  start: SELECT_START,
  isIdle: (state) => state.gesture.kind === "rest",
  reduce(state, event, context) {
    switch (event.kind) {
      case "down":
        return shown(pressed(state, event, context), event, context);
      case "move":
        return shown(moved(state, event, context), event, context);
      case "up":
        return shown(released(state, event, context), event, context);
      case "key":
        return selectKey(state, event, context);
      case "leave":
        return toolStep(state, { preview: selectPreview(state, null, context) });
      case "magic":
      case "path":
        return toolStep(state, { isHandled: false });
    }
  },
};

type Step = ToolStep<SelectState>;

/** The step with its preview: after commands the shapes are where they belong, so none is drawn. */
function shown(step: Step, event: PointerInput, context: ToolContext): Step {
  return { ...step, preview: selectPreview(step.state, event, context) };
}

function rest(state: SelectState, more: Partial<Step> = {}): Step {
  return toolStep({ ...state, gesture: { kind: "rest" } }, more);
}

function pressed(state: SelectState, event: PointerInput, context: ToolContext): Step {
  if (event.button === 1) return toolStep(state, { isHandled: false });
  const at = xy(event);
  const held = handleAt(at, context);
  if (event.button === 2) {
    if (held?.handle.kind !== "vertex") return rest(state, { isHandled: false });
    return edited(
      state,
      { shape: held.shape, drawn: withoutVertex(held.shape.geometry, held.handle) },
      context,
    );
  }
  if (held !== null) return pressedHandle(state, { ...held, event }, context);
  const hits = context.finder.at(event, inImage(context.settings.tolerancePx, context)).map(({ id }) => id);
  if (hits.length > 0) return pressedShape(state, { event, hits }, context);
  return pressedNothing(state, event, context);
}

function pressedHandle(
  state: SelectState,
  { shape, handle, event }: Held & { readonly event: PointerInput },
  context: ToolContext,
): Step {
  if (handle.kind === "vertex" && event.modifiers.alt) {
    return edited(state, { shape, drawn: withoutVertex(shape.geometry, handle) }, context);
  }
  const vertex = handle.kind === "vertex" ? { id: shape.id, ring: handle.ring, index: handle.index } : null;
  const gesture: Gesture = { kind: "handle", id: shape.id, handle, from: xy(event), to: xy(event) };
  return toolStep({ gesture, vertex });
}

function pressedShape(
  state: SelectState,
  { event, hits }: { readonly event: PointerInput; readonly hits: readonly ShapeId[] },
  context: ToolContext,
): Step {
  const inserted = event.clicks > 1 ? insertedVertex(event, context) : null;
  if (inserted !== null) return edited(state, inserted, context);
  const wasSelected = hits.some((id) => context.selection.has(id));
  const { shift, alt } = event.modifiers;
  const pending = shift ? "toggle" : alt ? "beneath" : "click";
  const gesture: Gesture = { kind: "press", at: xy(event), hits, wasSelected, pending };
  const top = hits[0];
  // Selected at once, so that the same press can move it.
  const selects = !wasSelected && pending === "click" && top !== undefined;
  const selection = selects ? ({ kind: "set", ids: [top] } as const) : null;
  return toolStep({ gesture, vertex: null }, { selection });
}

function pressedNothing(state: SelectState, event: PointerInput, context: ToolContext): Step {
  const at = xy(event);
  const { shift, alt } = event.modifiers;
  const isBand = shift || alt || context.settings.dragOnEmpty === "band";
  if (!isBand) return toolStep({ ...state, vertex: null, gesture: { kind: "empty", at, isPanning: false } });
  const mode = alt ? "remove" : shift ? "add" : "set";
  return toolStep({ vertex: null, gesture: { kind: "band", from: at, to: at, mode } });
}

function moved(state: SelectState, event: PointerInput, context: ToolContext): Step {
  const { gesture } = state;
  const at = xy(event);
  switch (gesture.kind) {
    case "rest":
      return toolStep(state);
    case "press":
      return isDrag(gesture.at, at, context) ? beginMove(state, { gesture, at }, context) : toolStep(state);
    case "move":
    case "handle":
    case "band":
      return toolStep({ ...state, gesture: { ...gesture, to: at } });
    case "empty": {
      if (!gesture.isPanning && !isDrag(gesture.at, at, context)) return toolStep(state);
      const by = { x: at[0] - gesture.at[0], y: at[1] - gesture.at[1] };
      // The view follows the pointer, so the same image point is under it at the next event.
      return toolStep(
        { ...state, gesture: { ...gesture, isPanning: true } },
        { effects: [{ kind: "pan", by }] },
      );
    }
  }
}

function beginMove(
  state: SelectState,
  { gesture, at }: { readonly gesture: Extract<Gesture, { kind: "press" }>; readonly at: XY },
  context: ToolContext,
): Step {
  const top = gesture.hits[0];
  const ids = gesture.wasSelected || top === undefined ? [...context.selection] : [top];
  const movable = editableShapes(ids, context).map(({ id }) => id);
  if (movable.length === 0)
    return rest(state, { dropped: "This shape is locked or only shown for comparison." });
  const selection = gesture.wasSelected ? null : ({ kind: "set", ids } as const);
  const next: Gesture = { kind: "move", from: gesture.at, to: at, ids: movable };
  return toolStep({ ...state, gesture: next }, { selection });
}

function released(state: SelectState, event: PointerInput, context: ToolContext): Step {
  const { gesture } = state;
  switch (gesture.kind) {
    case "rest":
      return toolStep(state);
    case "press":
      return clicked(state, gesture, context);
    case "move":
      return dropMoved(state, { ...gesture, to: xy(event) }, context);
    case "handle":
      return dropHandle(
        state,
        { gesture: { ...gesture, to: xy(event) }, modifiers: event.modifiers },
        context,
      );
    case "band":
      return dropBand(state, { ...gesture, to: xy(event) }, context);
    case "empty":
      return rest(state, gesture.isPanning ? {} : { selection: { kind: "set", ids: [] } });
  }
}

function clicked(
  state: SelectState,
  gesture: Extract<Gesture, { kind: "press" }>,
  context: ToolContext,
): Step {
  const top = gesture.hits[0];
  if (top === undefined) return rest(state);
  if (gesture.pending === "toggle") return rest(state, { selection: { kind: "toggle", ids: [top] } });
  if (gesture.pending === "beneath") {
    const current = gesture.hits.findIndex((id) => context.selection.has(id));
    const id = gesture.hits[(current + 1) % gesture.hits.length] ?? top;
    return rest(state, { selection: { kind: "set", ids: [id] } });
  }
  const command = context.settings.clickAccepts ? acceptProposals(context.doc, [top]) : null;
  const commands = command === null ? [] : [command];
  return rest(state, { commands, selection: { kind: "set", ids: [top] }, done: commands.length > 0 });
}

function dropMoved(
  state: SelectState,
  gesture: Extract<Gesture, { kind: "move" }>,
  context: ToolContext,
): Step {
  const shapes = editableShapes(gesture.ids, context);
  const wanted = { x: gesture.to[0] - gesture.from[0], y: gesture.to[1] - gesture.from[1] };
  const by = jointMove(shapes, wanted, context);
  const command = changeShapes(context.doc, gesture.ids, (shape) => ({
    ...shape,
    geometry: moveGeometry(shape.geometry, by),
  }));
  return rest(state, { commands: command === null ? [] : [command], done: true });
}

function dropHandle(
  state: SelectState,
  held: { readonly gesture: Extract<Gesture, { kind: "handle" }>; readonly modifiers: Modifiers },
  context: ToolContext,
): Step {
  const { gesture, modifiers } = held;
  const shape = context.doc.find(gesture.id);
  if (shape === null || !isDrag(gesture.from, gesture.to, context)) return rest(state);
  const snap = vertexSnap(gesture.id, modifiers, context);
  const drawn = draggedGeometry(shape.geometry, { ...gesture, modifiers, snap }, context);
  const { handle } = gesture;
  const vertex =
    handle.kind === "middle" ? { id: shape.id, ring: handle.ring, index: handle.index + 1 } : state.vertex;
  return edited({ ...state, vertex }, { shape, drawn }, context);
}

function dropBand(
  state: SelectState,
  gesture: Extract<Gesture, { kind: "band" }>,
  context: ToolContext,
): Step {
  const { from, to, mode } = gesture;
  if (!isDrag(from, to, context)) {
    return rest(state, mode === "set" ? { selection: { kind: "set", ids: [] } } : {});
  }
  const band = rectBetween(from, to);
  const ids = context.finder.near(band).filter((id) => {
    const shape = context.doc.find(id);
    return shape !== null && isWithin(shape.geometry, band);
  });
  return rest(state, { selection: { kind: mode, ids } });
}

function insertedVertex(event: PointerInput, context: ToolContext): { shape: Shape; drawn: Drawn } | null {
  const found = context.finder
    .at(event, inImage(context.settings.tolerancePx, context))
    .find(({ id, hit }) => context.selection.has(id) && hit.part === "edge");
  const shape = found === undefined ? null : context.doc.find(found.id);
  if (shape === null || found?.hit.part !== "edge" || !hasVertices(shape.geometry) || !isEditable(shape))
    return null;
  return { shape, drawn: { geometry: insertVertex(shape.geometry, found.hit, tidyPoint(xy(event))) } };
}

function edited(
  state: SelectState,
  edit: { readonly shape: Shape; readonly drawn: Drawn },
  context: ToolContext,
): Step {
  if ("reason" in edit.drawn) return rest(state, { dropped: edit.drawn.reason, done: true });
  const command: Command | null = setGeometry(context.doc, edit.shape.id, edit.drawn.geometry);
  return rest(state, { commands: command === null ? [] : [command], done: true });
}
