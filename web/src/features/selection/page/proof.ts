/** What the proof of a selection says, as lines and sentences. Pure. */
import type { SelectionProof } from "@/api/schema.gen";
import { QUIET_COLOR, seriesColor, type ChartSeries } from "@/ui/charts/series";
import { formatShare } from "@/ui/format";

/** The two arms as lines of a chart; none without points. */
export function armsOf({ chosen, random }: Pick<SelectionProof, "chosen" | "random">): ChartSeries[] {
  const points = (pairs: SelectionProof["chosen"]) => (pairs ?? []).map(([x, y]) => ({ x, y }));
  const arms: ChartSeries[] = [
    { key: "chosen", name: "chosen", color: seriesColor(0), points: points(chosen), hasMarks: true },
    {
      key: "random",
      name: "by chance",
      color: QUIET_COLOR,
      points: points(random),
      isDashed: true,
      hasMarks: true,
    },
  ];
  return arms.filter((one) => one.points.length > 0);
}

/** The verdict with its interval; null while there is none. */
export function savingWords({ saving, low, high }: SelectionProof): string | null {
  if (typeof saving !== "number") return null;
  const between =
    typeof low === "number" && typeof high === "number"
      ? ` (95 % between ${formatShare(low, 0)} and ${formatShare(high, 0)})`
      : "";
  const isSure = typeof low === "number" && low > 0;
  if (saving >= 0) {
    const start = `${formatShare(saving, 0)} of the labels saved against chance${between}.`;
    return isSure || between === "" ? start : `${start} The interval reaches zero: it is not proven yet.`;
  }
  return `Chance did better here: ${formatShare(-saving, 0)} more labels were needed${between}.`;
}

/** What the next hundred labels promise; null when that is not known. */
export function gainWords({ next_hundred: gain, metric_name: metric }: SelectionProof): string | null {
  if (typeof gain !== "number") return null;
  const name = typeof metric === "string" && metric !== "" ? metric : "the metric";
  if (gain < 0.0005) return `100 more labels promise next to nothing for ${name}.`;
  return `100 more labels promise about +${gain.toFixed(3)} ${name}.`;
}
