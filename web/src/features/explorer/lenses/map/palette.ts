/** Colours of a legend: by label, by category, or from low to high; each tells from the ground in light and dark. */
import type { Label, MapColours } from "@/api/schema.gen";
import { labelColor } from "@/ui/labelColor";

export type Scheme = "light" | "dark";

const CATEGORIES = [
  "#1f9aa8", "#e8833a", "#6a5acd", "#d64550", "#4c9f38", "#c2559d", "#b08d1e", "#3f7fd1",
  "#8c6d4f", "#7fb241", "#a35bd6", "#e06c8b", "#2f8f6b", "#d9a514", "#5773b8", "#b5542f",
  "#50a7c2", "#967bb6", "#97a12c", "#7a5c58",
]; // prettier-ignore
const KNOWN: Readonly<Record<string, string>> = {
  train: "#1f9aa8", validation: "#d9a514", test: "#6a5acd", labelled: "#4c9f38", empty: "#d9a514",
  missed: "#d64550", confused: "#e8833a", spurious: "#a35bd6", correct: "#4c9f38",
  chosen: "#d64550", random: "#3f7fd1", copy: "#e8833a", kept: "#1f9aa8",
}; // prettier-ignore
/** Dark blue over green to yellow: the order is seen without colour, too. */
const LADDER = ["#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#d8c91c"];
const REST: Readonly<Record<Scheme, string>> = { light: "#b3bac1", dark: "#6d747b" };
const DIM: Readonly<Record<Scheme, string>> = { light: "#e3e6e9", dark: "#3c4147" };

/** The colour of each category of a legend, as `#rrggbb`. */
export function colorsOf(legend: MapColours, labels: readonly Label[], scheme: Scheme): string[] {
  const named = legend.categories.filter((one) => !one.is_rest);
  return legend.categories.map((one) => {
    if (one.is_rest) return REST[scheme];
    const at = named.indexOf(one);
    if (legend.is_ordered) {
      const step = named.length < 2 ? 0 : Math.round((at * (LADDER.length - 1)) / (named.length - 1));
      return LADDER[step] ?? REST[scheme];
    }
    if (legend.by === "label") return labelColor(one.value, [...labels]);
    return KNOWN[one.value] ?? CATEGORIES[at % CATEGORIES.length] ?? REST[scheme];
  });
}

export function dimColor(scheme: Scheme): string {
  return DIM[scheme];
}

/** A `#rrggbb` as the four bytes of a pixel, in the order in which they lie in memory. */
export function toPixel(color: string): number {
  const value = Number.parseInt(color.slice(1, 7), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
