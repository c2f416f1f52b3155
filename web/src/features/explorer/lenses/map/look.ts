/** What a map looks like under a filter, a legend and what the reader hid: plain data for the canvas. */
import type { Label } from "@/api/schema.gen";
import { splitTerms } from "@/query/terms";

import type { Spot } from "./camera";
import { colorsOf, dimColor, toPixel, type Scheme } from "./palette";
import { readRing } from "./ring";
import { layerOrder } from "./splat";
import type { Look } from "./view";
import { NOT_LISTED, type Colours, type Points } from "./wire";

export interface LookOptions {
  readonly points: Points;
  readonly colours: Colours | null;
  /** Position of each point in the listing; null while it is not known. */
  readonly positions: Uint32Array | null;
  /** Values of categories that are not drawn. */
  readonly hidden: ReadonlySet<string>;
  readonly labels: readonly Label[];
  readonly scheme: Scheme;
  readonly rings: readonly (readonly Spot[])[];
}

export function lookOf({ points, colours, positions, hidden, labels, scheme, rings }: LookOptions): Look {
  const { count } = points;
  const categories = colours?.legend.categories ?? [];
  const hexes = colours === null ? [] : colorsOf(colours.legend, labels, scheme);
  const pixels = Uint32Array.from(hexes, toPixel);
  const isOff = categories.map((one) => hidden.has(one.value));
  const isRestAt = categories.map((one) => one.is_rest);
  const codes = colours?.codes;
  const dim = toPixel(dimColor(scheme));
  const plain = toPixel("#1f9aa8");
  const isListed = (point: number) => positions === null || positions[point] !== NOT_LISTED;
  const isHidden = (point: number) => isOff[codes?.[point] ?? 0] === true;
  const colors = new Uint32Array(count);
  for (let point = 0; point < count; point += 1) {
    colors[point] = isListed(point) ? (pixels[codes?.[point] ?? 0] ?? plain) : dim;
  }
  return {
    colors,
    order: layerOrder({
      count,
      isListed,
      isHidden,
      isRest: (point) => isRestAt[codes?.[point] ?? 0] === true,
    }),
    isShown: (point) => !isHidden(point),
    rings,
    ink: scheme === "dark" ? "#f1f3f5" : "#212529",
  };
}

/** The rings of a map that the filter draws; those it excludes too. */
export function ringsIn(q: string, mapId: string): readonly (readonly Spot[])[] {
  return splitTerms(q)
    .map((term) => readRing(mapId, term.isNegated ? term.text.slice(1) : term.text))
    .flatMap((ring) => (ring === null || ring.length < 3 ? [] : [ring]));
}

/** How many points of each category are listed, in the order of the legend. */
export function countListed(colours: Colours, positions: Uint32Array | null): number[] {
  const counts = colours.legend.categories.map(() => 0);
  for (const [point, code] of colours.codes.entries()) {
    if (positions === null || positions[point] !== NOT_LISTED) counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
