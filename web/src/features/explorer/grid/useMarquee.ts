import { useRef, useState, type PointerEvent } from "react";

import type { Layout } from "./scroll";
import { add, NOTHING, rectangle, selectOnly, stretch, toggle, type Selection } from "./selection";

const DRAG_PX = 5;
const EDGE_PX = 36;

/** A rectangle in pixels of the content. */
export interface Marquee {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MarqueeOptions {
  readonly layout: Layout;
  readonly count: number;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onActive: (position: number) => void;
  readonly top: () => number;
  readonly scrollBy: (px: number) => void;
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly base: Selection;
  readonly isAdding: boolean;
  isDragging: boolean;
}

/** Clicks and drags over a grid: one, one more, up to here, or a rectangle. */
export function useMarquee(options: MarqueeOptions) {
  const { layout, count, selection, onSelect, onActive, top, scrollBy } = options;
  const press = useRef<Press | null>(null);
  const [marquee, setMarquee] = useState<Marquee | null>(null);

  const pointOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top + top(), box };
  };
  const cellOf = ({ x, y }: { x: number; y: number }) => ({
    row: Math.floor(y / layout.rowPx),
    column: Math.min(layout.columns - 1, Math.max(0, Math.floor(x / layout.rowPx))),
  });
  const positionOf = (point: { x: number; y: number }) => {
    const { row, column } = cellOf(point);
    const position = row * layout.columns + column;
    const isInGap =
      point.x - column * layout.rowPx > layout.tilePx || point.y - row * layout.rowPx > layout.tilePx;
    return isInGap || position >= count || point.x > layout.columns * layout.rowPx ? null : position;
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const { x, y, box } = pointOf(event);
    // The scroll bar is the browser's.
    if (event.button !== 0 || event.clientX - box.left > event.currentTarget.clientWidth) return;
    const isAdding = event.ctrlKey || event.metaKey || event.shiftKey;
    press.current = { x, y, base: isAdding ? selection : NOTHING, isAdding, isDragging: false };
  };

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const begun = press.current;
    if (begun === null) return;
    const point = pointOf(event);
    if (!begun.isDragging && Math.hypot(point.x - begun.x, point.y - begun.y) < DRAG_PX) return;
    if (!begun.isDragging) event.currentTarget.setPointerCapture(event.pointerId);
    begun.isDragging = true;
    const view = event.clientY - point.box.top;
    if (view < EDGE_PX) scrollBy(view - EDGE_PX);
    if (view > point.box.height - EDGE_PX) scrollBy(view - point.box.height + EDGE_PX);
    setMarquee({
      x: Math.min(begun.x, point.x),
      y: Math.min(begun.y, point.y),
      width: Math.abs(point.x - begun.x),
      height: Math.abs(point.y - begun.y),
    });
    const spans = rectangle({ from: cellOf(begun), to: cellOf(point), columns: layout.columns, count });
    onSelect(add({ spans: begun.base.spans, anchor: spans[0]?.start ?? null }, spans));
  };

  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const begun = press.current;
    press.current = null;
    setMarquee(null);
    if (begun === null || begun.isDragging) return;
    const position = positionOf(pointOf(event));
    if (position === null) {
      if (!begun.isAdding) onSelect(NOTHING);
      return;
    }
    onActive(position);
    const isBox = event.target instanceof Element && event.target.closest("[data-check]") !== null;
    if (isBox || event.ctrlKey || event.metaKey) onSelect(toggle(selection, position));
    else onSelect(event.shiftKey ? stretch(selection, position) : selectOnly(position));
  };

  const onPointerCancel = () => {
    press.current = null;
    setMarquee(null);
  };
  return {
    marquee,
    positionAt: (event: PointerEvent<HTMLElement>) => positionOf(pointOf(event)),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel },
  };
}
