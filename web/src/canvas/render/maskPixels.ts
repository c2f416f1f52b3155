/** From the bits of a mask tile to colours. Pure. */

import { TILE_SIZE, type TileAt } from "../masks/raster";

export type Rgb = readonly [red: number, green: number, blue: number];

interface Bits {
  tile(at: TileAt): Uint8Array | null;
}

export interface TilePixels {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * Colour one tile, halved `level` times: faint inside, strong along the outline.
 *
 * A pixel that stands for several is set when a quarter of them are, so that thin objects do not vanish far out.
 */
export function colorTile(tile: {
  readonly source: Bits;
  readonly at: TileAt;
  readonly level: number;
  readonly rgb: Rgb;
  readonly look: { readonly fillAlpha: number; readonly edgeAlpha: number; readonly isDashed: boolean };
}): TilePixels {
  const { source, at, level, rgb, look } = tile;
  const side = TILE_SIZE >> level;
  const set = reducedWithBorder({ source, at, level });
  const rgba = new Uint8ClampedArray(side * side * 4);
  const [inside, edge] = [Math.round(look.fillAlpha * 255), Math.round(look.edgeAlpha * 255)];
  const stride = side + 2;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const i = (y + 1) * stride + x + 1;
      if (set[i] !== 1) continue;
      const isInside = set[i - 1] === 1 && set[i + 1] === 1 && set[i - stride] === 1 && set[i + stride] === 1;
      const o = (y * side + x) * 4;
      rgba[o] = rgb[0];
      rgba[o + 1] = rgb[1];
      rgba[o + 2] = rgb[2];
      const isGap = look.isDashed && ((x + y) & 7) > 4;
      rgba[o + 3] = isInside || isGap ? inside : edge;
    }
  }
  return { width: side, height: side, rgba };
}

/** The tile at its level with a border of one pixel from its neighbours; corners stay 0, nobody asks for them. */
function reducedWithBorder(tile: {
  readonly source: Bits;
  readonly at: TileAt;
  readonly level: number;
}): Uint8Array {
  const { source, at, level } = tile;
  const side = TILE_SIZE >> level;
  const stride = side + 2;
  const set = new Uint8Array(stride * stride);
  const own = source.tile(at);
  if (own !== null) {
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1) set[(y + 1) * stride + x + 1] = blockAt(own, { x, y, level });
    }
  }
  const left = source.tile({ column: at.column - 1, row: at.row });
  const right = source.tile({ column: at.column + 1, row: at.row });
  const above = source.tile({ column: at.column, row: at.row - 1 });
  const below = source.tile({ column: at.column, row: at.row + 1 });
  for (let i = 0; i < side; i += 1) {
    if (left !== null) set[(i + 1) * stride] = blockAt(left, { x: side - 1, y: i, level });
    if (right !== null) set[(i + 1) * stride + side + 1] = blockAt(right, { x: 0, y: i, level });
    if (above !== null) set[i + 1] = blockAt(above, { x: i, y: side - 1, level });
    if (below !== null) set[(side + 1) * stride + i + 1] = blockAt(below, { x: i, y: 0, level });
  }
  return set;
}

function blockAt(
  bits: Uint8Array,
  block: { readonly x: number; readonly y: number; readonly level: number },
): number {
  const { x, y, level } = block;
  if (level === 0) return bits[y * TILE_SIZE + x] ?? 0;
  const size = 1 << level;
  let count = 0;
  for (let dy = 0; dy < size; dy += 1) {
    const row = (y * size + dy) * TILE_SIZE + x * size;
    for (let dx = 0; dx < size; dx += 1) count += bits[row + dx] ?? 0;
  }
  return count * 4 >= size * size ? 1 : 0;
}
