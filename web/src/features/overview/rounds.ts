/** Rounds of champion and challenger as lines, and the labels saved in honest words. */
import { metricTitle } from "@/api/metrics";
import type { Overview } from "@/api/schema.gen";
import { QUIET_COLOR, seriesColor, type ChartPoint, type ChartSeries } from "@/ui/charts/series";
import { formatShare } from "@/ui/format";

export type Round = Overview["rounds"][number];
export type Saving = NonNullable<Overview["label_saving"]>;

const NOTES: Readonly<Record<string, string>> = { promote: "promoted", keep: "not promoted", tie: "tie" };

/** Champion and challenger against the labels spent, the control arm apart. */
export function roundSeries(rounds: readonly Round[]): ChartSeries[] {
  const arms = [...new Set(rounds.map((one) => one.arm))];
  const main = arms.filter((arm) => rounds.some((one) => one.arm === arm && !one.is_control));
  const control = arms.filter((arm) => !main.includes(arm));
  const several = main.length > 1;
  return [
    ...main.flatMap((arm, at): ChartSeries[] => {
      const found = ofArm(rounds, arm);
      const suffix = several ? `, ${arm}` : "";
      return [
        {
          key: `${arm} champion`,
          name: `Champion${suffix}`,
          color: seriesColor(at * 2),
          points: found.map((one) => ({ x: one.labels, y: one.best })),
          hasMarks: true,
        },
        {
          key: `${arm} challenger`,
          name: `Challenger${suffix}`,
          color: seriesColor(at * 2 + 1),
          points: found.map(challengerPoint),
          hasMarks: true,
          hasNoLine: true,
        },
      ];
    }),
    ...control.map((arm) => ({
      key: arm,
      name: control.length > 1 ? `Chosen at random, ${arm}` : "Chosen at random",
      color: QUIET_COLOR,
      isDashed: true,
      points: ofArm(rounds, arm).map((one) => ({ x: one.labels, y: one.best })),
    })),
  ];
}

function ofArm(rounds: readonly Round[], arm: string): Round[] {
  return rounds.filter((one) => one.arm === arm).sort((a, b) => a.labels - b.labels);
}

function challengerPoint(round: Round): ChartPoint {
  return {
    x: round.labels,
    y: round.challenger,
    note: NOTES[round.decision] ?? round.decision,
    isStrong: round.decision === "promote",
  };
}

/** The metric that rounds were decided by. */
export function roundMetric(rounds: readonly Round[]): string {
  const last = rounds.at(-1);
  return last === undefined ? "Metric" : metricTitle(last.metric_name);
}

/** Whether a saving is proven, disproven, or neither. */
export function savingTone(saving: Pick<Saving, "low" | "high" | "unproven">): {
  word: string;
  color: string;
} {
  if (saving.high < 0) return { word: "costs labels", color: "red" };
  if (saving.unproven || saving.low <= 0) return { word: "unproven", color: "yellow" };
  return { word: "proven", color: "green" };
}

/** The saving's interval and what may be said of it. */
export function saySaving(saving: Pick<Saving, "low" | "high" | "unproven">): string {
  const interval = `interval ${formatShare(saving.low, 0)} to ${formatShare(saving.high, 0)}`;
  if (saving.high < 0) return `${interval}: choosing at random does better here`;
  if (saving.low <= 0) return `${interval}: it includes zero, so it may be chance`;
  if (saving.unproven) return `${interval}: too few rounds to be sure`;
  return interval;
}
