/** The picture under the shapes. */

import { visibleRect, type Size, type Viewport } from "../viewport";
import type { DecodedImage } from "../worker/imageStore";
import type { Brush } from "./brush";

/** From this many device pixels per image pixel on, pixels are shown as squares. */
const SQUARES_FROM = 4;

/** Draw what is in sight of an image, from the smallest copy that is still at least as fine as the screen. */
export function paintImage(
  brush: Brush,
  options: {
    readonly image: DecodedImage;
    /** The image's size in image pixels; the bitmap is stretched to it. */
    readonly size: Size;
    readonly viewport: Viewport;
    readonly dpr: number;
  },
): void {
  const { image, size, viewport, dpr } = options;
  const level = levelFor({ deviceScale: viewport.scale * dpr, levels: image.levels.length });
  const bitmap = image.levels[level];
  if (bitmap === undefined) return;
  const [ratioX, ratioY] = [bitmap.width / size.width, bitmap.height / size.height];
  const seen = visibleRect(viewport);
  const x0 = Math.max(0, Math.floor(seen.x0));
  const y0 = Math.max(0, Math.floor(seen.y0));
  const x1 = Math.min(size.width, Math.ceil(seen.x1));
  const y1 = Math.min(size.height, Math.ceil(seen.y1));
  if (x1 <= x0 || y1 <= y0) return;
  brush.imageSmoothingEnabled = viewport.scale * dpr < SQUARES_FROM;
  brush.imageSmoothingQuality = "low";
  brush.drawImage(
    bitmap,
    x0 * ratioX,
    y0 * ratioY,
    (x1 - x0) * ratioX,
    (y1 - y0) * ratioY,
    (x0 - viewport.x) * viewport.scale,
    (y0 - viewport.y) * viewport.scale,
    (x1 - x0) * viewport.scale,
    (y1 - y0) * viewport.scale,
  );
  brush.imageSmoothingEnabled = true;
}

/** Give the level of halvings to draw from at so many device pixels per image pixel. */
export function levelFor(options: { readonly deviceScale: number; readonly levels: number }): number {
  const wanted = Math.floor(Math.log2(1 / options.deviceScale) + 1e-9);
  return Math.min(options.levels - 1, Math.max(0, wanted));
}
