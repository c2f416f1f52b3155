/**
 * A mask as our own bytes, in tiles, so that a stroke touches, repaints and remembers only the tiles under it.
 *
 * The canvas is never read back: on a 4,000 x 3,000 image that costs more than a hundred milliseconds.
 */

import type { Rect } from "../types";

/** Width and height of a tile in pixels. */
export const TILE_SIZE = 256;

/** Bytes of a tile. Tiles at the right and lower border are whole too; their pixels outside the image are 0. */
export const TILE_PIXELS = TILE_SIZE * TILE_SIZE;

/** Where a tile lies, counted in tiles from the upper left. */
export interface TileAt {
  readonly column: number;
  readonly row: number;
}

/** What a reader may ask of a mask; tiles are 0 and 1 bytes row by row and must not be written to. */
export interface MaskPixels {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** Counts up with each write. */
  readonly version: number;
  /** The bytes of a tile, or null where it is all 0 or outside the image. */
  tile(at: TileAt): Uint8Array | null;
  /** Smallest rectangle around the set pixels of a tile, in image pixels; null for none. */
  tileBounds(at: TileAt): Rect | null;
  /** Whether the pixel is set; false outside the image. */
  has(x: number, y: number): boolean;
  /** The tiles that hold at least one set pixel, in order. */
  filledTiles(): readonly TileAt[];
}

/** Bits of one mask over the whole image; memory is taken only by tiles that hold something. */
export class MaskRaster implements MaskPixels {
  readonly columns: number;
  readonly rows: number;
  #version = 0;
  readonly #tiles = new Map<number, Uint8Array>();
  /** Bounds of tiles that somebody asked for: a stroke changes few, and all are asked for at each step. */
  readonly #bounds = new Map<number, Rect | null>();

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.columns = Math.ceil(width / TILE_SIZE);
    this.rows = Math.ceil(height / TILE_SIZE);
  }

  get version(): number {
    return this.#version;
  }

  tile(at: TileAt): Uint8Array | null {
    // A column left of the first would name the last tile of the row above.
    if (at.column < 0 || at.column >= this.columns) return null;
    return this.#tiles.get(at.row * this.columns + at.column) ?? null;
  }

  tileBounds(at: TileAt): Rect | null {
    const key = at.row * this.columns + at.column;
    const known = this.#bounds.get(key);
    if (known !== undefined) return known;
    const bits = this.tile(at);
    const bounds = bits === null ? null : boundsInTile(bits, at);
    this.#bounds.set(key, bounds);
    return bounds;
  }

  has(x: number, y: number): boolean {
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (column < 0 || row < 0 || column >= this.width || row >= this.height) return false;
    const tile = this.tile({ column: Math.floor(column / TILE_SIZE), row: Math.floor(row / TILE_SIZE) });
    return tile !== null && tile[(row % TILE_SIZE) * TILE_SIZE + (column % TILE_SIZE)] === 1;
  }

  filledTiles(): readonly TileAt[] {
    return [...this.#tiles.keys()]
      .sort((a, b) => a - b)
      .map((key) => ({ column: key % this.columns, row: Math.floor(key / this.columns) }));
  }

  /** Put a whole tile; one without a set pixel is let go. The bytes are kept, not copied. */
  setTile(at: TileAt, bits: Uint8Array): void {
    const key = at.row * this.columns + at.column;
    if (bits.includes(1)) this.#tiles.set(key, bits);
    else this.#tiles.delete(key);
    this.#bounds.delete(key);
    this.#version += 1;
  }

  copy(): MaskRaster {
    const twin = new MaskRaster(this.width, this.height);
    for (const [key, bits] of this.#tiles) twin.#tiles.set(key, bits.slice());
    return twin;
  }
}

/** Smallest rectangle of whole pixels that holds every set pixel; null for an empty mask. */
export function rasterBounds(pixels: MaskPixels): Rect | null {
  const bounds = pixels.filledTiles().flatMap((at) => pixels.tileBounds(at) ?? []);
  if (bounds.length === 0) return null;
  return bounds.reduce((a, b) => ({
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  }));
}

function boundsInTile(bits: Uint8Array, at: TileAt): Rect | null {
  const first = bits.indexOf(1);
  if (first < 0) return null;
  const [left, top] = [at.column * TILE_SIZE, at.row * TILE_SIZE];
  const [low, high] = [Math.floor(first / TILE_SIZE), Math.floor(bits.lastIndexOf(1) / TILE_SIZE)];
  let x0 = TILE_SIZE;
  let x1 = 0;
  for (let row = low; row <= high; row += 1) {
    const line = bits.subarray(row * TILE_SIZE, (row + 1) * TILE_SIZE);
    const from = line.indexOf(1);
    if (from < 0) continue;
    x0 = Math.min(x0, from);
    x1 = Math.max(x1, line.lastIndexOf(1) + 1);
  }
  return { x0: left + x0, y0: top + low, x1: left + x1, y1: top + high + 1 };
}

/** Number of set pixels. */
export function rasterArea(pixels: MaskPixels): number {
  let area = 0;
  for (const at of pixels.filledTiles()) {
    const bits = pixels.tile(at);
    if (bits !== null) for (const bit of bits) area += bit;
  }
  return area;
}
