/** Every action that has a key: its name, where it is valid, and its keys in the default map. */
import type { Chord } from "./chord";
import { GRID_ACTIONS } from "./gridActions";
import { VIDEO_ACTIONS } from "./videoActions";

/**
 * Where an action is valid. A narrower scope goes before a wider one that has the same chord.
 * `studio` is the page; `label`, `review` and `validate` are the ways to work in it, one at a time; `video` comes on top
 * of them while the item is a video. `grid` is the page
 * of the bulk grids, with `grid_label`, `grid_review` and `grid_validate` in it.
 */
export type Scope =
  | "global"
  | "studio"
  | "label"
  | "review"
  | "validate"
  | "video"
  | "grid"
  | "grid_label"
  | "grid_review"
  | "grid_validate";

/** 0 global, 1 page, 2 workspace, 3 what is worked on. */
export const SCOPE_LEVEL: Readonly<Record<Scope, number>> = {
  global: 0,
  studio: 1,
  label: 2,
  review: 2,
  validate: 2,
  video: 3,
  grid: 1,
  grid_label: 2,
  grid_review: 2,
  grid_validate: 2,
};

/** The page that a scope is part of; null for everywhere. Two pages are never on the screen at once. */
export const SCOPE_PAGE: Readonly<Record<Scope, "studio" | "grid" | null>> = {
  global: null,
  studio: "studio",
  label: "studio",
  review: "studio",
  validate: "studio",
  video: "studio",
  grid: "grid",
  grid_label: "grid",
  grid_review: "grid",
  grid_validate: "grid",
};

export type ActionGroup =
  "Items" | "Tools" | "Classes" | "Shapes" | "Video" | "Proposals" | "View" | "Review" | "Grid" | "Help";

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly group: ActionGroup;
  readonly scope: Scope;
  readonly keys: readonly Chord[];
  /** `hold`: it lasts while the key is down. */
  readonly kind?: "press" | "hold";
  /** Again and again while the key is down. */
  readonly isRepeating?: boolean;
  /** Also while somebody types into a field. */
  readonly isInFields?: boolean;
}

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const NUMBERS: Readonly<Record<number, string>> = { 1: "first", 2: "second", 3: "third" };

function pick(id: string, title: string, keys: readonly Chord[]): Action {
  return { id, title, group: "Tools", scope: "studio", keys };
}

const ITEMS: readonly Action[] = [
  {
    id: "item.submit",
    title: "Submit and go on",
    group: "Items",
    scope: "studio",
    keys: ["Enter", "Space"],
  },
  {
    id: "item.empty",
    title: "Nothing here: submit as checked empty",
    group: "Items",
    scope: "studio",
    keys: ["Shift+Enter"],
  },
  { id: "item.next", title: "Next item", group: "Items", scope: "studio", keys: ["D", "ArrowRight"] },
  { id: "item.previous", title: "Item before", group: "Items", scope: "studio", keys: ["A", "ArrowLeft"] },
  { id: "item.skip", title: "Skip for now", group: "Items", scope: "studio", keys: ["S"] },
  {
    id: "item.discard",
    title: "Discard: it cannot be worked on",
    group: "Items",
    scope: "studio",
    keys: ["Shift+S"],
  },
  {
    id: "item.save",
    title: "Save now",
    group: "Items",
    scope: "studio",
    keys: ["Ctrl+S"],
    isInFields: true,
  },
];

const TOOLS: readonly Action[] = [
  pick("tool.select", "Select and move", ["V"]),
  pick("tool.box", "Box", ["B"]),
  pick("tool.extreme_box", "Box from four extreme points", ["X"]),
  pick("tool.rotated_box", "Rotated box", ["O"]),
  pick("tool.polygon", "Polygon", ["P"]),
  pick("tool.polyline", "Line", ["L"]),
  pick("tool.scissors", "Scissors: a line along edges", ["C"]),
  pick("tool.magic", "Magic: clicks or a box become an outline", ["M"]),
  pick("tool.extreme_polygon", "Outline from four extreme points", ["Shift+X"]),
  pick("magic.shape", "Found outlines become polygons or masks", ["G"]),
  pick("tool.brush", "Brush", ["R"]),
  pick("tool.eraser", "Eraser", ["E"]),
  pick("tool.points", "Key points", ["K"]),
  pick("tool.tag", "Class of the whole item", ["T"]),
  pick("draw.again", "Draw again: same tool, same class", ["N"]),
  pick("brush.snap", "Brush stops at edges, or not", ["Shift+E"]),
  {
    id: "brush.smaller",
    title: "Smaller brush",
    group: "Tools",
    scope: "studio",
    keys: ["@BracketLeft"],
    isRepeating: true,
  },
  {
    id: "brush.larger",
    title: "Larger brush",
    group: "Tools",
    scope: "studio",
    keys: ["@BracketRight"],
    isRepeating: true,
  },
];

const CLASSES: readonly Action[] = [
  ...DIGITS.map((digit): Action => ({
    id: `class.${String(digit)}`,
    title: `The ${NUMBERS[digit] ?? `${String(digit)}th`} class`,
    group: "Classes",
    scope: "studio",
    keys: [`@Digit${String(digit)}`],
  })),
  // Only where a class is called 0; else the key fits the picture into the window.
  { id: "class.0", title: "The class called 0", group: "Classes", scope: "label", keys: ["@Digit0"] },
  { id: "class.palette", title: "Find a class by name", group: "Classes", scope: "studio", keys: ["/"] },
];

