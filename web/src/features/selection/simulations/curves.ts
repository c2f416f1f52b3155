/** A simulation's numbers as lines, rows and sentences. Pure. */
import type { CostForecast, SimulatedCurve, SimulatedSaving, Simulation } from "@/api/schema.gen";
import { QUIET_COLOR, seriesColor, type ChartSeries } from "@/ui/charts/series";
import { formatCount, formatSeconds, formatShare } from "@/ui/format";

import { strategyTitle } from "../strategies";

/** A line with its band for each strategy; chance is grey and dashed. */
export function curveSeries(curves: readonly SimulatedCurve[]): ChartSeries[] {
  const others = curves.filter((one) => one.strategy !== "random");
  const sorted = [...others, ...curves.filter((one) => one.strategy === "random")];
  return sorted.map((curve, at) => ({
    key: curve.strategy,
    name: strategyTitle(curve.strategy),
    color: curve.strategy === "random" ? QUIET_COLOR : seriesColor(at),
    isDashed: curve.strategy === "random",
    hasBand: true,
    points: curve.labels.map((x, index) => ({
      x,
      y: curve.mean[index] ?? null,
      low: curve.low[index] ?? null,
      high: curve.high[index] ?? null,
    })),
  }));
}

/** All budgets of all strategies, sorted, each once: the rows of the table beside the picture. */
export function budgetsOf(curves: readonly SimulatedCurve[]): number[] {
  return [...new Set(curves.flatMap((one) => one.labels))].sort((a, b) => a - b);
}

/** A strategy's mean and interval at a number of labels; null where it was not measured. */
export function readCurve(
  curve: SimulatedCurve,
  labels: number,
): { readonly mean: number; readonly low: number; readonly high: number } | null {
  const at = curve.labels.indexOf(labels);
  const mean = curve.mean[at];
  if (mean === undefined) return null;
  return { mean, low: curve.low[at] ?? mean, high: curve.high[at] ?? mean };
}

export interface Verdict {
  readonly color: "green" | "gray" | "red";
  readonly text: string;
}

/** Whether a saving is proven, open or the other way round: by its interval against zero. */
export function judge({ saving, low, high }: Pick<SimulatedSaving, "saving" | "low" | "high">): Verdict {
  if (saving === null) return { color: "gray", text: "never reached" };
  if (low !== null && low > 0) return { color: "green", text: "saves" };
  if (high !== null && high < 0) return { color: "red", text: "costs more" };
  return { color: "gray", text: "not told apart" };
}

/** "48 % (31 % to 60 %)". */
export function savingText({ saving, low, high }: Pick<SimulatedSaving, "saving" | "low" | "high">): string {
  if (saving === null) return "none";
  const between = low === null || high === null ? "" : ` (${formatShare(low, 0)} to ${formatShare(high, 0)})`;
  return `${formatShare(saving, 0)}${between}`;
}

/** What a forecast says: labels with their interval, and people's time where it is known. */
export function forecastText(forecast: CostForecast): string {
  const { labels, low, high, seconds } = forecast;
  if (labels === null) return "not within reach";
  const between =
    low === null || high === null
      ? ""
      : ` (${formatCount(Math.round(low))} to ${formatCount(Math.round(high))})`;
  const time = seconds === null ? "" : `, ${formatSeconds(seconds)} of work`;
  return `${formatCount(Math.round(labels))} labels${between}${time}`;
}

/** The best saving at the largest share that was reached, for the list of simulations. */
export function bestSaving(simulation: Pick<Simulation, "savings">): SimulatedSaving | null {
  const told = simulation.savings.filter((one) => one.saving !== null && one.strategy !== "random");
  const share = Math.max(...told.map((one) => one.at_share));
  const there = told.filter((one) => one.at_share === share);
  return there.sort((a, b) => (b.saving ?? 0) - (a.saving ?? 0))[0] ?? null;
}
