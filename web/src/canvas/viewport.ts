/**
 * Which part of the image is on the screen, and how large.
 *
 * Screen coordinates are CSS pixels from the container's upper left corner; image coordinates are pixels of the upright
 * image. Every function gives a new viewport; none touches the page.
 */

import type { Rect, Vec } from "./types";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Viewport extends Size {
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** The image point in the container's upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface ScaleLimits {
  readonly min: number;
  readonly max: number;
}

/** Space kept free around an image that is fitted, in CSS pixels. */
export const FIT_PADDING = 16;
/** The closest look: one image pixel is this many CSS pixels wide. */
const MAX_SCALE = 64;
/** How much of the container the image must still cover, in CSS pixels, however far it is moved. */
const MIN_IN_SIGHT = 48;

/** Give the screen place of an image point. */
export function toScreen(viewport: Viewport, point: Vec): Vec {
  return { x: (point.x - viewport.x) * viewport.scale, y: (point.y - viewport.y) * viewport.scale };
}

/** Give the image point under a screen place. */
export function toImage(viewport: Viewport, point: Vec): Vec {
  return { x: viewport.x + point.x / viewport.scale, y: viewport.y + point.y / viewport.scale };
}

/** Give the screen rectangle of an image rectangle. */
export function rectToScreen(viewport: Viewport, rect: Rect): Rect {
  const { scale, x, y } = viewport;
  return {
    x0: (rect.x0 - x) * scale,
    y0: (rect.y0 - y) * scale,
    x1: (rect.x1 - x) * scale,
    y1: (rect.y1 - y) * scale,
  };
}

/** Give the part of the image plane in sight, also where it lies outside the image. */
export function visibleRect(viewport: Viewport): Rect {
  const { x, y, width, height, scale } = viewport;
  return { x0: x, y0: y, x1: x + width / scale, y1: y + height / scale };
}

/** Show the whole image in the middle of the container; small images are enlarged no further than eight times. */
export function fitViewport(options: { readonly image: Size; readonly container: Size }): Viewport {
  const { image, container } = options;
  const width = Math.max(1, container.width - 2 * FIT_PADDING);
  const height = Math.max(1, container.height - 2 * FIT_PADDING);
  const scale = Math.min(width / Math.max(1, image.width), height / Math.max(1, image.height), 8);
  return centredOn({ container, centre: { x: image.width / 2, y: image.height / 2 }, scale });
}

/** Give the smallest and largest scale allowed for an image in a container. */
export function scaleLimits(options: { readonly image: Size; readonly container: Size }): ScaleLimits {
  const fit = fitViewport(options).scale;
  return { min: Math.min(fit / 2, 1), max: MAX_SCALE };
}

/** Multiply the scale by `factor` so that the image point under `at` (screen) stays where it is. */
export function zoomAt(
  viewport: Viewport,
  options: { readonly at: Vec; readonly factor: number; readonly limits: ScaleLimits },
): Viewport {
  const { at, factor, limits } = options;
  const scale = Math.min(limits.max, Math.max(limits.min, viewport.scale * factor));
  const fixed = toImage(viewport, at);
  return { ...viewport, scale, x: fixed.x - at.x / scale, y: fixed.y - at.y / scale };
}

/** Move the image by a screen displacement. */
export function panBy(viewport: Viewport, by: Vec): Viewport {
  return { ...viewport, x: viewport.x - by.x / viewport.scale, y: viewport.y - by.y / viewport.scale };
}

/** Show an image rectangle as large as it goes, with `margin` of its own size around it. */
export function zoomToRect(
  viewport: Viewport,
  options: { readonly rect: Rect; readonly limits: ScaleLimits; readonly margin?: number },
): Viewport {
  const { rect, limits, margin = 0.25 } = options;
  const grown = 1 + 2 * margin;
  const wanted = Math.min(
    viewport.width / (Math.max(1, rect.x1 - rect.x0) * grown),
    viewport.height / (Math.max(1, rect.y1 - rect.y0) * grown),
  );
  const scale = Math.min(limits.max, Math.max(limits.min, wanted));
  const centre = { x: (rect.x0 + rect.x1) / 2, y: (rect.y0 + rect.y1) / 2 };
  return centredOn({ container: viewport, centre, scale });
}

/** Keep centre and scale when the container changes its size. */
export function resizeViewport(viewport: Viewport, container: Size): Viewport {
  const centre = toImage(viewport, { x: viewport.width / 2, y: viewport.height / 2 });
  return centredOn({ container, centre, scale: viewport.scale });
}

/** Move the viewport back as far as needed to keep some of the image in sight. */
export function keepInSight(viewport: Viewport, image: Size): Viewport {
  const slack = MIN_IN_SIGHT / viewport.scale;
  const left = Math.min(slack, image.width) - viewport.width / viewport.scale;
  const top = Math.min(slack, image.height) - viewport.height / viewport.scale;
  const right = image.width - Math.min(slack, image.width);
  const bottom = image.height - Math.min(slack, image.height);
  const x = Math.min(Math.max(viewport.x, left), right);
  const y = Math.min(Math.max(viewport.y, top), bottom);
  return x === viewport.x && y === viewport.y ? viewport : { ...viewport, x, y };
}

/** Say whether two viewports show the same. */
export function isSameViewport(one: Viewport, other: Viewport): boolean {
  return (
    one.scale === other.scale &&
    one.x === other.x &&
    one.y === other.y &&
    one.width === other.width &&
    one.height === other.height
  );
}

function centredOn(options: {
  readonly container: Size;
  readonly centre: Vec;
  readonly scale: number;
}): Viewport {
  const { container, centre, scale } = options;
  return {
    width: container.width,
    height: container.height,
    scale,
    x: centre.x - container.width / 2 / scale,
    y: centre.y - container.height / 2 / scale,
  };
}
