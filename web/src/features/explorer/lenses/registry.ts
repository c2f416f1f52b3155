import { IconChartBar, IconLayoutGrid, IconMap2 } from "@tabler/icons-react";
import { lazy } from "react";

import { GridLens, GridTools } from "./GridLens";
import type { Lens } from "./lens";

const DistributionsLens = lazy(async () => ({
  default: (await import("./DistributionsLens")).DistributionsLens,
}));

const MapLens = lazy(async () => ({ default: (await import("./map/MapLens")).MapLens }));

/** Every lens, in the order of the bar; each shows what the one filter matches. */
export const LENSES: readonly [Lens, ...Lens[]] = [
  { key: "grid", name: "Grid", icon: IconLayoutGrid, View: GridLens, Tools: GridTools },
  { key: "map", name: "Map", icon: IconMap2, View: MapLens },
  { key: "distributions", name: "Distributions", icon: IconChartBar, View: DistributionsLens },
];

/** The lens of a key; the first for one that nobody knows. */
export function lensOf(key: string): Lens {
  return LENSES.find((lens) => lens.key === key) ?? LENSES[0];
}
