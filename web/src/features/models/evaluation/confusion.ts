/** A cell of the confusion table in words and as a query. Pure. */
import type { FindingTerms } from "@/api/queryText";
import type { Examination } from "@/api/schema.gen";

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** What the findings behind a cell have in common; the last row and column stand for nothing. */
export function findingOf(
  { labels }: Pick<Examination, "labels">,
  { row, column }: Cell,
): Omit<FindingTerms, "evaluationId"> {
  const truth = labels[row];
  const predicted = labels[column];
  if (truth === undefined) return { type: "spurious", predicted };
  if (predicted === undefined) return { type: "missed", truth };
  return row === column ? { type: "correct", truth } : { type: "confused", truth, predicted };
}

export interface Pair extends Cell {
  readonly count: number;
  readonly said: string;
}

/** The cells off the diagonal that count most. */
export function worstPairs(examined: Pick<Examination, "labels" | "matrix">, most: number): Pair[] {
  const { labels, matrix } = examined;
  const pairs = matrix.flatMap((counts, row) =>
    counts.flatMap((count, column) =>
      count === 0 || row === column ? [] : [{ row, column, count, said: sayPair(labels, { row, column }) }],
    ),
  );
  return pairs.sort((a, b) => b.count - a.count).slice(0, most);
}

function sayPair(labels: readonly string[], { row, column }: Cell): string {
  const truth = labels[row];
  const predicted = labels[column];
  if (truth === undefined) return `${predicted ?? "?"} where nothing is`;
  if (predicted === undefined) return `${truth} missed`;
  return `${truth} taken for ${predicted}`;
}
