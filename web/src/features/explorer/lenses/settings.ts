/** How the lenses look: kept by this browser for each dataset, and in saved views. */
import { useLocalStorage } from "@mantine/hooks";
import { useMemo } from "react";

import { ALL_LAYERS, parseLayers, type LayerSettings } from "../grid/layers";

export const TILE_PX = { least: 56, most: 320, usual: 132 } as const;

export interface LensSettings {
  readonly tilePx: number;
  readonly layers: LayerSettings;
}

const USUAL: LensSettings = { tilePx: TILE_PX.usual, layers: ALL_LAYERS };

/** Settings from anything: what a saved view holds, what an older app kept. */
export function parseSettings(value: unknown): LensSettings {
  if (typeof value !== "object" || value === null) return USUAL;
  const tile = "tilePx" in value && typeof value.tilePx === "number" ? value.tilePx : USUAL.tilePx;
  const layers = "layers" in value ? parseLayers(value.layers) : ALL_LAYERS;
  return { tilePx: Math.min(TILE_PX.most, Math.max(TILE_PX.least, Math.round(tile))), layers };
}

export function useLensSettings(datasetId: string): [LensSettings, (next: LensSettings) => void] {
  const [kept, keep] = useLocalStorage<unknown>({
    key: `whorl-lens:${datasetId}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  });
  const settings = useMemo(() => parseSettings(kept), [kept]);
  return [settings, keep];
}
