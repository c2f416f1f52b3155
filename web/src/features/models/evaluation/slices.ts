/** Slices in words and as queries. Pure. */
import { writeFinding, writeValue } from "@/api/queryText";
import type { SliceRow } from "@/api/schema.gen";

/** `field:metadata.camera` as "by metadata.camera", a query as it is. */
export function sayAsked(slice: string): string {
  if (slice.startsWith("field:")) return `by ${slice.slice("field:".length)}`;
  return slice.replace(/^query:/u, "");
}

/** The mistakes on a slice's items, as a query for the explorer; all of its items where it cannot be written as text. */
export function sliceQuery(row: Pick<SliceRow, "query" | "field" | "value">, evaluationId: string): string {
  const finding = writeFinding({ evaluationId });
  if (typeof row.field === "string") {
    const value = row.value ?? null;
    const term = value === null ? `-has:${row.field}` : `${row.field}:${sayValue(value)}`;
    return `${term} ${finding}`;
  }
  return typeof row.query === "string" ? `${row.query} ${finding}` : finding;
}

function sayValue(value: string | number | boolean): string {
  return typeof value === "string" ? writeValue(value) : String(value);
}

/** Red or green where the interval of the gap leaves out zero, and there are enough items to say so. */
export function sliceColor(row: Pick<SliceRow, "delta_interval" | "is_small">): string | undefined {
  const interval = row.delta_interval ?? null;
  if (interval === null || row.is_small) return undefined;
  if (interval.high < 0) return "red";
  return interval.low > 0 ? "green" : undefined;
}
