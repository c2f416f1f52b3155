/**
 * Four clicks on the outermost points of an object, in any order; a model or GrabCut finds the outline between them.
 *
 * The fourth click asks; the answer makes the shape at once, of the class chosen at the fourth click. Meanwhile the next
 * object can be begun.
 */

import { boxFromPoints } from "../geometry/convert";
import type { XY } from "../types";
import { finishDrawing, NO_CLASS, pointAt } from "./drawing";
import {
  EMPTY_PREVIEW,
  type KeyInput,
  type MagicResult,
  type PointerInput,
  type Preview,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

/** Four points whose outline is awaited. */
interface Asked {
  readonly request: number;
  readonly points: readonly XY[];
  readonly label: string;
}

export interface ExtremePolygonState {
  readonly points: readonly XY[];
  readonly aim: XY | null;
  /** The number of the newest request. */
  readonly request: number;
  readonly asked: readonly Asked[];
}

const START: ExtremePolygonState = { points: [], aim: null, request: 0, asked: [] };
const COUNT = 4;

type Step = ToolStep<ExtremePolygonState>;

export const extremePolygonTool: Tool<ExtremePolygonState> = {
  name: "extreme_polygon",
  start: START,
  isIdle: (state) => state.points.length === 0 && state.asked.length === 0,
  reduce(state, event, context) {
    switch (event.kind) {
      case "down":
        return pressed(state, event, context);
      case "move":
        return shown({ ...state, aim: pointAt(event, context) }, context);
      case "up":
        return shown(state, context);
      case "leave":
        return shown({ ...state, aim: null }, context);
      case "magic":
        return answered(state, event, context);
      case "path":
        return shown(state, context, { isHandled: false });
      case "key":
        return typed(state, event, context);
    }
  },
};

function pressed(state: ExtremePolygonState, event: PointerInput, context: ToolContext): Step {
  if (event.button === 1) return shown(state, context, { isHandled: false });
  if (event.button === 2) return shown({ ...state, points: state.points.slice(0, -1) }, context);
  const at = pointAt(event, context);
  const points = [...state.points, at];
  if (points.length < COUNT) return shown({ ...state, points, aim: at }, context);
  const rested = { ...state, points: [], aim: at };
  if (boxFromPoints(points) === null) {
    return shown(rested, context, { dropped: "The four points lie on one line, so nothing was asked." });
  }
  if (context.label === null) return shown(rested, context, { dropped: NO_CLASS });
  const request = state.request + 1;
  const asked = [...state.asked, { request, points, label: context.label }];
  const prompts = { include: [], exclude: [], box: null, extremes: points };
  return shown({ ...rested, request, asked }, context, { effects: [{ kind: "segment", request, prompts }] });
}

function typed(state: ExtremePolygonState, event: KeyInput, context: ToolContext): Step {
  const isBegun = state.points.length > 0 || state.asked.length > 0;
  if (event.key === "Escape" && isBegun) {
    return shown({ ...START, request: state.request, aim: state.aim }, context, { done: true });
  }
  if (event.key === "Backspace" && state.points.length > 0) {
    return shown({ ...state, points: state.points.slice(0, -1) }, context);
  }
  return shown(state, context, { isHandled: false });
}

function answered(state: ExtremePolygonState, result: MagicResult, context: ToolContext): Step {
  const asked = state.asked.find(({ request }) => request === result.request);
  if (asked === undefined) return shown(state, context);
  const rest = { ...state, asked: state.asked.filter((one) => one !== asked) };
  const { geometry, problem } = result;
  const drawn = geometry === null ? { reason: problem ?? "No outline was found here." } : { geometry };
  const step = finishDrawing(rest, drawn, { ...context, label: asked.label });
  return { ...step, preview: previewOf(rest, context) };
}

function shown(state: ExtremePolygonState, context: ToolContext, rest: Partial<Step> = {}): Step {
  return toolStep(state, { preview: previewOf(state, context), ...rest });
}

function previewOf(state: ExtremePolygonState, context: ToolContext): Preview {
  const { points, aim } = state;
  const box = aim === null || points.length === 0 ? null : boxFromPoints([...points, aim]);
  const waiting = state.asked.flatMap((one) => {
    const around = boxFromPoints(one.points);
    return around === null ? [] : [{ geometry: around, label: one.label, replaces: null, isFound: true }];
  });
  const drawn = box === null ? [] : [{ geometry: box, label: context.label, replaces: null, isFound: true }];
  return {
    ...EMPTY_PREVIEW,
    crosshair: aim,
    shapes: [...waiting, ...drawn],
    marks: points.map((at) => ({ at, kind: "extreme" })),
  };
}
