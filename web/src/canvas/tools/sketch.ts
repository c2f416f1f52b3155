/**
 * The machine under every tool that collects points: clicks add one, a drag may draw, the right button or Backspace takes
 * the last away, Enter or a double click closes, Escape gives up.
 */

import { distance } from "../geometry/vectors";
import { simplifyLine } from "../geometry/polygon";
import type { XY } from "../types";
import { type Drawn, finishDrawing, inImage, isDrag, pointAt, snapAt } from "./drawing";
import {
  EMPTY_PREVIEW,
  type KeyInput,
  type PointerInput,
  type Preview,
  type Tool,
  type ToolContext,
  type ToolName,
  type ToolStep,
  toolStep,
} from "./types";

export interface SketchState {
  readonly points: readonly XY[];
  /** Where the pointer aims, constrained and snapped. */
  readonly aim: XY | null;
  readonly snap: XY | null;
  /** The left button is down since here; `count` points were there before a freehand line began. */
  readonly press: { readonly at: XY; readonly count: number; readonly isDragging: boolean } | null;
}

/** What makes one sketching tool differ from another. */
export interface Sketch {
  readonly name: ToolName;
  /** What dragging does: nothing, the second corner on letting go, or a line of points. */
  readonly drag: "none" | "second" | "freehand";
  readonly isSnapping: boolean;
  /** Whether a click on the first point closes the shape. */
  readonly closesOnFirst: boolean;
  /** Whether Enter and double click close the shape; tools that close by themselves drop half a shape. */
  readonly closesOnEnter: boolean;
  /** With Shift held: where the pointer aims instead. */
  constrain?(aim: XY, points: readonly XY[], context: ToolContext): XY;
  /** Whether these points are all. */
  isComplete(points: readonly XY[], context: ToolContext): boolean;
  finish(points: readonly XY[], context: ToolContext): Drawn;
  preview(points: readonly XY[], aim: XY | null, context: ToolContext): Partial<Preview>;
}

/** Freehand points lie at least so far apart, and are thinned by so much, in CSS pixels. */
const FREEHAND_STEP_PX = 4;
const FREEHAND_THIN_PX = 1;

const START: SketchState = { points: [], aim: null, snap: null, press: null };

/** The tool of a sketch. */
export function sketchTool(sketch: Sketch): Tool<SketchState> {
  return {
    name: sketch.name,
    start: START,
    isIdle: (state) => state.points.length === 0 && state.press === null,
    reduce(state, event, context) {
      switch (event.kind) {
        case "down":
          return pressed(sketch, state, { event, context });
        case "move":
          return moved(sketch, state, { event, context });
        case "up":
          return released(sketch, state, { event, context });
        case "key":
          return typed(sketch, state, { event, context });
        case "leave":
          return shown(sketch, { ...state, aim: null, snap: null }, context);
        case "magic":
        case "path":
          return toolStep(state, { isHandled: false });
      }
    },
  };
}

interface At<Event> {
  readonly event: Event;
  readonly context: ToolContext;
}

type Step = ToolStep<SketchState>;

function pressed(sketch: Sketch, state: SketchState, { event, context }: At<PointerInput>): Step {
  if (event.button === 2) return withoutLast(sketch, aimed(sketch, state, { event, context }), context);
  if (event.button !== 0) return toolStep(state, { isHandled: false });
  const next = aimed(sketch, state, { event, context });
  const { points, aim } = next;
  if (aim === null) return toolStep(state);
  const isAgain = event.clicks > 1 && points.length > 0;
  if (isAgain && sketch.closesOnEnter) return finished(sketch, points, context);
  if (sketch.closesOnFirst && isOnFirst(points, event, context)) return finished(sketch, points, context);
  const grown = [...points, aim];
  if (sketch.isComplete(grown, context)) return finished(sketch, grown, context);
  const press = { at: aim, count: grown.length, isDragging: false };
  return shown(sketch, { ...next, points: grown, press }, context);
}

