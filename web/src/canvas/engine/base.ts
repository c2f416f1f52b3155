/** The lower canvas: the picture, the shapes at rest, those that change just now, and the names. */

import type { Brush } from "../render/brush";
import { paintImage } from "../render/imageLayer";
import type { Label, LabelPainter } from "../render/labels";
import type { Theme } from "../render/look";
import { paintShape } from "../render/shapePainter";
import type { Scene, SceneShape, StaticLayer } from "../render/staticLayer";
import type { Rect } from "../types";
import { rectToScreen, visibleRect, type Size, type Viewport } from "../viewport";
import type { DecodedImage } from "../worker/imageStore";

export type Picture =
  | { readonly kind: "none" }
  | { readonly kind: "waiting"; readonly size: Size }
  | { readonly kind: "bitmap"; readonly size: Size; readonly image: DecodedImage }
  /** Drawn by the tile layer below this canvas. */
  | { readonly kind: "tiles"; readonly size: Size }
  | { readonly kind: "failed"; readonly size: Size; readonly sentence: string };

export interface BaseContent {
  readonly viewport: Viewport;
  readonly dpr: number;
  readonly theme: Theme;
  readonly picture: Picture;
  readonly staticLayer: StaticLayer;
  readonly scene: Scene | null;
  readonly live: readonly SceneShape[];
  readonly labels: readonly Label[];
  readonly labelPainter: LabelPainter;
  readonly areShapesHidden: boolean;
  readonly dim: number;
}

/** Even wholly dimmed shapes leave a trace. */
const MOST_DIM = 0.85;

/** Draw all of it, or the part within `clip` (CSS pixels). */
export function paintBase(brush: Brush, content: BaseContent, clip: Rect | "all"): void {
  const { viewport, dpr } = content;
  brush.setTransform(dpr, 0, 0, dpr, 0, 0);
  const whole = { x0: 0, y0: 0, x1: viewport.width, y1: viewport.height };
  const part = clip === "all" ? whole : grownToPixels(clip, whole);
  if (part === null) return;
  brush.save();
  if (clip !== "all") {
    brush.beginPath();
    brush.rect(part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0);
    brush.clip();
  }
  paintPicture(brush, { content, part });
  if (!content.areShapesHidden) paintShapes(brush, { content, part, isWhole: clip === "all" });
  brush.restore();
}

function paintPicture(brush: Brush, options: { readonly content: BaseContent; readonly part: Rect }): void {
  const { content, part } = options;
  const { viewport, theme, picture } = content;
  if (picture.kind === "tiles") {
    brush.clearRect(part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0);
    return;
  }
  brush.fillStyle = theme.surround;
  brush.fillRect(part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0);
  if (picture.kind === "none") return;
  if (picture.kind === "bitmap") {
    return paintImage(brush, { image: picture.image, size: picture.size, viewport, dpr: content.dpr });
  }
  const place = rectToScreen(viewport, { x0: 0, y0: 0, x1: picture.size.width, y1: picture.size.height });
  brush.fillStyle = theme.placeholder;
  brush.fillRect(place.x0, place.y0, place.x1 - place.x0, place.y1 - place.y0);
  if (picture.kind === "failed") paintSentence(brush, { sentence: picture.sentence, place, content });
}

function paintSentence(
  brush: Brush,
  options: { readonly sentence: string; readonly place: Rect; readonly content: BaseContent },
): void {
  const { sentence, place, content } = options;
  const { viewport, theme } = content;
  const seen = {
    x0: Math.max(place.x0, 0),
    y0: Math.max(place.y0, 0),
    x1: Math.min(place.x1, viewport.width),
    y1: Math.min(place.y1, viewport.height),
  };
  brush.font = `500 14px ${theme.font}`;
  brush.textBaseline = "middle";
  brush.fillStyle = theme.placeholderText;
  const width = brush.measureText(sentence).width;
  brush.fillText(sentence, (seen.x0 + seen.x1 - width) / 2, (seen.y0 + seen.y1) / 2);
}

function paintShapes(
  brush: Brush,
  options: { readonly content: BaseContent; readonly part: Rect; readonly isWhole: boolean },
): void {
  const { content, part, isWhole } = options;
  const { viewport, scene } = content;
  brush.globalAlpha = 1 - MOST_DIM * Math.min(1, Math.max(0, content.dim));
  content.staticLayer.paint(brush, viewport);
  brush.globalAlpha = 1;
  if (scene === null) return;
  brush.lineJoin = "round";
  const clip = isWhole ? visibleRect(viewport) : imageRectOf(part, viewport);
  for (const one of content.live) {
    const { geometry } = one.shape;
    if (geometry.type === "mask") exhaust(scene.paintMask(brush, { shape: one, frame: viewport, clip }));
    else paintShape(brush, { geometry, bounds: one.bounds, look: scene.look(one.shape), frame: viewport });
  }
  content.labelPainter.paint(brush, { labels: content.labels, viewport });
}

function exhaust(steps: Iterable<number>): void {
  for (const step of steps) void step;
}

function imageRectOf(part: Rect, viewport: Viewport): Rect {
  const { x, y, scale } = viewport;
  return {
    x0: x + part.x0 / scale,
    y0: y + part.y0 / scale,
    x1: x + part.x1 / scale,
    y1: y + part.y1 / scale,
  };
}

function grownToPixels(part: Rect, whole: Rect): Rect | null {
  const x0 = Math.max(whole.x0, Math.floor(part.x0) - 1);
  const y0 = Math.max(whole.y0, Math.floor(part.y0) - 1);
  const x1 = Math.min(whole.x1, Math.ceil(part.x1) + 1);
  const y1 = Math.min(whole.y1, Math.ceil(part.y1) + 1);
  return x1 > x0 && y1 > y0 ? { x0, y0, x1, y1 } : null;
}
