import { Select, useComputedColorScheme } from "@mantine/core";
import { useElementSize, useLocalStorage } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { channelsQuery, coloursQuery, positionsQuery } from "@/api/queries/maps";
import type { EmbeddingMap } from "@/api/schema.gen";
import { replaceLike } from "@/query/edit";
import { ProblemNote } from "@/ui/ProblemNote";

import type { LensProps } from "../lens";

import type { Spot } from "./camera";
import { CoverageButton } from "./CoverageDialog";
import { Legend } from "./Legend";
import { lookOf, ringsIn } from "./look";
import classes from "./map.module.css";
import { MapCanvas } from "./MapCanvas";
import { MapProgress } from "./MapLens";
import { MapNote, MapTools } from "./MapTools";
import { colorsOf } from "./palette";
import { PointCard } from "./PointCard";
import { countInside, ringTerm, simplify } from "./ring";
import type { MapJob } from "./useMapJob";
import type { MapView, Tool } from "./view";
import { NOT_LISTED, readColours, readPositions, type Points } from "./wire";

const NO_VALUES: ReadonlySet<string> = new Set();

export interface MapStageProps extends LensProps {
  readonly map: EmbeddingMap;
  readonly points: Points;
  readonly work: MapJob;
}

/** A map with its legend and tools. */
export function MapStage(props: MapStageProps) {
  const { map, points, work, filter, listing, labels, onQuery, onOpen, onActive, active } = props;
  const scheme = useComputedColorScheme("light");
  const [by, setBy] = useLocalStorage({
    key: `whorl-map-by:${filter.datasetId}`,
    defaultValue: "label",
    getInitialValueInEffect: false,
  });
  const [tool, setTool] = useState<Tool>("pan");
  const [hiddenOf, setHidden] = useState({ by: "", values: NO_VALUES });
  const [hovered, setHovered] = useState<{ point: number; spot: Spot } | null>(null);
  const [view, setView] = useState<MapView | null>(null);
  const { ref, width, height } = useElementSize();
  const channels = useQuery(channelsQuery(map.id)).data ?? [];
  const known = useColours({ map, points, by, listing });
  const { colours, positions } = known;
  const hidden = hiddenOf.by === by ? hiddenOf.values : NO_VALUES;
  const rings = useMemo(() => ringsIn(filter.q, map.id), [filter.q, map.id]);
  const look = useMemo(
    () => lookOf({ points, colours, positions, hidden, labels, scheme, rings }),
    [points, colours, positions, hidden, labels, scheme, rings],
  );
  const open = (point: number) => {
    const position = positions?.[point];
    if (position === undefined || position === NOT_LISTED) return;
    onActive(position);
    onOpen(position);
  };
  const activePoint = useMemo(
    () => (active === null || positions === null ? null : positions.indexOf(active)),
    [active, positions],
  );
  const surround = (ring: readonly Spot[]) => {
    const term = ringTerm(map.id, ring);
    if (term !== "" && countInside(simplify(ring), points.places) > 0) onQuery(replaceLike(filter.q, term));
    setTool("pan");
  };
  const code = hovered === null ? undefined : colours?.codes[hovered.point];
  return (
    <div className={classes.lens}>
      <div className={classes.stage} ref={ref}>
        <MapCanvas
          {...{ points, look, tool }}
          active={activePoint === -1 ? null : activePoint}
          label={`Map of ${String(points.count)} items. Arrows move it, plus and minus zoom, 0 shows all.`}
          onReady={setView}
          onHover={setHovered}
          onOpen={open}
          onRing={surround}
        />
        <MapTools {...{ view, tool, work }} onTool={setTool} isGrowing={map.n_missing > 0} />
        <MapNote {...{ map, points, positions }} rings={rings.length} />
        <PointCard
          mapId={map.id}
          at={hovered}
          view={{ width, height }}
          said={code === undefined ? "" : (colours?.legend.categories[code]?.title ?? "")}
        />
      </div>
      <aside className={classes.legend} aria-label="Colours">
        <Select
          size="xs"
          mb="sm"
          label="Colour by"
          allowDeselect={false}
          comboboxProps={{ withinPortal: true }}
          data={channels.map((one) => ({ value: one.by, label: one.title }))}
          value={by}
          onChange={(value) => {
            if (value !== null) setBy(value);
          }}
        />
        {known.error !== null && <ProblemNote error={known.error} />}
        {colours !== null && (
          <Legend
            {...{ colours, positions, hidden, onQuery }}
            colors={colorsOf(colours.legend, labels, scheme)}
            q={filter.q}
            onHidden={(values) => {
              setHidden({ by, values });
            }}
          />
        )}
        <CoverageButton datasetId={filter.datasetId} q={filter.q} />
        <MapProgress work={work} />
      </aside>
    </div>
  );
}

function useColours({
  map,
  points,
  by,
  listing,
}: Pick<MapStageProps, "map" | "points" | "listing"> & { readonly by: string }) {
  const colours = useQuery(coloursQuery({ mapId: map.id, by }));
  const positions = useQuery({
    ...positionsQuery({ mapId: map.id, listingId: listing.id }),
    enabled: listing.is_complete,
  });
  const { count } = points;
  return {
    error: colours.data === undefined ? colours.error : null,
    colours: useMemo(
      () => (colours.data === undefined ? null : readColours(colours.data, count)),
      [colours.data, count],
    ),
    positions: useMemo(
      () => (positions.data === undefined ? null : readPositions(positions.data, count)),
      [positions.data, count],
    ),
  };
}
