/** Draws annotations over thumbnails: a canvas for each row of tiles. */
import { boundsOf, rotatedCorners } from "@/canvas/geometry/measure";
import type { GridAnnotation } from "@/api/schema.gen";

export interface Ink {
  /** Colour of an annotation, or null when it is not to be seen. */
  readonly colorOf: (annotation: GridAnnotation) => string | null;
  readonly lineWidth: number;
}

export interface TilePlace {
  readonly x: number;
  readonly tilePx: number;
  readonly imageWidth: number;
  readonly imageHeight: number;
}

/** Where an image stands in a square tile that holds it whole. */
export function fitIn({ tilePx, imageWidth, imageHeight }: Omit<TilePlace, "x">): {
  scale: number;
  dx: number;
  dy: number;
} {
  const scale = tilePx / Math.max(1, imageWidth, imageHeight);
  return { scale, dx: (tilePx - imageWidth * scale) / 2, dy: (tilePx - imageHeight * scale) / 2 };
}

const DASH = [4, 3];
const SOLID: number[] = [];
const POINT_PX = 2;
/** Below this, words over a thumbnail hide it. */
export const LEAST_FOR_WORDS_PX = 72;
const WORD_PX = 16;

/** Draw one item's annotations: shapes where they are, classes as words at the foot. Gives how many were drawn. */
export function drawTile(
  context: CanvasRenderingContext2D,
  place: TilePlace,
  { annotations, ink }: { readonly annotations: readonly GridAnnotation[]; readonly ink: Ink },
): number {
  const { scale, dx, dy } = fitIn(place);
  const drawn = drawShapes(context, { scale, dx: place.x + dx, dy }, { annotations, ink });
  if (place.tilePx < LEAST_FOR_WORDS_PX) return drawn;
  const words = annotations.flatMap((annotation) => {
    const color = annotation.geometry.type === "class" ? ink.colorOf(annotation) : null;
    return color === null
      ? []
      : [{ text: wordFor(annotation), color, isGuess: annotation.layer === "prediction" }];
  });
  drawWords(context, place, words);
  return drawn + words.length;
}

/** Draw the shapes among some annotations of one image; a model's are dashed. Gives how many were drawn. */
export function drawShapes(
  context: CanvasRenderingContext2D,
  onto: Onto,
  { annotations, ink }: { readonly annotations: readonly GridAnnotation[]; readonly ink: Ink },
): number {
  let drawn = 0;
  context.lineWidth = ink.lineWidth;
  context.lineJoin = "round";
  for (const annotation of annotations) {
    const color = annotation.geometry.type === "class" ? null : ink.colorOf(annotation);
    if (color === null) continue;
    drawn += 1;
    context.strokeStyle = color;
    context.fillStyle = color;
    context.setLineDash(annotation.layer === "prediction" ? DASH : SOLID);
    drawShape(context, annotation, onto);
  }
  context.setLineDash(SOLID);
  return drawn;
}

function wordFor({ label, layer, confidence }: GridAnnotation): string {
  return layer === "prediction" && confidence !== null ? `${label} ${confidence.toFixed(2)}` : label;
}

/** From image pixels to canvas pixels. */
export interface Onto {
  readonly scale: number;
  readonly dx: number;
  readonly dy: number;
}

function drawShape(context: CanvasRenderingContext2D, { geometry }: GridAnnotation, onto: Onto): void {
  const { scale, dx, dy } = onto;
  switch (geometry.type) {
    case "box":
      context.strokeRect(
        geometry.x0 * scale + dx,
        geometry.y0 * scale + dy,
        (geometry.x1 - geometry.x0) * scale,
        (geometry.y1 - geometry.y0) * scale,
      );
      return;
    case "rotated_box":
      traceLine(context, rotatedCorners(geometry), onto);
      context.closePath();
      context.stroke();
      return;
    case "polygon":
      for (const ring of geometry.rings) {
        traceLine(context, ring, onto);
        context.closePath();
        context.stroke();
      }
      return;
    case "polyline":
      traceLine(context, geometry.points, onto);
      context.stroke();
      return;
    case "points":
      for (const [x, y] of geometry.points) {
        context.fillRect(x * scale + dx - POINT_PX, y * scale + dy - POINT_PX, 2 * POINT_PX, 2 * POINT_PX);
      }
      return;
    case "mask": {
      const box = maskBounds(geometry);
      if (box === null) return;
      context.strokeRect(
        box.x0 * scale + dx,
        box.y0 * scale + dy,
        (box.x1 - box.x0) * scale,
        (box.y1 - box.y0) * scale,
      );
      return;
    }
    case "class":
      return;
  }
}

type MaskGeometry = Extract<GridAnnotation["geometry"], { type: "mask" }>;
const boundsByMask = new WeakMap<MaskGeometry, ReturnType<typeof boundsOf>>();

/** The box around a mask; decoded once. */
function maskBounds(mask: MaskGeometry): ReturnType<typeof boundsOf> {
  const known = boundsByMask.get(mask);
  if (known !== undefined) return known;
  let found: ReturnType<typeof boundsOf> = null;
  try {
    found = boundsOf(mask);
  } catch {
    // A mask whose counts cannot be read has no place; the item's own page says so.
  }
  boundsByMask.set(mask, found);
  return found;
}

function traceLine(
  context: CanvasRenderingContext2D,
  points: readonly (readonly [number, number])[],
  { scale, dx, dy }: Onto,
): void {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x * scale + dx, y * scale + dy);
}

/** A word at the foot of a tile. */
export interface Word {
  readonly text: string;
  readonly color: string;
  readonly isGuess: boolean;
}

/** Class labels, one under the other from the foot of the tile up, as many as there is room for. */
export function drawWords(context: CanvasRenderingContext2D, place: TilePlace, words: readonly Word[]): void {
  const room = Math.max(1, Math.floor(place.tilePx / WORD_PX / 3));
  context.font = "500 11px Inter, system-ui, sans-serif";
  context.textBaseline = "middle";
  words.slice(0, room).forEach((word, index) => {
    const y = place.tilePx - 3 - WORD_PX * (index + 1);
    const text = cut(context, word.text, place.tilePx - 26);
    const width = context.measureText(text).width + 18;
    context.fillStyle = "rgba(16, 20, 24, 0.78)";
    context.beginPath();
    context.roundRect(place.x + 3, y, width, WORD_PX - 1, 4);
    context.fill();
    context.beginPath();
    context.arc(place.x + 10, y + WORD_PX / 2 - 0.5, 3, 0, 2 * Math.PI);
    if (word.isGuess) {
      context.strokeStyle = word.color;
      context.lineWidth = 1.5;
      context.stroke();
    } else {
      context.fillStyle = word.color;
      context.fill();
    }
    context.fillStyle = "#fff";
    context.fillText(text, place.x + 16, y + WORD_PX / 2);
  });
}

function cut(context: CanvasRenderingContext2D, text: string, roomPx: number): string {
  if (context.measureText(text).width <= roomPx) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > roomPx) kept = kept.slice(0, -1);
  return `${kept}…`;
}
