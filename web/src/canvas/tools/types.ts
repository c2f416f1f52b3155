/**
 * The contract of tools: a tool is a pure reducer from a state and an event to a state, a preview and commands.
 *
 * A tool never touches the document, the page or a clock. Whoever runs it draws the preview, runs the commands through
 * the history and hands in what it needs to know as a context.
 */

import type { Hit } from "../geometry/hit";
import type { EdgeField } from "../masks/edges";
import type { DocumentReader } from "../model/document";
import type { SelectionChange } from "../model/selection";
import type { AttributeValue, Command, Geometry, Rect, ShapeId, Vec, XY } from "../types";

export type ToolName =
  | "select"
  | "box"
  | "extreme_box"
  | "rotated_box"
  | "polygon"
  | "polyline"
  | "points"
  | "brush"
  | "eraser"
  | "tag"
  | "magic"
  | "extreme_polygon"
  | "scissors";

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly ctrl: boolean;
}

/** 0 left, 1 middle, 2 right, as in PointerEvent. */
export type PointerButton = 0 | 1 | 2;

/** The pointer, in image pixels; may lie outside the image. */
export interface PointerInput extends Vec {
  readonly kind: "down" | "move" | "up";
  readonly button: PointerButton;
  /** 2 for the second press of a double click, else 1. */
  readonly clicks: number;
  readonly modifiers: Modifiers;
}

export interface KeyInput {
  readonly kind: "key";
  /** KeyboardEvent.key. */
  readonly key: string;
  readonly modifiers: Modifiers;
}

/** What a model proposes for the prompts of one request. */
export interface MagicResult {
  readonly kind: "magic";
  readonly request: number;
  readonly geometry: Geometry | null;
  readonly score: number | null;
  /** A sentence for the user when there is no geometry. */
  readonly problem: string | null;
}

/** The line along edges that a `path` effect asked for, from its beginning to its end; null: none was found. */
export interface PathResult {
  readonly kind: "path";
  readonly request: number;
  readonly points: readonly XY[] | null;
}

/** What comes back on an effect that asked something. */
export type ToolAnswer = MagicResult | PathResult;

/** The pointer has left the canvas. */
export interface LeaveInput {
  readonly kind: "leave";
}

export type ToolEvent = PointerInput | KeyInput | ToolAnswer | LeaveInput;

export interface ToolSettings {
  /** How near counts as on it, in CSS pixels. */
  readonly tolerancePx: number;
  /** A press that moves further than this is a drag, in CSS pixels. */
  readonly dragPx: number;
  /** Results narrower or lower than this are dropped, in image pixels. */
  readonly minSide: number;
  /** Radius of brush and eraser in image pixels. */
  readonly brushRadius: number;
  /** Whether the brush stops at strong edges of the picture. */
  readonly isEdgeSnapping: boolean;
  /** Points that close a points shape by themselves; null: Enter closes. */
  readonly pointCount: number | null;
  /** Snap polygon vertices to neighbours; Ctrl turns it round. */
  readonly isSnapping: boolean;
  /** What a left drag on nothing does in the select tool; with Shift or Alt it is always a band. */
  readonly dragOnEmpty: "pan" | "band";
  /** Whether a plain click on a proposal accepts it. */
  readonly clickAccepts: boolean;
}

export const DEFAULT_TOOL_SETTINGS: ToolSettings = {
  tolerancePx: 7,
  dragPx: 4,
  minSide: 1,
  brushRadius: 12,
  isEdgeSnapping: false,
  pointCount: null,
  isSnapping: true,
  dragOnEmpty: "pan",
  clickAccepts: true,
};

/** What tools may ask of the shapes on the canvas. */
export interface ShapeFinder {
  /** Shapes at a point, the smallest area first. */
  at(point: Vec, tolerance: number): readonly { readonly id: ShapeId; readonly hit: Hit }[];
  /** Ids of shapes whose bounding rectangle touches the rectangle. */
  near(rect: Rect): readonly ShapeId[];
}

export interface ToolContext {
  readonly doc: DocumentReader;
  readonly finder: ShapeFinder;
  readonly selection: ReadonlySet<ShapeId>;
  /** CSS pixels per image pixel. */
  readonly zoom: number;
  /** The part of the image in sight, where drawing by keyboard begins; the whole image when left out. */
  readonly visible?: Rect;
  /** The class that new shapes get; null when none is chosen, nothing is made then. */
  readonly label: string | null;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly settings: ToolSettings;
  /** How strong the edges of the picture are; null or left out where that is not known (yet). */
  readonly edges?: EdgeField | null;
  /** A fresh id for each call. */
  readonly newId: () => ShapeId;
}

