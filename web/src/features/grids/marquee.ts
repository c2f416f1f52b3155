/** Dragging a rectangle over tiles. */
import { useRef, useState, type PointerEvent } from "react";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const DRAG_PX = 5;

export interface MarqueeParts {
  /** The ids of the tiles that the rectangle touches are asked of the page: they carry `data-tile`. */
  readonly onDrag: (drag: { readonly ids: readonly string[]; readonly isAdding: boolean }) => void;
  readonly onClick: (click: { readonly id: string | null; readonly isShift: boolean }) => void;
}

interface Press {
  readonly x: number;
  readonly y: number;
  readonly isAdding: boolean;
  readonly tiles: readonly { readonly id: string; readonly rect: Rect }[];
  isDragging: boolean;
}

/** Handlers for the element that holds the tiles, and the rectangle to draw in it. */
export function useMarquee({ onDrag, onClick }: MarqueeParts) {
  const press = useRef<Press | null>(null);
  const [marquee, setMarquee] = useState<Rect | null>(null);
  const pointOf = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: event.clientX - box.left + event.currentTarget.scrollLeft,
      y: event.clientY - box.top + event.currentTarget.scrollTop,
    };
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (
      event.button !== 0 ||
      event.clientX - event.currentTarget.getBoundingClientRect().left > event.currentTarget.clientWidth
    )
      return;
    const isAdding = event.ctrlKey || event.metaKey || event.shiftKey;
    press.current = { ...pointOf(event), isAdding, tiles: placesIn(event.currentTarget), isDragging: false };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const begun = press.current;
    if (begun === null) return;
    const point = pointOf(event);
    if (!begun.isDragging && Math.hypot(point.x - begun.x, point.y - begun.y) < DRAG_PX) return;
    if (!begun.isDragging) event.currentTarget.setPointerCapture(event.pointerId);
    begun.isDragging = true;
    const rect = spanned(begun, point);
    setMarquee(rect);
    onDrag({ ids: touched(rect, begun.tiles), isAdding: begun.isAdding });
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const begun = press.current;
    press.current = null;
    setMarquee(null);
    if (begun === null || begun.isDragging) return;
    const target = event.target instanceof Element ? event.target.closest("[data-tile]") : null;
    onClick({ id: target?.getAttribute("data-tile") ?? null, isShift: event.shiftKey });
  };
  const onPointerCancel = () => {
    press.current = null;
    setMarquee(null);
  };
  return { marquee, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel } };
}

function placesIn(area: HTMLElement): { id: string; rect: Rect }[] {
  const box = area.getBoundingClientRect();
  return [...area.querySelectorAll("[data-tile]")].map((tile) => {
    const { left, top, width, height } = tile.getBoundingClientRect();
    const rect = { x: left - box.left + area.scrollLeft, y: top - box.top + area.scrollTop, width, height };
    return { id: tile.getAttribute("data-tile") ?? "", rect };
  });
}

/** The rectangle between two points. */
export function spanned(a: { x: number; y: number }, b: { x: number; y: number }): Rect {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
}

/** The tiles that share a point with a rectangle, in their order. */
export function touched(
  rect: Rect,
  tiles: readonly { readonly id: string; readonly rect: Rect }[],
): readonly string[] {
  return tiles
    .filter(
      (tile) =>
        tile.rect.x <= rect.x + rect.width &&
        rect.x <= tile.rect.x + tile.rect.width &&
        tile.rect.y <= rect.y + rect.height &&
        rect.y <= tile.rect.y + tile.rect.height,
    )
    .map(({ id }) => id);
}
