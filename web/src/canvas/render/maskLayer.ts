/**
 * Masks as coloured tiles.
 *
 * The bytes are ours (decoded in a worker, or the document's own for a mask that somebody paints on). A tile of 256 x 256
 * image pixels becomes a small canvas by `putImageData`, halved as often as the screen allows; a stroke colours only the
 * tiles under it anew. No canvas is ever read back.
 */

import { rectsTouch } from "../geometry/vectors";
import { TILE_SIZE, type TileAt } from "../masks/raster";
import type { MaskGeometry, Rect, ShapeId } from "../types";
import type { Brush, BrushImage } from "./brush";
import { colorTile, type Rgb } from "./maskPixels";
import type { Frame } from "./shapePainter";

/** The bytes of a mask, tile by tile; a null tile is all 0. */
export interface TileSource {
  readonly width: number;
  readonly height: number;
  tile(at: TileAt): Uint8Array | null;
  filledTiles(): readonly TileAt[];
}

export interface TilePainter {
  /** A canvas that shows these pixels. */
  make(pixels: {
    readonly width: number;
    readonly height: number;
    readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  }): BrushImage;
  /** Red, green and blue of a CSS colour. */
  rgb(color: string): Rgb;
}

export interface MaskLook {
  readonly color: string;
  readonly fillAlpha: number;
  readonly edgeAlpha: number;
  /** The outline has gaps: a proposal. */
  readonly isDashed: boolean;
}

interface Sprite {
  /** What it was made for; another geometry means other bytes, unless they are the document's own. */
  geometry: MaskGeometry;
  source: TileSource | null;
  isOwn: boolean;
  /** Canvases by tile, all at one level and in one colour. */
  readonly tiles: Map<number, BrushImage>;
  readonly touched: Map<number, TileAt>;
  level: number;
  look: string;
}

/** About this many usual shapes take as long to draw as colouring a whole tile of 256 x 256. */
const TILE_COST = 14;

export interface MaskLayerOptions {
  readonly painter: TilePainter;
  /** The bytes of a mask that nobody paints on; null when its counts are unreadable. */
  readonly decode: (mask: MaskGeometry) => Promise<TileSource | null>;
  /** The bytes of a mask were not there and are now. */
  readonly onReady: (id: ShapeId) => void;
}

export class MaskLayer {
  readonly #sprites = new Map<ShapeId, Sprite>();

  constructor(private readonly options: MaskLayerOptions) {}

  /** Draw from the document's own bytes from now on: somebody paints on this mask or moves it. */
  adopt(id: ShapeId, mask: { readonly geometry: MaskGeometry; readonly source: TileSource }): void {
    const known = this.#sprites.get(id);
    if (known?.source === mask.source) known.geometry = mask.geometry;
    else this.#sprites.set(id, { ...newSprite(mask.geometry), source: mask.source, isOwn: true });
  }

  /** These tiles were written. */
  touch(id: ShapeId, tiles: readonly TileAt[]): void {
    const sprite = this.#sprites.get(id);
    if (sprite === undefined || sprite.source === null) return;
    const columns = columnsOf(sprite.source);
    for (const at of tiles) {
      const key = at.row * columns + at.column;
      sprite.tiles.delete(key);
      sprite.touched.set(key, at);
    }
  }

  /** A stroke is over: the outline of a neighbouring tile may end or go on at the border now. */
  settle(id: ShapeId): void {
    const sprite = this.#sprites.get(id);
    if (sprite === undefined || sprite.source === null) return;
    const columns = columnsOf(sprite.source);
    for (const { column, row } of sprite.touched.values()) {
      sprite.tiles.delete(row * columns + column - 1);
      sprite.tiles.delete(row * columns + column + 1);
      sprite.tiles.delete((row - 1) * columns + column);
      sprite.tiles.delete((row + 1) * columns + column);
    }
    sprite.touched.clear();
  }

  forget(id: ShapeId): void {
    this.#sprites.delete(id);
  }

  clear(): void {
    this.#sprites.clear();
  }

