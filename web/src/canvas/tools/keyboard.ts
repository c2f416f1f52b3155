/**
 * Drawing by keyboard alone: arrow keys move a crosshair, Enter clicks there.
 *
 * Enter again at the same place is the tool's own Enter (it closes a polygon, takes the model's outline); Shift+Enter is
 * the right button. A brush is put down by Enter, follows the crosshair and is lifted by Enter. Escape puts the crosshair
 * away once nothing is half drawn. The pointer takes over as soon as it moves.
 */

import { clampPoint, tidyPoint } from "../geometry/vectors";
import type { Vec, XY } from "../types";
import { inImage } from "./drawing";
import {
  type KeyInput,
  type PointerInput,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

export interface KeyboardState<State> {
  readonly inner: State;
  /** Where the crosshair is; null while the pointer draws. */
  readonly at: XY | null;
  /** Where Enter was last pressed; null once the crosshair has moved on. */
  readonly clicked: XY | null;
}

/** How far an arrow key moves the crosshair: CSS pixels, with Shift more, with Ctrl one image pixel. */
const STEP_PX = 8;
const LARGE_STEP_PX = 64;

const ARROWS: Readonly<Record<string, Vec>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The tool, drawing by keyboard as well. */
export function withKeyboard<State>(tool: Tool<State>): Tool<KeyboardState<State>> {
  return {
    name: tool.name,
    start: { inner: tool.start, at: null, clicked: null },
    isIdle: (state) => tool.isIdle(state.inner),
    reduce(state, event, context) {
      if (event.kind === "key") return typed(tool, state, { event, context });
      const step = tool.reduce(state.inner, event, context);
      // The model's answer is no sign that a hand has gone back to the pointer; nor is a pointer that leaves.
      const isPointer = event.kind === "down" || event.kind === "move" || event.kind === "up";
      return wrapped(step, isPointer ? { at: null, clicked: null } : state);
    },
  };
}

interface Typed {
  readonly event: KeyInput;
  readonly context: ToolContext;
}

function typed<State>(
  tool: Tool<State>,
  state: KeyboardState<State>,
  { event, context }: Typed,
): ToolStep<KeyboardState<State>> {
  const arrow = Object.hasOwn(ARROWS, event.key) ? ARROWS[event.key] : undefined;
  if (arrow !== undefined && !event.modifiers.alt) return moved(tool, state, { event, context, arrow });
  if (event.key === "Enter" && state.at !== null)
    return entered(tool, state, { event, context, at: state.at });
  const step = tool.reduce(state.inner, event, context);
  if (event.key !== "Escape" || step.isHandled || state.at === null) return wrapped(step, state);
  return toolStep({ inner: step.state, at: null, clicked: null });
}

function moved<State>(
  tool: Tool<State>,
  state: KeyboardState<State>,
  { event, context, arrow }: Typed & { readonly arrow: Vec },
): ToolStep<KeyboardState<State>> {
  const from = state.at ?? beginning(context);
  const { shift, ctrl } = event.modifiers;
  const by = ctrl ? 1 : inImage(shift ? LARGE_STEP_PX : STEP_PX, context);
  const to: XY = [from[0] + arrow.x * by, from[1] + arrow.y * by];
  const at = tidyPoint(clampPoint(to, context.doc.image));
  const step = tool.reduce(state.inner, pointer("move", at, 0), context);
  return wrapped(step, { at, clicked: null });
}

function beginning(context: ToolContext): XY {
  const { width, height } = context.doc.image;
  const seen = context.visible ?? { x0: 0, y0: 0, x1: width, y1: height };
  return clampPoint([(seen.x0 + seen.x1) / 2, (seen.y0 + seen.y1) / 2], context.doc.image);
}

function entered<State>(
  tool: Tool<State>,
  state: KeyboardState<State>,
  { event, context, at }: Typed & { readonly at: XY },
): ToolStep<KeyboardState<State>> {
  const button = event.modifiers.shift ? 2 : 0;
  if (tool.name === "brush" || tool.name === "eraser") {
    const kind = tool.isIdle(state.inner) ? "down" : "up";
    return wrapped(tool.reduce(state.inner, pointer(kind, at, button), context), { at, clicked: at });
  }
  if (button === 0 && state.clicked !== null) {
    const closing = tool.reduce(state.inner, event, context);
    return wrapped(closing, { at, clicked: closing.done ? null : at });
  }
  const down = tool.reduce(state.inner, pointer("down", at, button), context);
  const up = tool.reduce(down.state, pointer("up", at, button), context);
  const isOver = down.done || up.done || button === 2;
  return wrapped(followed(down, up), { at, clicked: isOver ? null : at });
}

/** Two steps as one. The second must not need what the first did to the document. */
function followed<State>(first: ToolStep<State>, second: ToolStep<State>): ToolStep<State> {
  return {
    ...second,
    commands: [...first.commands, ...second.commands],
    merge: second.merge ?? first.merge,
    done: first.done || second.done,
    selection: second.selection ?? first.selection,
    effects: [...first.effects, ...second.effects],
    dropped: first.dropped ?? second.dropped,
    isHandled: first.isHandled || second.isHandled,
  };
}

function wrapped<State>(
  step: ToolStep<State>,
  keyboard: { readonly at: XY | null; readonly clicked: XY | null },
): ToolStep<KeyboardState<State>> {
  const { at, clicked } = keyboard;
  const preview = at === null ? step.preview : { ...step.preview, crosshair: at };
  return { ...step, preview, state: { inner: step.state, at, clicked } };
}

function pointer(kind: PointerInput["kind"], at: XY, button: 0 | 2): PointerInput {
  const modifiers = { shift: false, alt: false, ctrl: false };
  return { kind, x: at[0], y: at[1], button, clicks: 1, modifiers };
}
