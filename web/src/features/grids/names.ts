/** Classes as a grid offers them: with their keys, and found by a few letters. */
import type { Label } from "@/api/schema.gen";
import { classDigits } from "@/keys/classDigits";
import { labelColor } from "@/ui/labelColor";

export type Labels = readonly Label[];

/** What a yes/no task is answered with, in place of classes. */
export const YES = "Yes";
export const NO = "No";
export const ANSWERS: Labels = [
  { name: YES, color: "#237a36", parent: null },
  { name: NO, color: "#c92a2a", parent: null },
];

export interface ClassRow {
  readonly name: string;
  readonly color: string;
  /** 1 to 9 for those with a key, else null. */
  readonly digit: number | null;
  /** The action whose key gives it, where that is no digit. */
  readonly action?: string;
}

/** Yes and no with their keys. */
export const ANSWER_ROWS: readonly ClassRow[] = [
  { name: YES, color: "#237a36", digit: null, action: "grid.yes" },
  { name: NO, color: "#c92a2a", digit: null, action: "grid.no" },
];

/** Classes in the ontology's order, each with its digit where it has one. */
export function classRows(labels: Labels): readonly ClassRow[] {
  const digits = classDigits(labels.map(({ name }) => name));
  return labels.map(({ name }, at) => ({
    name,
    color: labelColor(name, labels),
    digit: digits[at] ?? null,
  }));
}

/** Names that contain the letters in order, the tightest first. An empty search gives all. */
export function findNames<T extends { readonly name: string }>(
  rows: readonly T[],
  text: string,
): readonly T[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows
    .flatMap((row) => {
      const score = looseness(row.name.toLowerCase(), wanted);
      return score === null ? [] : [{ row, score }];
    })
    .sort((a, b) => a.score - b.score)
    .map(({ row }) => row);
}

/** Smaller is tighter; null when the letters do not occur in this order. */
function looseness(name: string, wanted: string): number | null {
  const at = name.indexOf(wanted);
  if (at >= 0) return at === 0 ? 0 : /[\s_-]/.test(name.charAt(at - 1)) ? 1 : 2;
  let place = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = name.indexOf(letter, place + 1);
    if (next < 0) return null;
    gaps += next - place - 1;
    place = next;
  }
  return 10 + gaps;
}

/** Black or white, whichever can be read on a colour such as `#22aa88`. */
export function inkOn(color: string): "#000" | "#fff" {
  const parts = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color);
  if (parts === null) return "#fff";
  const [red = 0, green = 0, blue = 0] = parts.slice(1).map((part) => {
    const value = parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}
