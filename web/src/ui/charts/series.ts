/** What a line chart draws. */

export interface ChartPoint {
  readonly x: number;
  readonly y: number | null;
  /** Ends of an interval around `y`. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** A word about this point, such as "promoted". */
  readonly note?: string;
  /** A filled mark stands out against hollow ones. */
  readonly isStrong?: boolean;
}

export interface ChartSeries {
  readonly key: string;
  readonly name: string;
  /** A CSS colour. */
  readonly color: string;
  readonly points: readonly ChartPoint[];
  readonly isDashed?: boolean;
  readonly hasMarks?: boolean;
  /** Marks without a line between them. */
  readonly hasNoLine?: boolean;
  /** Intervals as one area along the line, not as a whisker at each point. */
  readonly hasBand?: boolean;
}

/** Colours that can be told apart in both schemes, the first for what matters most. */
export const SERIES_COLORS = [
  "var(--mantine-color-whorl-7)",
  "var(--mantine-color-orange-6)",
  "var(--mantine-color-violet-5)",
  "var(--mantine-color-pink-6)",
  "var(--mantine-color-lime-7)",
  "var(--mantine-color-blue-5)",
] as const;

export const QUIET_COLOR = "var(--mantine-color-gray-6)";

/** The colour of the n-th series. */
export function seriesColor(at: number): string {
  return SERIES_COLORS[at % SERIES_COLORS.length] ?? QUIET_COLOR;
}

/** Every x at which some series has a value, sorted, each once. */
export function sortedXs(series: readonly ChartSeries[]): number[] {
  const found = new Set<number>();
  for (const one of series) for (const point of one.points) if (point.y !== null) found.add(point.x);
  return [...found].sort((a, b) => a - b);
}

/** What each series says at an x; a series without a point there stays silent. */
export function readAt(
  series: readonly ChartSeries[],
  x: number,
): readonly { readonly series: ChartSeries; readonly point: ChartPoint }[] {
  return series.flatMap((one) => {
    const point = one.points.findLast((each) => each.x === x && each.y !== null);
    return point === undefined ? [] : [{ series: one, point }];
  });
}