function moved(sketch: Sketch, state: SketchState, { event, context }: At<PointerInput>): Step {
  const next = aimed(sketch, state, { event, context });
  const { press, aim } = next;
  if (press === null || aim === null || sketch.drag === "none") return shown(sketch, next, context);
  const isDragging = press.isDragging || isDrag(press.at, pointAt(event, context), context);
  const dragged = { ...next, press: { ...press, isDragging } };
  const last = next.points.at(-1);
  const isFar = last !== undefined && distance(last, aim) >= inImage(FREEHAND_STEP_PX, context);
  const grows = sketch.drag === "freehand" && isDragging && isFar;
  return shown(sketch, grows ? { ...dragged, points: [...next.points, aim] } : dragged, context);
}

function released(sketch: Sketch, state: SketchState, { event, context }: At<PointerInput>): Step {
  const { press } = state;
  if (event.button !== 0 || press === null) return shown(sketch, state, context);
  const next = aimed(sketch, state, { event, context });
  const rested: SketchState = { ...next, press: null };
  if (!press.isDragging || next.aim === null) return shown(sketch, rested, context);
  if (sketch.drag === "second") return finished(sketch, [...next.points, next.aim], context);
  const line = simplifyLine(next.points.slice(press.count - 1), inImage(FREEHAND_THIN_PX, context));
  const points = [...next.points.slice(0, press.count - 1), ...line];
  if (sketch.closesOnFirst && isOnFirst(points, event, context)) return finished(sketch, points, context);
  return shown(sketch, { ...rested, points }, context);
}

function typed(sketch: Sketch, state: SketchState, { event, context }: At<KeyInput>): Step {
  if (state.points.length === 0) return ignored(sketch, state, context);
  if (event.key === "Escape") return toolStep(START, { done: true });
  if (event.key === "Backspace") return withoutLast(sketch, state, context);
  if (event.key === "Enter" && sketch.closesOnEnter) return finished(sketch, state.points, context);
  return ignored(sketch, state, context);
}

function withoutLast(sketch: Sketch, state: SketchState, context: ToolContext): Step {
  if (state.points.length === 0) return ignored(sketch, state, context);
  return shown(sketch, { ...state, points: state.points.slice(0, -1), press: null }, context);
}

function finished(sketch: Sketch, points: readonly XY[], context: ToolContext): Step {
  return finishDrawing(START, sketch.finish(points, context), context);
}

/** The state with its aim where the pointer is. */
function aimed(sketch: Sketch, state: SketchState, { event, context }: At<PointerInput>): SketchState {
  const { aim, snap } = aimAt(sketch, state, { event, context });
  return { ...state, aim, snap };
}

function aimAt(
  sketch: Sketch,
  state: SketchState,
  { event, context }: At<PointerInput>,
): { readonly aim: XY; readonly snap: XY | null } {
  const plain = pointAt(event, context);
  if (event.modifiers.shift && state.points.length > 0 && sketch.constrain) {
    return { aim: sketch.constrain(plain, state.points, context), snap: null };
  }
  const snap = sketch.isSnapping ? snapAt(plain, event.modifiers, context) : null;
  return { aim: snap ?? plain, snap };
}

function isOnFirst(points: readonly XY[], event: PointerInput, context: ToolContext): boolean {
  const first = points[0];
  const tolerance = inImage(context.settings.tolerancePx, context);
  return points.length >= 3 && first !== undefined && distance(first, pointAt(event, context)) <= tolerance;
}

function shown(sketch: Sketch, state: SketchState, context: ToolContext): Step {
  const preview: Preview = {
    ...EMPTY_PREVIEW,
    crosshair: state.aim,
    ...sketch.preview(state.points, state.aim, context),
  };
  const marks =
    state.snap === null ? preview.marks : [...preview.marks, { at: state.snap, kind: "snap" } as const];
  return toolStep(state, { preview: { ...preview, marks } });
}

/** Shown as before, and the event left to the page. */
function ignored(sketch: Sketch, state: SketchState, context: ToolContext): Step {
  return { ...shown(sketch, state, context), isHandled: false };
}
