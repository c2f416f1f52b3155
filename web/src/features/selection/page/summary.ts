/** Reading a selection's summary, whose shape the published description leaves open. Pure. */
import { asList, asNumber, asRecord, asText } from "@/api/json";
import type { Selection, SelectionItem } from "@/api/schema.gen";

export interface Count {
  readonly name: string;
  readonly count: number;
}

export interface Summary {
  /** Sentences on the choice as a whole. */
  readonly why: readonly string[];
  readonly bySource: readonly Count[];
  readonly leftOut: readonly Count[];
  readonly bytes: number | null;
  /** Of people's work. */
  readonly seconds: number | null;
  readonly tookSeconds: number | null;
  readonly coverage: { readonly before: number | null; readonly after: number } | null;
}

export function readSummary({ summary }: Pick<Selection, "summary">): Summary {
  const coverage = asRecord(summary.coverage);
  const after = asNumber(coverage.after) ?? asNumber(summary.coverage_after);
  const before = asNumber(coverage.before) ?? asNumber(summary.coverage_before);
  const why = asText(summary.why);
  return {
    why: why === null ? asList(summary.why).flatMap((one) => asText(one) ?? []) : [why],
    bySource: readCounts(summary.by_source),
    leftOut: readCounts(summary.left_out).filter((one) => one.count > 0),
    bytes: asNumber(summary.bytes),
    seconds: asNumber(summary.seconds),
    tookSeconds: asNumber(summary.took_seconds),
    coverage: after === null ? null : { before, after },
  };
}

function readCounts(raw: unknown): Count[] {
  return Object.entries(asRecord(raw))
    .flatMap(([name, value]) => {
      const count = asNumber(value) ?? asNumber(asRecord(value).chosen) ?? asNumber(asRecord(value).n);
      return count === null ? [] : [{ name, count }];
    })
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

export interface Detail {
  readonly name: string;
  readonly value: unknown;
}

/** What the reason of an item rests on, without the neighbour, which is shown as a picture. */
export function detailsOf({ details }: Pick<SelectionItem, "details">): Detail[] {
  return Object.entries(details)
    .filter(([name, value]) => name !== "nearest_labelled" && value !== null)
    .map(([name, value]) => ({ name, value }));
}

/** The labelled item that an item is most like; null when nothing was labelled or it was not asked. */
export function nearestOf({ details }: Pick<SelectionItem, "details">): string | null {
  return asText(details.nearest_labelled) ?? asText(asRecord(details.nearest_labelled).item_id);
}

/** The text of a query that finds a selection. */
export function selectionQueryText(selectionId: string): string {
  return `selection:${selectionId}`;
}

/** The next place of the keyboard in a grid. */
export function stepTo(options: {
  readonly key: string;
  readonly at: number;
  readonly columns: number;
  readonly count: number;
}): number | null {
  const { key, at, columns, count } = options;
  const by: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
  };
  if (key === "Home") return count === 0 ? null : 0;
  if (key === "End") return count === 0 ? null : count - 1;
  const step = by[key];
  if (step === undefined || count === 0) return null;
  const next = at + step;
  return next < 0 || next >= count ? null : next;
}
