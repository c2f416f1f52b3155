/** The share of good answers as feedback comes in. Pure. */
import type { Feedback } from "@/api/schema.gen";
import type { ChartPoint } from "@/ui/charts/series";

/** How many judged answers each share is of. */
export const WINDOW = 20;

/** After each feedback, the share of good ones among the newest; feedback is given newest first, x is in minutes. */
export function goodShares(
  listed: readonly Pick<Feedback, "at" | "verdict">[],
  window: number = WINDOW,
): ChartPoint[] {
  const held: boolean[] = [];
  const points: ChartPoint[] = [];
  for (const one of [...listed].reverse()) {
    held.push(one.verdict === "ok");
    if (held.length > window) held.shift();
    points.push({ x: Date.parse(one.at) / 60_000, y: held.filter(Boolean).length / held.length });
  }
  return points;
}
