/** Buckets of facets in words. */
import type { FacetBucket } from "@/api/schema.gen";

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });

/** A number as short as it can be read: 1.2K, 0.35, 640. */
export function shortNumber(value: number): string {
  return compact.format(value);
}

export function nameBucket({ value, low, high, title }: FacetBucket): string {
  if (typeof title === "string") return title;
  if (typeof low === "number" && typeof high === "number")
    return `${shortNumber(low)} – ${shortNumber(high)}`;
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
