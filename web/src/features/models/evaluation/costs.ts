/** What mistakes may cost, and which row of a report a threshold means. */
import type { ThresholdRow } from "@/api/schema.gen";

/** Only their ratio decides; a few round ones are enough to say it. */
export const COSTS: readonly number[] = [0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

export function nearestRow(rows: readonly ThresholdRow[], threshold: number): ThresholdRow | null {
  let best: ThresholdRow | null = null;
  for (const row of rows) {
    if (best === null || Math.abs(row.threshold - threshold) < Math.abs(best.threshold - threshold))
      best = row;
  }
  return best;
}
