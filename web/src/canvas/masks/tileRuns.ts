/** Run lengths of one tile, row by row, zeros first: how a `paint` command remembers pixels. */

import { TILE_PIXELS } from "./raster";

/** Run lengths of a tile's bytes; null stands for a tile of zeros. They add up to `TILE_PIXELS`. */
export function encodeTile(bits: Uint8Array | null): number[] {
  if (bits === null) return [TILE_PIXELS];
  const runs: number[] = [];
  let value = 0;
  let from = 0;
  while (from < TILE_PIXELS) {
    const next = bits.indexOf(1 - value, from);
    const to = next < 0 ? TILE_PIXELS : next;
    runs.push(to - from);
    from = to;
    value = 1 - value;
  }
  return runs;
}

/**
 * Bytes of a tile from its run lengths.
 *
 * Throws RangeError when the runs do not add up to a tile: such a command was not made by `encodeTile`.
 */
export function decodeTile(runs: readonly number[]): Uint8Array {
  const bits = new Uint8Array(TILE_PIXELS);
  let at = 0;
  let value = 0;
  for (const run of runs) {
    if (!Number.isInteger(run) || run < 0)
      throw new RangeError(`A tile's run lengths must be whole numbers: ${run}.`);
    if (value === 1) bits.fill(1, at, at + run);
    at += run;
    value = 1 - value;
  }
  if (at !== TILE_PIXELS) throw new RangeError(`A tile's run lengths must add up to ${TILE_PIXELS}: ${at}.`);
  return bits;
}
