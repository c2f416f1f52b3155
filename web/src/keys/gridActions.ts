/** Actions of the grids: `grid` is shared by all, `grid_label`, `grid_validate` and `grid_review` are ways to work. */
import type { Action } from "./actions";

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

function grid(id: string, title: string, keys: readonly string[]): Action {
  return { id, title, group: "Grid", scope: "grid", keys };
}

function inGrid(scope: "grid_label" | "grid_review" | "grid_validate", action: Action): Action {
  return { ...action, scope };
}

const MOVES: readonly Action[] = (["Left", "Right", "Up", "Down"] as const).flatMap((side): Action[] => {
  const to = side.toLowerCase();
  return [
    { ...grid(`grid.${to}`, `One tile ${to}`, [`Arrow${side}`]), isRepeating: true },
    { ...grid(`grid.stretch_${to}`, `Select ${to} to here`, [`Shift+Arrow${side}`]), isRepeating: true },
  ];
});

const SHARED: readonly Action[] = [
  ...MOVES,
  grid("grid.first", "First tile", ["Home"]),
  grid("grid.last", "Last tile", ["End"]),
  ...DIGITS.map((digit) =>
    grid(`grid.class.${String(digit)}`, `Class ${String(digit)}`, [`@Digit${String(digit)}`]),
  ),
  grid("grid.class.0", "The class called 0", ["@Digit0"]),
  grid("grid.palette", "Find a class by name", ["/"]),
  { ...grid("grid.undo", "Undo", ["Z", "Ctrl+Z"]), isRepeating: true },
  { ...grid("grid.redo", "Redo", ["Shift+Z", "Ctrl+Shift+Z", "Ctrl+Y"]), isRepeating: true },
  grid("grid.all", "Select the whole page", ["Ctrl+A"]),
  grid("grid.toggle", "Select or let go of the tile", ["X"]),
  grid("grid.none", "Select nothing", ["Escape"]),
  grid("grid.clear", "Take the class away again", ["U"]),
  grid("grid.back", "The page before, to mend it", ["B"]),
  grid("grid.keys", "Show the keys", ["?"]),
];

const LABEL: readonly Action[] = [
  grid("grid.accept", "Accept the proposals", ["Y"]),
  grid("grid.submit", "The rest has one class: hand the page in", ["Enter"]),
  grid("grid.submit_chosen", "Hand in what has a class; the rest stays", ["Shift+Enter"]),
  grid("grid.skip", "Skip: put it back into the queue", ["S"]),
  grid("grid.peek", "Look at it large", ["Space"]),
  { ...grid("grid.next_open", "Next tile without a class", ["N"]), isRepeating: true },
].map((action) => inGrid("grid_label", action));

const VALIDATE: readonly Action[] = [
  grid("grid.yes", "Yes, and on to the next", ["Y"]),
  grid("grid.no", "No, and on to the next", ["N"]),
  grid("grid.answer", "The rest has one answer: hand the page in", ["Enter"]),
  grid("grid.answer_chosen", "Hand in what is answered; the rest stays", ["Shift+Enter"]),
  grid("grid.put_off", "Skip: put it back into the queue", ["S"]),
  grid("grid.look", "One image at a time", ["Space"]),
].map((action) => inGrid("grid_validate", action));

const REVIEW: readonly Action[] = [
  grid("crops.flip", "It is wrong, or right after all", ["Space"]),
  grid("crops.approve", "Apply, and count the rest as looked at", ["Enter"]),
  grid("crops.peek", "Look at the whole image", ["P"]),
].map((action) => inGrid("grid_review", action));

export const GRID_ACTIONS: readonly Action[] = [...SHARED, ...LABEL, ...VALIDATE, ...REVIEW];
