/** Findings of each class from a table of confusion. Pure. */
import type { Examination } from "@/api/schema.gen";

export interface ClassCounts {
  readonly label: string;
  readonly correct: number;
  readonly confused: number;
  readonly missed: number;
  readonly spurious: number;
}

/** One row for each class, those with most mistakes first; nothing where the table counts pixels. */
export function classCounts(
  examined: Pick<Examination, "labels" | "matrix" | "has_nothing" | "score_threshold">,
): ClassCounts[] {
  const { labels, matrix, has_nothing: hasNothing, score_threshold: threshold } = examined;
  if (hasNothing && (threshold ?? null) === null) return [];
  const nothing = labels.length;
  const rows = labels.map((label, at) => ({
    label,
    correct: matrix[at]?.[at] ?? 0,
    confused: labels.reduce((sum, _, other) => sum + (other === at ? 0 : (matrix[at]?.[other] ?? 0)), 0),
    missed: hasNothing ? (matrix[at]?.[nothing] ?? 0) : 0,
    spurious: hasNothing ? (matrix[nothing]?.[at] ?? 0) : 0,
  }));
  const wrong = (row: ClassCounts) => row.confused + row.missed + row.spurious;
  return rows.sort((a, b) => wrong(b) - wrong(a) || a.label.localeCompare(b.label));
}
