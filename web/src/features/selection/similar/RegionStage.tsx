import { useRef, useState, type PointerEvent } from "react";

import type { Item } from "@/api/schema.gen";

import classes from "../selection.module.css";
import { toRegion, type Region } from "./request";

export interface RegionStageProps {
  readonly item: Item;
  readonly region: Region | null;
  readonly onRegion: (region: Region | null) => void;
}

interface Drawn {
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
}

const MOST_PIXELS = 25_000_000;

/** The picture, on which a box can be drawn. */
export function RegionStage({ item, region, onRegion }: RegionStageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const base = `/api/v1/items/${encodeURIComponent(item.id)}`;
  const isLarge = item.width * item.height > MOST_PIXELS;
  const at = (event: PointerEvent) => {
    const box = stage.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const end = () => {
    const box = stage.current?.getBoundingClientRect();
    if (drawn !== null && box !== undefined) onRegionDrawn(drawn, box);
    setDrawn(null);
  };
  const onRegionDrawn = (one: Drawn, shown: DOMRect) => {
    const found = toRegion({ ...one, shown, image: item });
    if (found !== null) onRegion(found);
  };
  return (
    <div
      ref={stage}
      className={classes.stage}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrawn({ from: at(event), to: at(event) });
      }}
      onPointerMove={(event) => {
        if (drawn !== null) setDrawn({ from: drawn.from, to: at(event) });
      }}
      onPointerUp={end}
      onPointerCancel={() => {
        setDrawn(null);
      }}
    >
      <img src={isLarge ? `${base}/thumbnail` : `${base}/content`} alt={item.name} draggable={false} />
      <div className={classes.clip}>
        {drawn !== null && <div className={classes.region} style={boxOf(drawn)} />}
        {drawn === null && region !== null && (
          <div className={classes.region} style={shareOf(region, item)} />
        )}
      </div>
    </div>
  );
}

function boxOf({ from, to }: Drawn) {
  return {
    left: Math.min(from.x, to.x),
    top: Math.min(from.y, to.y),
    width: Math.abs(to.x - from.x),
    height: Math.abs(to.y - from.y),
  };
}

function shareOf([x0, y0, x1, y1]: Region, { width, height }: Item) {
  const percent = (part: number, whole: number) => `${String((100 * part) / whole)}%`;
  return {
    left: percent(x0, width),
    top: percent(y0, height),
    width: percent(x1 - x0, width),
    height: percent(y1 - y0, height),
  };
}
