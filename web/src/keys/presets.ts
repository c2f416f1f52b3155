/** Key maps for people who come from other tools; what a preset does not name keeps Whorl's key. */
import type { ActionId } from "./actions";
import type { Chord } from "./chord";

export type PresetName = "Whorl" | "CVAT" | "Label Studio";

export const PRESET_NAMES: readonly PresetName[] = ["Whorl", "CVAT", "Label Studio"];

type Preset = Readonly<Record<ActionId, readonly Chord[]>>;

function classes(chordOf: (digit: number) => Chord): Preset {
  return Object.fromEntries(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => [`class.${String(digit)}`, [chordOf(digit)]]),
  );
}

const CVAT: Preset = {
  "item.next": ["F", "ArrowRight"],
  "item.previous": ["D", "ArrowLeft"],
  "item.submit": ["Ctrl+Enter"],
  "review.approve": ["Ctrl+Enter"],
  "item.skip": ["Shift+F"],
  "shape.to_polygon": ["Alt+P"],
  "view.hide": ["T", "Shift+H"],
  "tool.tag": ["Shift+T"],
  ...classes((digit) => `Ctrl+@Digit${String(digit)}`),
};

const LABEL_STUDIO: Preset = {
  "item.submit": ["Ctrl+Enter"],
  "review.approve": ["Ctrl+Enter"],
  "item.skip": ["Ctrl+Space"],
  "tool.box": ["R"],
  "tool.brush": ["B"],
  "tool.rotated_box": ["Shift+O"],
  "shape.to_mask": ["Shift+M"],
  "shape.next": ["Tab", "Alt+."],
  "shape.delete": ["Backspace", "Delete"],
  "view.hide": ["Alt+H"],
  "view.fit": ["@Digit0", "Shift+@Digit1"],
  "view.zoom_in": ["Ctrl++", "Ctrl+=", "+"],
  "view.zoom_out": ["Ctrl+-", "-"],
  "edit.cancel": ["Escape", "Ctrl+U"],
};

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  Whorl: {},
  CVAT,
  "Label Studio": LABEL_STUDIO,
};
