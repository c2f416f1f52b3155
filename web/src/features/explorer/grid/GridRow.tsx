import { IconCheck, IconPhotoOff } from "@tabler/icons-react";
import { memo, useLayoutEffect, useRef } from "react";

import type { Finding, GridAnnotation, Item } from "@/api/schema.gen";
import { VideoMark } from "@/ui/VideoMark";

import { drawFindings } from "../findings/draw";

import { drawTile, type Ink } from "./draw";
import type { GridFeed } from "./feed";
import classes from "./grid.module.css";
import type { Layout } from "./scroll";
import { isSelected, type Selection } from "./selection";

export interface GridRowProps {
  readonly row: number;
  readonly y: number;
  readonly count: number;
  readonly layout: Layout;
  readonly feed: GridFeed;
  /** The feed's version; a new one means that there may be more to show. */
  readonly version: number;
  readonly ink: Ink;
  readonly selection: Selection;
  readonly active: number | null;
}

export function tileId(position: number): string {
  return `tile-${String(position)}`;
}

/** A row of tiles under one canvas of annotations. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, y, count, layout, feed, ink, selection, active } = props;
  const first = row * layout.columns;
  const length = Math.max(0, Math.min(layout.columns, count - first));
  const positions = Array.from({ length }, (_, index) => first + index);
  return (
    <div
      className={classes.row}
      role="row"
      aria-rowindex={row + 1}
      style={{ transform: `translateY(${String(y)}px)`, height: layout.tilePx }}
    >
      {positions.map((position, column) => {
        const item = feed.itemAt(position);
        return (
          <Tile
            key={position}
            position={position}
            column={column}
            tilePx={layout.tilePx}
            left={column * layout.rowPx}
            name={item?.name ?? "Loading"}
            video={item?.media_type.startsWith("video/") === true ? item : undefined}
            brightness={item?.health?.brightness}
            thumb={feed.thumbAt(position)}
            isOn={isSelected(selection, position)}
            isActive={active === position}
          />
        );
      })}
      <RowInk positions={positions} layout={layout} feed={feed} ink={ink} />
    </div>
  );
});

interface TileProps {
  readonly position: number;
  readonly column: number;
  readonly tilePx: number;
  readonly left: number;
  readonly name: string;
  /** The item, when it is a video. */
  readonly video: Item | undefined;
  /** Of the picture, 0 to 255: what its tile looks like until it is there. */
  readonly brightness: number | undefined;
  readonly thumb: string | null | undefined;
  readonly isOn: boolean;
  readonly isActive: boolean;
}

const Tile = memo(function Tile(props: TileProps) {
  const { position, column, tilePx, left, name, video, brightness, thumb, isOn, isActive } = props;
  const isWaiting = thumb === undefined && brightness !== undefined;
  const grey = isWaiting ? `rgb(${Array(3).fill(Math.round(brightness)).join(" ")})` : undefined;
  return (
    <div
      id={tileId(position)}
      className={classes.tile}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isOn}
      aria-label={name}
      data-tile={position}
      data-selected={isOn}
      data-active={isActive}
      style={{ left, width: tilePx, height: tilePx, backgroundColor: grey }}
    >
      {typeof thumb === "string" && <img src={thumb} alt="" decoding="async" draggable={false} />}
      {video !== undefined && <VideoMark metadata={video.metadata} />}
      {thumb === null && (
        <span className={classes.hole}>
          <IconPhotoOff size={20} />
        </span>
      )}
      <span className={classes.check} data-check aria-hidden="true">
        {isOn && <IconCheck size={14} stroke={3} />}
      </span>
    </div>
  );
});

interface RowInkProps {
  readonly positions: readonly number[];
  readonly layout: Layout;
  readonly feed: GridFeed;
  readonly ink: Ink;
}

/** What is drawn on a tile: what an evaluation found there, else what is said about it. */
type Said = { readonly findings: readonly Finding[] } | { readonly annotations: readonly GridAnnotation[] };

function saidAt(feed: GridFeed, position: number): Said {
  const findings = feed.findingsAt(position);
  return findings === null ? { annotations: feed.annotationsAt(position) } : { findings };
}

function listOf(said: Said): readonly unknown[] {
  return "findings" in said ? said.findings : said.annotations;
}

interface Drawn {
  readonly lists: readonly (readonly unknown[])[];
  readonly ink: Ink;
  readonly tilePx: number;
}

/** The annotations of one row; drawn again only when they, the ink or the size changed. */
function RowInk({ positions, layout, feed, ink }: RowInkProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const { tilePx, rowPx } = layout;
  const width = positions.length * rowPx;
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const tiles = positions.map((position) => saidAt(feed, position));
    const lists = tiles.map(listOf);
    const old = drawn.current;
    const isSame =
      old !== null &&
      old.ink === ink &&
      old.tilePx === tilePx &&
      lists.every((list, index) => old.lists[index] === list);
    if (isSame && old.lists.length === lists.length) return;
    drawn.current = { lists, ink, tilePx };
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(tilePx * ratio);
    const context = element.getContext("2d");
    if (context === null) return;
    context.scale(ratio, ratio);
    let shapes = 0;
    tiles.forEach((said, column) => {
      const item = feed.itemAt(positions[column] ?? -1);
      if (item === undefined || listOf(said).length === 0) return;
      const place = { x: column * rowPx, tilePx, imageWidth: item.width, imageHeight: item.height };
      context.save();
      context.beginPath();
      context.rect(place.x, 0, tilePx, tilePx);
      context.clip();
      shapes +=
        "findings" in said
          ? drawFindings(context, place, { findings: said.findings, lineWidth: ink.lineWidth })
          : drawTile(context, place, { annotations: said.annotations, ink });
      context.restore();
    });
    element.dataset.shapes = String(shapes);
  });
  return (
    <canvas ref={canvas} className={classes.inks} style={{ width, height: tilePx }} aria-hidden="true" />
  );
}
