/** Writing into a mask and remembering what was there, so that the writing is a command. */

import { paintedTile } from "../model/commands";
import type { Command, PaintedTile, ShapeId } from "../types";
import { type MaskPixels, type MaskRaster, TILE_PIXELS, TILE_SIZE, type TileAt } from "./raster";

/** Something that takes runs of pixels along a row. */
export interface PixelWriter {
  readonly width: number;
  readonly height: number;
  /** Write pixels `x0` up to and without `x1` of row `y`; parts outside the image are left out. */
  writeRow(y: number, x0: number, x1: number): void;
}

interface TileCopy {
  readonly at: TileAt;
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
  isChanged: boolean;
}

/** Writes onto copies of the tiles of a mask; the mask itself stays as it is. */
export class MaskEdit implements PixelWriter {
  readonly width: number;
  readonly height: number;
  readonly #copies = new Map<number, TileCopy>();

  constructor(
    private readonly pixels: MaskPixels,
    /** 1 sets pixels, 0 clears them. */
    private readonly value: 0 | 1,
  ) {
    this.width = pixels.width;
    this.height = pixels.height;
  }

  writeRow(y: number, x0: number, x1: number): void {
    if (y < 0 || y >= this.height) return;
    const end = Math.min(x1, this.width);
    const row = Math.floor(y / TILE_SIZE);
    for (let x = Math.max(0, x0); x < end;) {
      const column = Math.floor(x / TILE_SIZE);
      const stop = Math.min(end, (column + 1) * TILE_SIZE);
      const copy = this.#copy({ column, row });
      if (copy !== null) {
        const line = (y % TILE_SIZE) * TILE_SIZE - column * TILE_SIZE;
        const span = copy.after.subarray(line + x, line + stop);
        copy.isChanged ||= span.includes(1 - this.value);
        span.fill(this.value);
      }
      x = stop;
    }
  }

  /** The tiles that are different now. */
  tiles(): PaintedTile[] {
    return [...this.#copies.values()]
      .filter(({ isChanged }) => isChanged)
      .map(({ at, before, after }) => paintedTile(at, { before, after }));
  }

  /** Put what was written into a raster of one's own, of the same size. */
  writeTo(raster: MaskRaster): void {
    for (const { at, after, isChanged } of this.#copies.values())
      if (isChanged) raster.setTile(at, after.slice());
  }

  /** The command that does what was written; null when it changes nothing. */
  command(id: ShapeId): Command | null {
    const tiles = this.tiles();
    return tiles.length === 0 ? null : { kind: "paint", id, tiles };
  }

  #copy(at: TileAt): TileCopy | null {
    const key = at.row * this.pixels.columns + at.column;
    const known = this.#copies.get(key);
    if (known !== undefined) return known;
    const before = this.pixels.tile(at);
    // Nothing can be cleared in a tile of zeros.
    if (before === null && this.value === 0) return null;
    const after = before === null ? new Uint8Array(TILE_PIXELS) : before.slice();
    const copy = { at, before, after, isChanged: false };
    this.#copies.set(key, copy);
    return copy;
  }
}
