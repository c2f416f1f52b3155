/**
 * Intelligent scissors: a line runs along the picture's edges from the last click to the pointer.
 *
 * Clicks fix it, Backspace or the right button takes the last one back; Enter, a double click or a click near the
 * beginning closes the polygon. Whoever runs the tool finds the lines: each is a request with a number.
 */

import { areaOf } from "../geometry/measure";
import { simplifyRing, withoutRepeats } from "../geometry/polygon";
import { distance, tidyPoint } from "../geometry/vectors";
import { nearestEdge } from "../masks/edges";
import type { Geometry, XY } from "../types";
import { type Drawn, finishDrawing, inImage, pointAt } from "./drawing";
import {
  EMPTY_PREVIEW,
  type KeyInput,
  type PathResult,
  type PointerInput,
  type Preview,
  type PreviewShape,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

/** A fixed piece, from the end of the one before to `to`. */
interface Leg {
  readonly to: XY;
  readonly request: number;
  /** With both ends; null while it is awaited. */
  readonly line: readonly XY[] | null;
}

export interface ScissorsState {
  readonly start: XY | null;
  readonly legs: readonly Leg[];
  /** The line that follows the pointer, with the number of the request that it answers. */
  readonly live: { readonly line: readonly XY[]; readonly request: number } | null;
  /** Lines asked for before this one begin where nothing begins any more. */
  readonly since: number;
  readonly request: number;
  readonly isClosing: boolean;
  readonly aim: XY | null;
}

const START: ScissorsState = {
  start: null,
  legs: [],
  live: null,
  since: 0,
  request: 0,
  isClosing: false,
  aim: null,
};

/** A click lands on the strongest edge so near, in CSS pixels; Ctrl turns that off. */
const SNAP_PX = 5;
/** Outlines are thinned by so many image pixels. */
const THIN = 0.75;

type Step = ToolStep<ScissorsState>;

export const scissorsTool: Tool<ScissorsState> = {
  name: "scissors",
  start: START,
  isIdle: (state) => state.start === null,
  reduce(state, event, context) {
    switch (event.kind) {
      case "down":
        return pressed(state, event, context);
      case "move":
        return moved(state, aimOf(event, context), context);
      case "up":
        return shown(state, context);
      case "leave":
        return shown({ ...state, aim: null }, context);
      case "path":
        return answered(state, event, context);
      case "key":
        return typed(state, event, context);
      case "magic":
        return shown(state, context, { isHandled: false });
    }
  },
};

function aimOf(event: PointerInput, context: ToolContext): XY {
  const plain = pointAt(event, context);
  const field = context.edges ?? null;
  if (field === null || event.modifiers.ctrl) return plain;
  const snapped = nearestEdge(field, plain, inImage(SNAP_PX, context));
  return snapped === null ? plain : tidyPoint(snapped);
}

function pressed(state: ScissorsState, event: PointerInput, context: ToolContext): Step {
  if (event.button === 1) return shown(state, context, { isHandled: false });
  if (event.button === 2) return withoutLast(state, context);
  if (state.isClosing) return shown(state, context);
  const at = aimOf(event, context);
  if (state.start === null) return shown({ ...state, start: at, aim: at, since: state.request + 1 }, context);
  const isOnFirst = state.legs.length >= 1 && isNear(state.start, pointAt(event, context), context);
  if ((event.clicks > 1 && state.legs.length > 0) || isOnFirst) return closed(state, context);
  if (distance(lastOf(state), at) === 0) return shown(state, context);
  return fixed(state, at, context);
}

function moved(state: ScissorsState, aim: XY, context: ToolContext): Step {
  const next = { ...state, aim };
  if (state.start === null || state.isClosing) return shown(next, context);
  const isHome = state.legs.length >= 1 && isNear(state.start, aim, context);
  const to = isHome ? state.start : aim;
  const from = lastOf(state);
  if (distance(from, to) === 0) return shown({ ...next, live: null }, context);
  const request = state.request + 1;
  return shown({ ...next, request }, context, {
    effects: [{ kind: "path", request, from, to, isLive: true }],
  });
}

/** With one more fixed piece. */
function fixed(state: ScissorsState, to: XY, context: ToolContext): Step {
  const request = state.request + 1;
  const legs = [...state.legs, { to, request, line: null }];
  return shown({ ...state, legs, request, live: null, aim: to }, context, {
    effects: [{ kind: "path", request, from: lastOf(state), to, isLive: false }],
  });
}

function closed(state: ScissorsState, context: ToolContext): Step {
  if (state.start === null) return shown(state, context, { isHandled: false });
  const closing = { ...state, isClosing: true, live: null };
  if (distance(lastOf(state), state.start) === 0) return finishedIfWhole(closing, context);
  return fixed(closing, state.start, context);
}

function answered(state: ScissorsState, result: PathResult, context: ToolContext): Step {
  const { request } = result;
  if (state.start === null) return shown(state, context);
  const at = state.legs.findIndex((leg) => leg.request === request);
  const leg = state.legs[at];
  if (leg !== undefined) {
    const from = at === 0 ? state.start : (state.legs[at - 1]?.to ?? state.start);
    const legs = state.legs.with(at, { ...leg, line: result.points ?? [from, leg.to] });
    return finishedIfWhole({ ...state, legs }, context);
  }
  const shownRequest = Math.max(state.live?.request ?? 0, state.legs.at(-1)?.request ?? 0);
  const isStale = request < state.since || request <= shownRequest;
  if (state.isClosing || result.points === null || isStale) return shown(state, context);
  return shown({ ...state, live: { line: result.points, request } }, context);
}

/** Closing waits until every piece is known. */
function finishedIfWhole(state: ScissorsState, context: ToolContext): Step {
  const isWhole = state.legs.every(({ line }) => line !== null);
  if (!state.isClosing || !isWhole) return shown(state, context);
  return finishDrawing({ ...START, request: state.request }, polygonOf(state, context), context);
}

function polygonOf(state: ScissorsState, context: ToolContext): Drawn {
  const ring = withoutRepeats(
    state.legs.flatMap(({ line }) => line ?? []),
    true,
  );
  const thin = simplifyRing(ring, THIN).map(tidyPoint);
  const geometry: Geometry = { type: "polygon", rings: [thin] };
  const { minSide } = context.settings;
  if (thin.length < 3 || areaOf(geometry) < (minSide * minSide) / 2) {
    return { reason: "The line encloses nothing, so nothing was made." };
  }
  return { geometry };
}

function typed(state: ScissorsState, event: KeyInput, context: ToolContext): Step {
  if (state.start === null) return shown(state, context, { isHandled: false });
  switch (event.key) {
    case "Escape":
      return shown({ ...START, request: state.request, aim: state.aim }, context, { done: true });
    case "Backspace":
      return withoutLast(state, context);
    case "Enter":
      if (state.legs.length > 0) return closed(state, context);
      return shown(state, context, { dropped: "Click along the object first; Enter closes the line." });
    default:
      return shown(state, context, { isHandled: false });
  }
}

/** Without the last fixed piece; while it closes, without the piece that closes it. */
function withoutLast(state: ScissorsState, context: ToolContext): Step {
  if (state.start === null) return shown(state, context, { isHandled: false });
  if (state.legs.length === 0) return shown({ ...START, request: state.request, aim: state.aim }, context);
  const legs = state.legs.slice(0, -1);
  const rest = { ...state, legs, live: null, isClosing: false, since: state.request + 1 };
  return state.aim === null ? shown(rest, context) : moved(rest, state.aim, context);
}

function lastOf(state: ScissorsState): XY {
  return state.legs.at(-1)?.to ?? state.start ?? [0, 0];
}

function isNear(a: XY, b: XY, context: ToolContext): boolean {
  return distance(a, b) <= inImage(context.settings.tolerancePx, context);
}

function shown(state: ScissorsState, context: ToolContext, rest: Partial<Step> = {}): Step {
  return toolStep(state, { preview: previewOf(state, context), ...rest });
}

function previewOf(state: ScissorsState, context: ToolContext): Preview {
  const { start, legs, live, aim } = state;
  if (start === null) return { ...EMPTY_PREVIEW, crosshair: aim };
  let from = start;
  const lines = legs.map((leg): readonly XY[] => {
    const line = leg.line ?? [from, leg.to];
    from = leg.to;
    return line;
  });
  const whole = [...lines.flat(), ...(live?.line ?? [])];
  const filled: Geometry = { type: "polygon", rings: [whole] };
  const found: PreviewShape = { geometry: filled, label: context.label, replaces: null, isFound: true };
  return {
    ...EMPTY_PREVIEW,
    crosshair: aim,
    // With one piece there is nothing yet that could be filled.
    shapes: legs.length > 0 && whole.length >= 3 ? [found] : [],
    lines: live === null ? lines : [...lines, live.line],
    marks: [{ at: start, kind: "first" }, ...legs.map(({ to }) => ({ at: to, kind: "vertex" as const }))],
  };
}