  /** Draw the part of a mask that touches `clip`, step by step; nothing yet when its bytes are still being decoded. */
  *paint(
    brush: Brush,
    mask: {
      readonly id: ShapeId;
      readonly geometry: MaskGeometry;
      readonly look: MaskLook;
      readonly frame: Frame;
      readonly dpr: number;
      readonly clip: Rect;
    },
  ): Generator<number, void, void> {
    const { frame, clip, look } = mask;
    const sprite = this.#spriteOf(mask.id, mask.geometry);
    const source = sprite.source;
    if (source === null) return;
    const level = maskLevel(frame.scale * mask.dpr);
    const lookKey = `${look.color} ${look.fillAlpha} ${look.edgeAlpha} ${look.isDashed}`;
    if (sprite.level !== level || sprite.look !== lookKey) {
      sprite.tiles.clear();
      sprite.level = level;
      sprite.look = lookKey;
    }
    brush.imageSmoothingEnabled = frame.scale * mask.dpr < 2;
    for (const at of source.filledTiles()) {
      const rect = tileRect(at);
      if (!rectsTouch(rect, clip)) continue;
      yield* this.#paintTile(brush, { sprite, source, at, rect, frame, look });
    }
    brush.imageSmoothingEnabled = true;
  }

  *#paintTile(
    brush: Brush,
    tile: {
      readonly sprite: Sprite;
      readonly source: TileSource;
      readonly at: TileAt;
      readonly rect: Rect;
      readonly frame: Frame;
      readonly look: MaskLook;
    },
  ): Generator<number, void, void> {
    const { sprite, source, at, rect, frame, look } = tile;
    const key = at.row * columnsOf(source) + at.column;
    let image = sprite.tiles.get(key);
    if (image === undefined) {
      const rgb = this.options.painter.rgb(look.color);
      const pixels = colorTile({ source, at, level: sprite.level, rgb, look });
      image = this.options.painter.make(pixels);
      sprite.tiles.set(key, image);
      yield TILE_COST;
    }
    // Whole pixels on the screen: neighbouring tiles meet without a seam.
    const x0 = Math.round((rect.x0 - frame.x) * frame.scale);
    const y0 = Math.round((rect.y0 - frame.y) * frame.scale);
    const x1 = Math.round((rect.x1 - frame.x) * frame.scale);
    const y1 = Math.round((rect.y1 - frame.y) * frame.scale);
    brush.drawImage(image, x0, y0, Math.max(1, x1 - x0), Math.max(1, y1 - y0));
    yield 1;
  }

  #spriteOf(id: ShapeId, geometry: MaskGeometry): Sprite {
    const known = this.#sprites.get(id);
    if (known !== undefined && (known.isOwn || isSameMask(known.geometry, geometry))) return known;
    // Other bytes are on their way; what was there is shown until then.
    const sprite = { ...newSprite(geometry), source: known?.source ?? null };
    this.#sprites.set(id, sprite);
    void this.#load(id, sprite);
    return sprite;
  }

  async #load(id: ShapeId, sprite: Sprite): Promise<void> {
    const source = await this.options.decode(sprite.geometry);
    if (this.#sprites.get(id) !== sprite || source === null) return;
    sprite.source = source;
    sprite.tiles.clear();
    this.options.onReady(id);
  }
}

/** How often pixels are halved for a screen with so many device pixels per image pixel. */
export function maskLevel(deviceScale: number): number {
  return Math.min(7, Math.max(0, Math.floor(Math.log2(1 / deviceScale) + 1e-9)));
}

function newSprite(geometry: MaskGeometry): Sprite {
  return { geometry, source: null, isOwn: false, tiles: new Map(), touched: new Map(), level: -1, look: "" };
}

function columnsOf(source: TileSource): number {
  return Math.ceil(source.width / TILE_SIZE);
}

function tileRect(at: TileAt): Rect {
  const [x0, y0] = [at.column * TILE_SIZE, at.row * TILE_SIZE];
  return { x0, y0, x1: x0 + TILE_SIZE, y1: y0 + TILE_SIZE };
}

function isSameMask(one: MaskGeometry, other: MaskGeometry): boolean {
  if (one === other) return true;
  return one.counts === other.counts && one.width === other.width && one.height === other.height;
}
