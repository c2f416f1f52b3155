/** What a conversion does, in words. */
import type { ConvertReport } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

function shapes(count: number): string {
  return count === 1 ? "1 shape" : `${formatCount(count)} shapes`;
}

/** "Converts 12 shapes on 3 items; 4 are that already, 1 cannot be." */
export function convertWords(report: ConvertReport): string {
  const { n_converted, n_items, n_unchanged, n_refused, worst_iou } = report;
  if (n_converted + n_unchanged + n_refused === 0) return "There are no shapes here.";
  const items = n_items === 1 ? "1 item" : `${formatCount(n_items)} items`;
  const rest = [
    ...(n_unchanged > 0 ? [`${formatCount(n_unchanged)} stay as they are`] : []),
    ...(n_refused > 0 ? [`${formatCount(n_refused)} cannot be converted`] : []),
  ];
  const verb = report.is_dry_run ? "Would convert" : "Converted";
  const first = `${verb} ${shapes(n_converted)} on ${items}${rest.length > 0 ? `; ${rest.join(", ")}` : ""}.`;
  const worst =
    worst_iou === null ? "" : ` The least overlap of a new shape with the old is ${worst_iou.toFixed(2)}.`;
  return first + worst;
}

/** A line for each reason why shapes are refused, the most frequent first. */
export function refusedWords({ refused }: Pick<ConvertReport, "refused">): readonly string[] {
  return Object.entries(refused ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${formatCount(count)}: ${reason}`);
}
