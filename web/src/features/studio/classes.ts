/** The classes of an ontology as a tree, their keys, and finding one by a few letters. */
import type { Label } from "@/api/schema.gen";
import { classDigits } from "@/keys/classDigits";

export interface LabelRow {
  readonly name: string;
  readonly color: string | null;
  readonly depth: number;
  /** 1 to 9 for those with a key, else null. */
  readonly digit: number | null;
}

/** Labels with those below each, in the ontology's order, each with its digit where it has one. */
export function labelRows(labels: readonly Label[]): readonly LabelRow[] {
  const names = new Set(labels.map((label) => label.name));
  const children = new Map<string | null, Label[]>();
  for (const label of labels) {
    const parent = label.parent ?? null;
    const under = parent !== null && names.has(parent) && parent !== label.name ? parent : null;
    children.set(under, [...(children.get(under) ?? []), label]);
  }
  const rows: Omit<LabelRow, "digit">[] = [];
  const seen = new Set<string>();
  const walk = (parent: string | null, depth: number): void => {
    for (const label of children.get(parent) ?? []) {
      if (seen.has(label.name)) continue;
      seen.add(label.name);
      rows.push({ name: label.name, color: label.color ?? null, depth });
      walk(label.name, depth + 1);
    }
  };
  walk(null, 0);
  // Labels that are each other's parents hang under nobody; they are classes all the same.
  for (const label of labels) {
    if (!seen.has(label.name)) rows.push({ name: label.name, color: label.color ?? null, depth: 0 });
  }
  const digits = classDigits(rows.map(({ name }) => name));
  return rows.map((row, at) => ({ ...row, digit: digits[at] ?? null }));
}

/** Names that contain the letters in order, the tightest first. An empty search gives all. */
export function findLabels(rows: readonly LabelRow[], text: string): readonly LabelRow[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return rows;
  return rows
    .map((row) => ({ row, score: fuzzyScore(row.name.toLowerCase(), wanted) }))
    .filter(({ score }) => score !== null)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
    .map(({ row }) => row);
}

/** Smaller is better; null when the letters do not occur in this order. */
export function fuzzyScore(name: string, wanted: string): number | null {
  const at = name.indexOf(wanted);
  if (at >= 0) return at === 0 ? 0 : /[\s_-]/.test(name.charAt(at - 1)) ? 1 : 2 + at / 1000;
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
