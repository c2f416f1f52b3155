/**
 * Asking a model for an outline: clicks say what belongs to the object and what does not, a drag gives a box.
 *
 * The model is somewhere else. Each change of the prompts is a request with a number; an answer to an older one is left.
 */

import { rectBetween } from "../geometry/vectors";
import type { Geometry, Rect, XY } from "../types";
import { finishDrawing, isDrag, pointAt } from "./drawing";
import {
  EMPTY_PREVIEW,
  type MagicPrompts,
  type MagicResult,
  type PointerInput,
  type Preview,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

type Prompt =
  { readonly kind: "include" | "exclude"; readonly at: XY } | { readonly kind: "box"; readonly rect: Rect };

export interface MagicState {
  /** In the order they were given. */
  readonly prompts: readonly Prompt[];
  /** The number of the newest request. */
  readonly request: number;
  /** The answer to it; null while it is awaited. */
  readonly geometry: Geometry | null;
  readonly press: { readonly at: XY; readonly to: XY; readonly isExclude: boolean } | null;
  readonly aim: XY | null;
}

const START: MagicState = { prompts: [], request: 0, geometry: null, press: null, aim: null };

type Step = ToolStep<MagicState>;

export const magicTool: Tool<MagicState> = {
  name: "magic",
  start: START,
  isIdle: (state) => state.prompts.length === 0 && state.press === null,
  reduce(state, event, context) {
    switch (event.kind) {
      case "down": {
        if (event.button === 1) return shown(state, context, { isHandled: false });
        const at = pointAt(event, context);
        return shown({ ...state, press: { at, to: at, isExclude: event.button === 2 }, aim: at }, context);
      }
      case "move": {
        const at = pointAt(event, context);
        const press = state.press === null ? null : { ...state.press, to: at };
        return shown({ ...state, press, aim: at }, context);
      }
      case "up":
        return released(state, event, context);
      case "leave":
        return shown({ ...state, aim: null }, context);
      case "magic":
        return answered(state, event, context);
      case "path":
        return shown(state, context, { isHandled: false });
      case "key":
        return typed(state, event.key, context);
    }
  },
};

function released(state: MagicState, event: PointerInput, context: ToolContext): Step {
  const { press } = state;
  if (press === null) return shown(state, context);
  const to = pointAt(event, context);
  const rested = { ...state, press: null, aim: to };
  if (press.isExclude || !isDrag(press.at, to, context)) {
    const kind = press.isExclude ? "exclude" : "include";
    return asked(rested, [...state.prompts, { kind, at: press.at }], context);
  }
  const rect = rectBetween(press.at, to);
  if (rect.x1 <= rect.x0 || rect.y1 <= rect.y0) {
    return shown(rested, context, { dropped: "The box has no area, so it was not asked about." });
  }
  // There is one box at a time: a new one takes the place of the old.
  return asked(
    rested,
    [...state.prompts.filter(({ kind }) => kind !== "box"), { kind: "box", rect }],
    context,
  );
}

function typed(state: MagicState, key: string, context: ToolContext): Step {
  const isBegun = state.prompts.length > 0 || state.press !== null;
  if (key === "Escape" && isBegun) {
    return shown({ ...START, request: state.request + 1, aim: state.aim }, context, { done: true });
  }
  if (key === "Backspace" && state.prompts.length > 0)
    return asked(state, state.prompts.slice(0, -1), context);
  if (key === "Enter" && isBegun) {
    if (state.geometry === null) return shown(state, context, { dropped: "There is no outline yet." });
    return finishDrawing({ ...START, request: state.request + 1 }, { geometry: state.geometry }, context);
  }
  return shown(state, context, { isHandled: false });
}

function answered(state: MagicState, result: MagicResult, context: ToolContext): Step {
  if (result.request !== state.request || state.prompts.length === 0) return shown(state, context);
  const dropped = result.geometry === null ? (result.problem ?? "The model found nothing here.") : null;
  return shown({ ...state, geometry: result.geometry }, context, { dropped });
}

function asked(state: MagicState, prompts: readonly Prompt[], context: ToolContext): Step {
  const request = state.request + 1;
  if (!prompts.some(({ kind }) => kind !== "exclude")) {
    return shown({ ...state, prompts, request, geometry: null }, context);
  }
  const effect = { kind: "segment", request, prompts: promptsOf(prompts) } as const;
  return shown({ ...state, prompts, request }, context, { effects: [effect] });
}

function promptsOf(prompts: readonly Prompt[]): MagicPrompts {
  const at = (kind: "include" | "exclude"): XY[] =>
    prompts.flatMap((one) => (one.kind === kind ? [one.at] : []));
  const box = prompts.flatMap((one) => (one.kind === "box" ? [one.rect] : [])).at(-1) ?? null;
  return { include: at("include"), exclude: at("exclude"), box };
}

function shown(state: MagicState, context: ToolContext, rest: Partial<Step> = {}): Step {
  return toolStep(state, { preview: previewOf(state, context), ...rest });
}

function previewOf(state: MagicState, context: ToolContext): Preview {
  const { press, prompts, geometry } = state;
  const box = promptsOf(prompts).box;
  const isBand = press !== null && !press.isExclude && isDrag(press.at, press.to, context);
  return {
    ...EMPTY_PREVIEW,
    crosshair: state.aim,
    shapes: geometry === null ? [] : [{ geometry, label: context.label, replaces: null, isFound: true }],
    marks: prompts.flatMap((one) => (one.kind === "box" ? [] : [{ at: one.at, kind: one.kind }])),
    band: isBand ? rectBetween(press.at, press.to) : box,
  };
}
