/** Series over one axis, as a plotting library takes them: all x, and one value or null per series and x. */
import type { ChartSeries } from "./series";

export interface Aligned {
  readonly xs: number[];
  readonly ys: (number | null)[][];
}

/** Every x of any series, sorted, and what each series says there. */
export function alignSeries(series: readonly ChartSeries[]): Aligned {
  const xs = [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const ys = series.map((one) => {
    const found = new Map(one.points.map((point) => [point.x, point.y]));
    return xs.map((x) => found.get(x) ?? null);
  });
  return { xs, ys };
}

/** What a series says nearest to an index: there, else at the closest x that has a value. */
export function valueNear(values: readonly (number | null)[], xs: readonly number[], at: number) {
  const here = xs[at];
  if (here === undefined) return null;
  let best: number | null = null;
  let gap = Infinity;
  for (const [index, value] of values.entries()) {
    const x = xs[index];
    if (value === null || x === undefined) continue;
    const distance = Math.abs(x - here);
    if (distance < gap) {
      gap = distance;
      best = value;
    }
  }
  return best;
}

/** The mean of the last few values at each point, so that a trend shows through noise; nulls stay where they are. */
export function smooth(values: readonly (number | null)[], span: number): (number | null)[] {
  const held: number[] = [];
  return values.map((value) => {
    if (value === null) return null;
    held.push(value);
    if (held.length > span) held.shift();
    return held.reduce((sum, one) => sum + one, 0) / held.length;
  });
}
