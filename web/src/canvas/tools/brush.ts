/** Painting and rubbing out masks. Each move paints at once; what one press paints is one step of undo. */

import { MaskEdit } from "../masks/edit";
import { MaskRaster } from "../masks/raster";
import { emptyMask } from "../masks/rle";
import { strokeSnapped } from "../masks/snappedStroke";
import { strokeCapsule } from "../masks/strokes";
import { asOwn, isEditable } from "../model/edits";
import type { Command, Shape, ShapeId, XY } from "../types";
import { newShape, NO_CLASS } from "./drawing";
import {
  EMPTY_PREVIEW,
  type PointerInput,
  type Preview,
  type Tool,
  type ToolContext,
  type ToolStep,
  toolStep,
} from "./types";

interface Stroke {
  readonly id: ShapeId;
  readonly last: XY;
  readonly isErasing: boolean;
  /** Whether this stroke began the mask. */
  readonly isFirst: boolean;
}

export interface BrushState {
  /** Strokes begun, so that each has a merge key of its own. */
  readonly strokes: number;
  readonly stroke: Stroke | null;
  /** Where the last stroke on a mask ended: Shift draws a straight line from there. */
  readonly ended: { readonly id: ShapeId; readonly at: XY } | null;
  readonly aim: XY | null;
}

const START: BrushState = { strokes: 0, stroke: null, ended: null, aim: null };

/** Paints the selected mask, else begins one; the right button rubs out. */
export const brushTool = maskTool("brush");
/** Rubs out of the selected mask, else of the one under the pointer. */
export const eraserTool = maskTool("eraser");

function maskTool(name: "brush" | "eraser"): Tool<BrushState> {
  const isErasing = (event: PointerInput): boolean => name === "eraser" || event.button === 2;
  return {
    name,
    start: START,
    isIdle: (state) => state.stroke === null,
    reduce(state, event, context) {
      const show = (next: BrushState, rest: Partial<ToolStep<BrushState>> = {}): ToolStep<BrushState> =>
        toolStep(next, { preview: previewOf(next, name, context), ...rest });
      switch (event.kind) {
        case "down":
          if (event.button === 1) return show(state, { isHandled: false });
          return begin(state, { event, context, isErasing: isErasing(event) }, show);
        case "move":
          return paintOn(state, { event, context }, show);
        case "up":
          return state.stroke === null ? show(state) : end(state, context, show);
        case "leave":
          return show({ ...state, aim: null });
        case "key":
          if (event.key === "Escape" && state.stroke !== null) {
            return show({ ...state, stroke: null }, { effects: [{ kind: "abandon" }], done: true });
          }
          if (event.key === "Enter" && soleMask(context) !== null) {
            return show(state, { selection: { kind: "set", ids: [] }, done: true });
          }
          return show(state, { isHandled: false });
        case "magic":
        case "path":
          return show(state, { isHandled: false });
      }
    },
  };
}

type Show = (next: BrushState, rest?: Partial<ToolStep<BrushState>>) => ToolStep<BrushState>;

interface Begin {
  readonly event: PointerInput;
  readonly context: ToolContext;
  readonly isErasing: boolean;
}

function begin(state: BrushState, { event, context, isErasing }: Begin, show: Show): ToolStep<BrushState> {
  const at: XY = [event.x, event.y];
  const known = soleMask(context) ?? (isErasing ? maskUnder(event, context) : null);
  if (known === null && isErasing) return show(state, { dropped: "Select a mask to rub out of." });
  if (known === null && context.label === null) return show(state, { dropped: NO_CLASS });
  const shape = known ?? newShape(emptyMask(context.doc.image), context.label ?? "", context);
  const from = event.modifiers.shift && state.ended?.id === shape.id ? state.ended.at : at;
  const strokes = state.strokes + 1;
  const pixels = known === null ? blank(context) : context.doc.pixels(shape.id);
  const paint = capsuleCommand({ shape, from, to: at, isErasing }, pixels, context);
  const commands = [...opening(shape, known !== null, context), ...(paint === null ? [] : [paint])];
  const next: BrushState = {
    ...state,
    strokes,
    stroke: { id: shape.id, last: at, isErasing, isFirst: known === null },
    aim: at,
  };
  const selection = context.selection.has(shape.id) ? null : ({ kind: "set", ids: [shape.id] } as const);
  const isBlind = context.settings.isEdgeSnapping && (context.edges ?? null) === null;
  return show(next, { commands, merge: keyOf(strokes), selection, dropped: isBlind ? NO_EDGES : null });
}

