import { Group, Slider } from "@mantine/core";
import { IconPhoto } from "@tabler/icons-react";
import { useMemo } from "react";

import classes from "../explorer.module.css";
import { ItemGrid } from "../grid/ItemGrid";
import { inkFor } from "../grid/layers";

import type { LensProps } from "./lens";
import { LayersMenu } from "./LayersMenu";
import { TILE_PX } from "./settings";

const BIG_TILE_PX = 120;

/** Thumbnails of the matching items. */
export function GridLens({ listing, feed, labels, settings, selection, ...rest }: LensProps) {
  const lineWidth = settings.tilePx >= BIG_TILE_PX ? 1.5 : 1;
  const ink = useMemo(
    () => inkFor({ settings: settings.layers, labels, lineWidth }),
    [settings.layers, labels, lineWidth],
  );
  return (
    <ItemGrid
      key={rest.filter.datasetId}
      count={listing.count}
      feed={feed}
      ink={ink}
      wantedPx={settings.tilePx}
      selection={selection}
      onSelect={rest.onSelect}
      active={rest.active}
      onActive={rest.onActive}
      onOpen={rest.onOpen}
    />
  );
}

/** Which layers, and how large. */
export function GridTools({ sources, settings, onSettings }: LensProps) {
  return (
    <Group gap="sm" wrap="nowrap">
      <LayersMenu
        sources={sources}
        settings={settings.layers}
        onChange={(layers) => {
          onSettings({ ...settings, layers });
        }}
      />
      <Group gap={6} wrap="nowrap" className={classes.wide}>
        <IconPhoto size={13} aria-hidden="true" />
        <Slider
          w={92}
          size="sm"
          label={null}
          thumbLabel="Size of the thumbnails"
          min={TILE_PX.least}
          max={TILE_PX.most}
          step={4}
          value={settings.tilePx}
          onChange={(tilePx) => {
            onSettings({ ...settings, tilePx });
          }}
        />
        <IconPhoto size={19} aria-hidden="true" />
      </Group>
    </Group>
  );
}
