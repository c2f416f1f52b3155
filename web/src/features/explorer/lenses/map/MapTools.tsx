import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconArrowsMaximize,
  IconHandStop,
  IconLasso,
  IconMarquee2,
  IconMinus,
  IconPlus,
  IconRefresh,
  type Icon,
} from "@tabler/icons-react";

import { useIsAtLeast } from "@/app/context";
import type { EmbeddingMap } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import classes from "./map.module.css";
import type { MapJob } from "./useMapJob";
import type { MapView, Tool } from "./view";
import { NOT_LISTED, type Points } from "./wire";

const TOOLS: readonly { readonly tool: Tool; readonly name: string; readonly icon: Icon }[] = [
  { tool: "pan", name: "Move the map", icon: IconHandStop },
  { tool: "lasso", name: "Lasso (or drag with Shift)", icon: IconLasso },
  { tool: "box", name: "Box", icon: IconMarquee2 },
];

export interface MapToolsProps {
  readonly view: MapView | null;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly work: MapJob;
  /** Items have come since. */
  readonly isGrowing: boolean;
}

/** Move, surround, zoom, compute again. */
export function MapTools({ view, tool, onTool, work, isGrowing }: MapToolsProps) {
  const isManager = useIsAtLeast("manager");
  const look = [
    { name: "Nearer (+)", icon: IconPlus, on: () => view?.zoomBy(1.5) },
    { name: "Farther (-)", icon: IconMinus, on: () => view?.zoomBy(1 / 1.5) },
    { name: "Show all (0)", icon: IconArrowsMaximize, on: () => view?.showAll() },
  ];
  return (
    <div className={classes.tools} role="toolbar" aria-label="Map" aria-orientation="vertical">
      {TOOLS.map(({ tool: one, name, icon: Icon }) => (
        <Tooltip key={one} label={name} position="right">
          <ActionIcon
            variant={tool === one ? "filled" : "default"}
            aria-label={name}
            aria-pressed={tool === one}
            onClick={() => {
              onTool(one);
            }}
          >
            <Icon size={17} />
          </ActionIcon>
        </Tooltip>
      ))}
      {look.map(({ name, icon: Icon, on }) => (
        <Tooltip key={name} label={name} position="right">
          <ActionIcon variant="default" aria-label={name} onClick={on}>
            <Icon size={17} />
          </ActionIcon>
        </Tooltip>
      ))}
      {isManager && (
        <Tooltip
          label={isGrowing ? "Put the new items on the map" : "Compute the map again, from scratch"}
          position="right"
        >
          <ActionIcon
            variant={isGrowing ? "light" : "default"}
            aria-label="Compute again"
            loading={work.isRunning}
            onClick={() => {
              work.start(!isGrowing);
            }}
          >
            <IconRefresh size={17} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

export interface MapNoteProps {
  readonly map: EmbeddingMap;
  readonly points: Points;
  readonly positions: Uint32Array | null;
  /** Rings in the filter. */
  readonly rings: number;
}

/** How many are shown, how many are not on the map, and what the map cannot show. */
export function MapNote({ map, points, positions, rings }: MapNoteProps) {
  const listed = positions === null ? points.count : positions.filter((one) => one !== NOT_LISTED).length;
  const note = typeof map.params.note === "string" ? map.params.note : "";
  const said = [
    listed === points.count
      ? `${formatCount(points.count)} on the map`
      : `${formatCount(listed)} of ${formatCount(points.count)} on the map match the filter`,
    map.n_missing > 0 ? `${formatCount(map.n_missing)} items are not on it` : "",
    note,
    rings === 0 ? "drag with Shift to surround some" : "",
  ];
  return (
    <div className={classes.note} role="status">
      {said.filter((one) => one !== "").join(" · ")}
    </div>
  );
}