const NO_EDGES = "The edges of this picture are not known yet, so the brush paints freely.";

function blank(context: ToolContext): MaskRaster {
  return new MaskRaster(context.doc.image.width, context.doc.image.height);
}

/** What has to happen before pixels can be painted: a new mask is added, a proposal becomes one's own. */
function opening(shape: Shape, isKnown: boolean, context: ToolContext): Command[] {
  if (!isKnown) return [{ kind: "add", at: context.doc.count, shapes: [shape] }];
  const own = asOwn(shape);
  return own === shape ? [] : [{ kind: "change", changes: [{ before: shape, after: own }] }];
}

function paintOn(
  state: BrushState,
  { event, context }: { readonly event: PointerInput; readonly context: ToolContext },
  show: Show,
): ToolStep<BrushState> {
  const { stroke } = state;
  const to: XY = [event.x, event.y];
  if (stroke === null) return show({ ...state, aim: to });
  const shape = context.doc.peek(stroke.id);
  // The mask may be gone: somebody else's undo, or a label that was deleted.
  if (shape === null) return show({ ...state, stroke: null, aim: to }, { done: true });
  const next: BrushState = { ...state, stroke: { ...stroke, last: to }, aim: to };
  const piece = { shape, from: stroke.last, to, isErasing: stroke.isErasing };
  const paint = capsuleCommand(piece, context.doc.pixels(stroke.id), context);
  return show(next, { commands: paint === null ? [] : [paint], merge: keyOf(state.strokes) });
}

function end(state: BrushState, context: ToolContext, show: Show): ToolStep<BrushState> {
  const { stroke, strokes } = state;
  if (stroke === null) return show(state);
  const next: BrushState = { ...state, stroke: null, ended: { id: stroke.id, at: stroke.last } };
  const rest = { merge: keyOf(strokes), done: true };
  if (context.doc.pixels(stroke.id)?.filledTiles().length !== 0) return show(next, rest);
  if (stroke.isFirst) {
    const dropped = "The stroke lies outside the image, so nothing was made.";
    return show({ ...next, ended: null }, { effects: [{ kind: "abandon" }], done: true, dropped });
  }
  const shape = context.doc.find(stroke.id);
  if (shape === null) return show(next, rest);
  const removed = [{ at: context.doc.placeOf(stroke.id), shape }];
  const dropped = "Nothing of the mask is left, so it was removed.";
  return show({ ...next, ended: null }, { ...rest, commands: [{ kind: "remove", removed }], dropped });
}

interface Piece {
  readonly shape: Shape;
  readonly from: XY;
  readonly to: XY;
  readonly isErasing: boolean;
}

function capsuleCommand(
  piece: Piece,
  pixels: ReturnType<ToolContext["doc"]["pixels"]>,
  context: ToolContext,
): Command | null {
  if (pixels === null) return null;
  const edit = new MaskEdit(pixels, piece.isErasing ? 0 : 1);
  const stroke = { from: piece.from, to: piece.to, radius: context.settings.brushRadius };
  const edges = context.settings.isEdgeSnapping ? (context.edges ?? null) : null;
  if (edges === null) strokeCapsule(edit, stroke);
  else strokeSnapped(edit, stroke, edges);
  return edit.command(piece.shape.id);
}

/** The selected mask when one shape alone is selected and it may be changed. */
function soleMask(context: ToolContext): Shape | null {
  const [id] = context.selection;
  const shape = context.selection.size === 1 && id !== undefined ? context.doc.peek(id) : null;
  return shape !== null && shape.geometry.type === "mask" && isEditable(shape) ? shape : null;
}

function maskUnder(event: PointerInput, context: ToolContext): Shape | null {
  for (const { id } of context.finder.at(event, 0)) {
    const shape = context.doc.peek(id);
    if (shape?.geometry.type === "mask" && isEditable(shape)) return shape;
  }
  return null;
}

function keyOf(stroke: number): string {
  return `stroke ${stroke}`;
}

function previewOf(state: BrushState, name: "brush" | "eraser", context: ToolContext): Preview {
  if (state.aim === null) return { ...EMPTY_PREVIEW, cursor: "none" };
  const isErasing = state.stroke?.isErasing ?? name === "eraser";
  const brush = { at: state.aim, radius: context.settings.brushRadius, isErasing };
  return { ...EMPTY_PREVIEW, brush, cursor: "none" };
}
