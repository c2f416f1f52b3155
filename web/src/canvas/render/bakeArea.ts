/** Which part of the image a bitmap holds, and where it goes on the screen. Pure arithmetic. */

import type { Rect } from "../types";
import { visibleRect, type Size, type Viewport } from "../viewport";

/** A bitmap's place: image point of its upper left corner, CSS pixels per image pixel, size in CSS pixels. */
export interface BakeArea extends Size {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Drawn beyond the viewport on each side, in parts of it: together the bitmap is 1.5 times as wide and high. */
const MARGIN = 0.25;
/** With less than this left beyond an edge, the bitmap is moved on. */
const LOW_MARGIN = 0.1;
/** Strokes and dots may stick out of the image by this much, in CSS pixels. */
const OVERHANG_PX = 40;
/** More device pixels than this are not baked: 64 MB a bitmap, and there are two. */
const MOST_DEVICE_PIXELS = 16_000_000;

/** Give the area to bake for a viewport, on its pixel grid: a pan by whole pixels then moves it without blur. */
export function areaFor(options: {
  readonly viewport: Viewport;
  readonly image: Size;
  readonly dpr: number;
}): BakeArea {
  const { viewport, image, dpr } = options;
  const { scale, width, height } = viewport;
  const room = MOST_DEVICE_PIXELS / (width * height * dpr * dpr);
  const margin = Math.min(MARGIN, Math.max(0, (Math.sqrt(room) - 1) / 2));
  const edges = contentOnScreen(viewport, image);
  const left = Math.floor(Math.max(-width * margin, edges.x0));
  const top = Math.floor(Math.max(-height * margin, edges.y0));
  const right = Math.ceil(Math.min(width * (1 + margin), edges.x1));
  const bottom = Math.ceil(Math.min(height * (1 + margin), edges.y1));
  return {
    x: viewport.x + left / scale,
    y: viewport.y + top / scale,
    scale,
    width: Math.max(1, right - left),
    height: Math.max(1, bottom - top),
  };
}

/** The image rectangle that an area holds. */
export function areaRect(area: BakeArea): Rect {
  return {
    x0: area.x,
    y0: area.y,
    x1: area.x + area.width / area.scale,
    y1: area.y + area.height / area.scale,
  };
}

/** Where an area lies on the screen now, in CSS pixels; at its own scale on whole device pixels. */
export function placeOnScreen(
  area: BakeArea,
  options: { readonly viewport: Viewport; readonly dpr: number },
): Rect {
  const { viewport, dpr } = options;
  const zoom = viewport.scale / area.scale;
  let x0 = (area.x - viewport.x) * viewport.scale;
  let y0 = (area.y - viewport.y) * viewport.scale;
  if (zoom === 1) {
    x0 = Math.round(x0 * dpr) / dpr;
    y0 = Math.round(y0 * dpr) / dpr;
  }
  return { x0, y0, x1: x0 + area.width * zoom, y1: y0 + area.height * zoom };
}

/** Say whether an area holds all of the image that is in sight, with some margin left when `withMargin`. */
export function covers(
  area: BakeArea,
  options: { readonly viewport: Viewport; readonly image: Size; readonly withMargin: boolean },
): boolean {
  const { viewport, image, withMargin } = options;
  const seen = visibleRect(viewport);
  const spare = withMargin ? LOW_MARGIN : 0;
  const [acrossSpare, downSpare] = [
    (spare * viewport.width) / viewport.scale,
    (spare * viewport.height) / viewport.scale,
  ];
  const overhang = OVERHANG_PX / viewport.scale;
  const held = areaRect(area);
  const half = 0.5 / viewport.scale;
  return (
    held.x0 <= Math.max(seen.x0 - acrossSpare, -overhang) + half &&
    held.y0 <= Math.max(seen.y0 - downSpare, -overhang) + half &&
    held.x1 >= Math.min(seen.x1 + acrossSpare, image.width + overhang) - half &&
    held.y1 >= Math.min(seen.y1 + downSpare, image.height + overhang) - half
  );
}

/**
 * Give what a bitmap at `to` can take over from one at `from`, both at one scale: the displacement in CSS pixels, and
 * the rectangles of `to` (image pixels) that are still missing. Null when nothing can be taken over.
 */
export function shiftOf(
  from: BakeArea,
  to: BakeArea,
): { readonly dx: number; readonly dy: number; readonly missing: readonly Rect[] } | null {
  if (from.scale !== to.scale) return null;
  const dx = Math.round((from.x - to.x) * to.scale);
  const dy = Math.round((from.y - to.y) * to.scale);
  const kept = {
    x0: Math.max(0, dx),
    y0: Math.max(0, dy),
    x1: Math.min(to.width, dx + from.width),
    y1: Math.min(to.height, dy + from.height),
  };
  if (kept.x1 <= kept.x0 || kept.y1 <= kept.y0) return null;
  const strips: Rect[] = [
    { x0: 0, y0: 0, x1: to.width, y1: kept.y0 },
    { x0: 0, y0: kept.y1, x1: to.width, y1: to.height },
    { x0: 0, y0: kept.y0, x1: kept.x0, y1: kept.y1 },
    { x0: kept.x1, y0: kept.y0, x1: to.width, y1: kept.y1 },
  ];
  const missing = strips.filter((strip) => strip.x1 > strip.x0 && strip.y1 > strip.y0);
  return { dx, dy, missing: missing.map((strip) => toImageRect(strip, to)) };
}

/** The whole CSS pixels of an area that an image rectangle touches, or null where it lies outside. */
export function pixelsOf(rect: Rect, area: BakeArea): Rect | null {
  const x0 = Math.max(0, Math.floor((rect.x0 - area.x) * area.scale + 1e-6));
  const y0 = Math.max(0, Math.floor((rect.y0 - area.y) * area.scale + 1e-6));
  const x1 = Math.min(area.width, Math.ceil((rect.x1 - area.x) * area.scale - 1e-6));
  const y1 = Math.min(area.height, Math.ceil((rect.y1 - area.y) * area.scale - 1e-6));
  return x1 > x0 && y1 > y0 ? { x0, y0, x1, y1 } : null;
}

/** The image rectangle of some pixels of an area. */
export function toImageRect(pixels: Rect, area: BakeArea): Rect {
  return {
    x0: area.x + pixels.x0 / area.scale,
    y0: area.y + pixels.y0 / area.scale,
    x1: area.x + pixels.x1 / area.scale,
    y1: area.y + pixels.y1 / area.scale,
  };
}

function contentOnScreen(viewport: Viewport, image: Size): Rect {
  return {
    x0: -viewport.x * viewport.scale - OVERHANG_PX,
    y0: -viewport.y * viewport.scale - OVERHANG_PX,
    x1: (image.width - viewport.x) * viewport.scale + OVERHANG_PX,
    y1: (image.height - viewport.y) * viewport.scale + OVERHANG_PX,
  };
}
