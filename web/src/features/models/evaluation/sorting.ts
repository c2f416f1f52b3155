/** Rows of a table by a column: nulls last whichever way. */
import type { ClassRow } from "@/api/schema.gen";

export type ClassSortKey =
  "label" | "metric" | "precision" | "recall" | "f1" | "ap" | "iou" | "dice" | "n_truth";
export type Way = "ascending" | "descending";

export interface Sort<Key> {
  readonly key: Key;
  readonly way: Way;
}

export type ClassSort = Sort<ClassSortKey>;

/** The same column again turns around, then lets go. */
export function nextSort<Key>(sort: Sort<Key> | null, key: Key): Sort<Key> | null {
  if (sort === null || sort.key !== key) return { key, way: "ascending" };
  return sort.way === "ascending" ? { key, way: "descending" } : null;
}

export function sortClasses(rows: readonly ClassRow[], sort: ClassSort | null): readonly ClassRow[] {
  return sort === null ? rows : sortBy(rows, (row) => row[sort.key] ?? null, sort.way);
}

/** Sorted by a number or a text; what has none comes last either way. */
export function sortBy<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => number | string | null,
  way: Way,
): Row[] {
  const turn = way === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const one = valueOf(a);
    const other = valueOf(b);
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    const order =
      typeof one === "number" && typeof other === "number"
        ? one - other
        : String(one).localeCompare(String(other), "en", { numeric: true });
    return order * turn;
  });
}
