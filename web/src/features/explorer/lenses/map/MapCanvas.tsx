import { useEffect, useRef } from "react";

import type { Spot } from "./camera";
import classes from "./map.module.css";
import { MapView, type Look, type MapEvents, type Tool } from "./view";
import type { Points } from "./wire";

export interface MapCanvasProps extends MapEvents {
  readonly points: Points;
  readonly look: Look;
  readonly tool: Tool;
  readonly active: number | null;
  readonly label: string;
  readonly onReady: (view: MapView) => void;
}

/** Mounts the canvas of a map; what it shows is drawn by `MapView`. */
export function MapCanvas({ points, look, tool, active, label, onReady, ...events }: MapCanvasProps) {
  const base = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const view = useRef<MapView | null>(null);
  const handlers = useRef<MapEvents>(events);
  const ready = useRef(onReady);
  useEffect(() => {
    handlers.current = events;
    ready.current = onReady;
  });
  useEffect(() => {
    if (base.current === null || over.current === null) return;
    const made = new MapView(
      { base: base.current, over: over.current },
      {
        onHover: (at) => {
          handlers.current.onHover(at);
        },
        onOpen: (point) => {
          handlers.current.onOpen(point);
        },
        onRing: (ring: readonly Spot[]) => {
          handlers.current.onRing(ring);
        },
      },
    );
    view.current = made;
    ready.current(made);
    return () => {
      made.close();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    view.current?.setPoints(points);
  }, [points]);
  useEffect(() => {
    view.current?.setLook(look);
  }, [look]);
  useEffect(() => {
    view.current?.setTool(tool);
  }, [tool]);
  useEffect(() => {
    view.current?.setActive(active);
  }, [active]);
  return (
    <>
      <canvas ref={base} aria-hidden="true" />
      <canvas ref={over} className={classes.over} tabIndex={0} role="img" aria-label={label} />
    </>
  );
}