/** A geometry drawn while it is not in the document. */
export interface PreviewShape {
  readonly geometry: Geometry;
  /** The class, for its colour; null for none. */
  readonly label: string | null;
  /** The shape that is not drawn meanwhile. */
  readonly replaces: ShapeId | null;
  /** Something found, not drawn: dashed, until it is taken. */
  readonly isFound?: boolean;
}

export type MarkKind = "vertex" | "first" | "extreme" | "snap" | "include" | "exclude";

export interface Mark {
  readonly at: XY;
  readonly kind: MarkKind;
}

/** What a tool wants drawn above the shapes. */
export interface Preview {
  readonly shapes: readonly PreviewShape[];
  /** Helper lines, not part of a shape. */
  readonly lines: readonly (readonly XY[])[];
  readonly marks: readonly Mark[];
  /** The selection band. */
  readonly band: Rect | null;
  readonly brush: { readonly at: XY; readonly radius: number; readonly isErasing: boolean } | null;
  /** Where a drawing tool aims; lines through it help to line up. */
  readonly crosshair: XY | null;
  readonly cursor: ToolCursor;
}

export type ToolCursor =
  | "default"
  | "pointer"
  | "crosshair"
  | "move"
  | "grab"
  | "grabbing"
  | "none"
  | "ew-resize"
  | "ns-resize"
  | "nesw-resize"
  | "nwse-resize";

export const EMPTY_PREVIEW: Preview = {
  shapes: [],
  lines: [],
  marks: [],
  band: null,
  brush: null,
  crosshair: null,
  cursor: "crosshair",
};

/** Something the tool wants from outside. */
export type ToolEffect =
  /** Move the view so that what lies under the pointer follows it, in image pixels. */
  | { readonly kind: "pan"; readonly by: Vec }
  /** Take back the commands of the step that is still open (`History.abandon`). */
  | { readonly kind: "abandon" }
  /** Ask the model; the answer comes back as a MagicResult with the same request number. */
  | { readonly kind: "segment"; readonly request: number; readonly prompts: MagicPrompts }
  /** Ask for a line along edges; the answer is a PathResult. Of those that are live only the newest need be answered. */
  | ({ readonly kind: "path" } & PathQuestion);

export interface PathQuestion {
  readonly request: number;
  readonly from: XY;
  readonly to: XY;
  /** It follows the pointer; else it was fixed by a click and must be answered. */
  readonly isLive: boolean;
}

export interface MagicPrompts {
  readonly include: readonly XY[];
  readonly exclude: readonly XY[];
  readonly box: Rect | null;
  /** The four outermost points of the object; left out for none. */
  readonly extremes?: readonly XY[];
}

/** What one event leads to. */
export interface ToolStep<State> {
  readonly state: State;
  readonly preview: Preview;
  readonly commands: readonly Command[];
  /** Commands with one key, run one after the other, are one step of undo; null: each is its own. */
  readonly merge: string | null;
  /** The shape or gesture is finished: seal the history. The tool stays chosen and ready for the next. */
  readonly done: boolean;
  readonly selection: SelectionChange | null;
  readonly effects: readonly ToolEffect[];
  /** Why nothing came of it, as a sentence for the user. */
  readonly dropped: string | null;
  /** Whether the event meant something to the tool; an Escape or Enter that did not is the page's. */
  readonly isHandled: boolean;
}

/** A tool as a value: a beginning and a reducer. */
export interface Tool<State> {
  readonly name: ToolName;
  readonly start: State;
  reduce(state: State, event: ToolEvent, context: ToolContext): ToolStep<State>;
  /** Whether nothing is half drawn and no button is held. */
  isIdle(state: State): boolean;
}

/** A tool with its state inside, for whoever runs tools without knowing their states. */
export interface RunningTool {
  readonly name: ToolName;
  /** Whether nothing is half drawn and no button is held. */
  readonly isIdle: boolean;
  send(event: ToolEvent, context: ToolContext): ToolStep<unknown>;
  /** Forget what is half drawn. */
  reset(): void;
}

/** Run a tool: it keeps the state between events. */
export function runTool<State>(tool: Tool<State>): RunningTool {
  let state = tool.start;
  return {
    name: tool.name,
    get isIdle() {
      return tool.isIdle(state);
    },
    send: (event, context) => {
      const step = tool.reduce(state, event, context);
      state = step.state;
      return step;
    },
    reset: () => {
      state = tool.start;
    },
  };
}

/** A step in which nothing happens but what is named. */
export function toolStep<State>(
  state: State,
  rest: Partial<Omit<ToolStep<State>, "state">> = {},
): ToolStep<State> {
  return {
    state,
    preview: EMPTY_PREVIEW,
    commands: [],
    merge: null,
    done: false,
    selection: null,
    effects: [],
    dropped: null,
    isHandled: true,
    ...rest,
  };
}
