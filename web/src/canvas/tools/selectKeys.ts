/**
 * Keys of the select tool: arrows move what is selected, with Ctrl they pull the lower right corner of a box, Delete
 * takes away the vertex last touched.
 */

import { moveShapes, setGeometry } from "../model/edits";
import type { Vec } from "../types";
import { pulledGeometry, withoutVertex } from "./selectGeometry";
import { selectPreview } from "./selectPreview";
import { SELECT_START, type SelectState } from "./selectState";
import { type KeyInput, type ToolContext, type ToolStep, toolStep } from "./types";

/** Image pixels of a step with Shift. */
const LARGE_STEP = 10;

const ARROWS: Readonly<Record<string, Vec>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

type Step = ToolStep<SelectState>;

export function selectKey(state: SelectState, event: KeyInput, context: ToolContext): Step {
  const arrow = Object.hasOwn(ARROWS, event.key) ? ARROWS[event.key] : undefined;
  if (arrow !== undefined && context.selection.size > 0) {
    const by = { x: arrow.x * stepOf(event), y: arrow.y * stepOf(event) };
    return event.modifiers.ctrl ? pulled(state, by, context) : nudged(state, by, context);
  }
  if (event.key === "Escape") return escaped(state, context);
  if ((event.key === "Delete" || event.key === "Backspace") && state.vertex !== null) {
    return deletedVertex(state, context);
  }
  return toolStep(state, { isHandled: false, preview: selectPreview(state, null, context) });
}

function stepOf(event: KeyInput): number {
  return event.modifiers.shift ? LARGE_STEP : 1;
}

function nudged(state: SelectState, by: Vec, context: ToolContext): Step {
  const command = moveShapes(context.doc, context.selection, by);
  // A row of arrow keys on the same shapes is one step of undo.
  const merge = `nudge ${[...context.selection].sort().join(" ")}`;
  return toolStep(state, { commands: command === null ? [] : [command], merge });
}

function pulled(state: SelectState, by: Vec, context: ToolContext): Step {
  const [id] = context.selection;
  const shape = context.selection.size === 1 && id !== undefined ? context.doc.find(id) : null;
  if (shape === null) return toolStep(state, { dropped: "Select one box to change its size." });
  const drawn = pulledGeometry(shape.geometry, by, context);
  if ("reason" in drawn) return toolStep(state, { dropped: drawn.reason });
  const command = setGeometry(context.doc, shape.id, drawn.geometry);
  return toolStep(state, { commands: command === null ? [] : [command], merge: `pull ${shape.id}` });
}

/** First the gesture under way, then the vertex, then the selection; after that the key is the page's. */
function escaped(state: SelectState, context: ToolContext): Step {
  if (state.gesture.kind !== "rest") return toolStep({ ...state, gesture: { kind: "rest" } }, { done: true });
  if (state.vertex !== null) return toolStep(SELECT_START);
  if (context.selection.size > 0) return toolStep(state, { selection: { kind: "set", ids: [] } });
  return toolStep(state, { isHandled: false });
}

function deletedVertex(state: SelectState, context: ToolContext): Step {
  const { vertex } = state;
  const shape = vertex === null || !context.selection.has(vertex.id) ? null : context.doc.find(vertex.id);
  if (vertex === null || shape === null) return toolStep(SELECT_START, { isHandled: false });
  const drawn = withoutVertex(shape.geometry, vertex);
  if ("reason" in drawn) return toolStep(state, { dropped: drawn.reason });
  const command = setGeometry(context.doc, shape.id, drawn.geometry);
  return toolStep(SELECT_START, { commands: command === null ? [] : [command], done: true });
}