function shape(id: string, title: string, keys: readonly Chord[]): Action {
  return { id, title, group: "Shapes", scope: "studio", keys };
}

const SHAPES: readonly Action[] = [
  { ...shape("shape.next", "Next shape", ["Tab"]), isRepeating: true },
  { ...shape("shape.previous", "Shape before", ["Shift+Tab"]), isRepeating: true },
  shape("shape.delete", "Delete the selected shapes", ["Delete", "Backspace"]),
  shape("shape.duplicate", "Duplicate", ["Ctrl+D"]),
  shape("shape.propagate", "Copy to the next item", ["Ctrl+B"]),
  shape("shape.all", "Select all", ["Ctrl+A"]),
  shape("shape.copy", "Copy", ["Ctrl+C"]),
  shape("shape.paste", "Paste", ["Ctrl+V"]),
  shape("shape.lock", "Lock or unlock", ["Shift+L"]),
  shape("shape.to_box", "Make a box of it", ["Shift+B"]),
  shape("shape.to_polygon", "Make a polygon of it", ["Shift+P"]),
  shape("shape.to_mask", "Make a mask of it", ["Shift+R"]),
  shape("shape.alike", "Same object again: propose more like it", ["Shift+A"]),
  shape("shape.attributes", "Edit the attributes", ["F2"]),
  shape("shape.similar", "Images like the selected shape, or like this item", ["Shift+G"]),
  { ...shape("edit.undo", "Undo", ["Ctrl+Z"]), isRepeating: true },
  { ...shape("edit.redo", "Redo", ["Ctrl+Shift+Z", "Ctrl+Y"]), isRepeating: true },
  shape("edit.cancel", "Let go: end drawing, select nothing", ["Escape"]),
];

const PROPOSALS: readonly Action[] = [
  { id: "proposal.accept", title: "Accept the proposal", group: "Proposals", scope: "studio", keys: ["Y"] },
  {
    id: "proposal.accept_all",
    title: "Accept all proposals shown",
    group: "Proposals",
    scope: "studio",
    keys: ["Shift+Y"],
  },
  { id: "proposal.reject", title: "Reject the proposal", group: "Proposals", scope: "studio", keys: ["U"] },
];

const VIEW: readonly Action[] = [
  { id: "view.fit", title: "Fit to the window", group: "View", scope: "studio", keys: ["@Digit0"] },
  {
    id: "view.zoom_in",
    title: "Closer",
    group: "View",
    scope: "studio",
    keys: ["+", "="],
    isRepeating: true,
  },
  {
    id: "view.zoom_out",
    title: "Farther",
    group: "View",
    scope: "studio",
    keys: ["-"],
    isRepeating: true,
  },
  { id: "view.hide", title: "Hide or show all shapes", group: "View", scope: "studio", keys: ["H"] },
  {
    id: "view.peek",
    title: "Hide all shapes while held",
    group: "View",
    scope: "studio",
    keys: ["Q"],
    kind: "hold",
  },
  { id: "view.regions", title: "Next part of the page", group: "View", scope: "studio", keys: ["F6"] },
];

const REVIEW: readonly Action[] = [
  {
    id: "review.approve",
    title: "Approve and go on",
    group: "Review",
    scope: "review",
    keys: ["Enter", "Space"],
  },
  { id: "review.issue", title: "Raise an issue at a place", group: "Review", scope: "review", keys: ["I"] },
  { id: "comment.pin", title: "Write a note at a place", group: "Review", scope: "label", keys: ["I"] },
  { id: "validate.yes", title: "Yes", group: "Review", scope: "validate", keys: ["Y"] },
  { id: "validate.no", title: "No", group: "Review", scope: "validate", keys: ["N"] },
  {
    id: "validate.undo",
    title: "Take the last answer back",
    group: "Review",
    scope: "validate",
    keys: ["U", "Ctrl+Z"],
  },
];

const HELP: readonly Action[] = [
  { id: "help.keys", title: "Show the keys", group: "Help", scope: "studio", keys: ["?"] },
  {
    id: "help.palette",
    title: "Find an action",
    group: "Help",
    scope: "studio",
    keys: ["Ctrl+K"],
    isInFields: true,
  },
];

export const ACTIONS: readonly Action[] = [
  ...ITEMS,
  ...TOOLS,
  ...CLASSES,
  ...SHAPES,
  ...VIDEO_ACTIONS,
  ...PROPOSALS,
  ...VIEW,
  ...REVIEW,
  ...GRID_ACTIONS,
  ...HELP,
];

export type ActionId = string;

const BY_ID = new Map(ACTIONS.map((action) => [action.id, action]));

/** Throws Error for a name that is no action's. */
export function getAction(id: ActionId): Action {
  const action = BY_ID.get(id);
  if (action === undefined) throw new Error(`There is no action ${id}.`);
  return action;
}

export function findAction(id: ActionId): Action | null {
  return BY_ID.get(id) ?? null;
}
