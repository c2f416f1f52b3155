/**
 * COCO's compressed run lengths: column by column, zeros first, each run after the third written as its difference to
 * the one before the last, five bits to a character. Equal, character for character, to pycocotools.
 */

import type { MaskGeometry } from "../types";
import { MaskRaster, type MaskPixels, TILE_PIXELS, TILE_SIZE } from "./raster";

/** A mask's counts cannot be read. */
export class MaskCountsError extends Error {
  override readonly name = "MaskCountsError";
}

const CODE_ZERO = 48;
/** Thirty bits with the sign: runs up to 536 million pixels. */
const MAX_CHARACTERS_PER_RUN = 6;

/** Run lengths from a compressed string. Throws MaskCountsError for text that is none. */
export function runsFromCounts(counts: string): number[] {
  const runs: number[] = [];
  let at = 0;
  while (at < counts.length) {
    let value = 0;
    let shift = 0;
    for (let more = true; more; at += 1) {
      const code = counts.charCodeAt(at) - CODE_ZERO;
      if (!(code >= 0 && code < 64))
        throw new MaskCountsError(`Mask counts end early or hold a wrong character: at ${at}.`);
      if (shift >= 5 * MAX_CHARACTERS_PER_RUN) throw new MaskCountsError(`A mask run is too long: at ${at}.`);
      value |= (code & 31) << shift;
      more = (code & 32) !== 0;
      shift += 5;
      if (!more && (code & 16) !== 0) value |= -1 << shift;
    }
    const back = runs.length > 2 ? runs[runs.length - 2] : 0;
    const run = value + (back ?? 0);
    if (run < 0) throw new MaskCountsError(`A mask run is negative: ${run}.`);
    runs.push(run);
  }
  return runs;
}

/** The compressed string of run lengths. */
export function countsFromRuns(runs: readonly number[]): string {
  let counts = "";
  for (let i = 0; i < runs.length; i += 1) {
    let rest = (runs[i] ?? 0) - (i > 2 ? (runs[i - 2] ?? 0) : 0);
    for (let more = true; more;) {
      const bits = rest & 31;
      rest >>= 5;
      more = (bits & 16) !== 0 ? rest !== -1 : rest !== 0;
      counts += String.fromCharCode((more ? bits | 32 : bits) + CODE_ZERO);
    }
  }
  return counts;
}

/** Run lengths of a mask geometry. Throws MaskCountsError when they do not cover the image exactly. */
export function runsOfMask(mask: MaskGeometry): number[] {
  const runs = runsFromCounts(mask.counts);
  let sum = 0;
  for (const run of runs) sum += run;
  if (sum !== mask.width * mask.height) {
    throw new MaskCountsError(`Mask runs cover ${sum} pixels of ${mask.width} x ${mask.height}.`);
  }
  return runs;
}

/** A mask geometry with nothing set. */
export function emptyMask(size: { readonly width: number; readonly height: number }): MaskGeometry {
  const { width, height } = size;
  return { type: "mask", width, height, counts: countsFromRuns([width * height]) };
}

/** The mask geometry of some pixels. */
export function maskFromRaster(pixels: MaskPixels): MaskGeometry {
  const { width, height } = pixels;
  return { type: "mask", width, height, counts: countsFromRuns(runsFromRaster(pixels)) };
}

/** Run lengths of some pixels, column by column, zeros first. */
export function runsFromRaster(pixels: MaskPixels): number[] {
  const runs: number[] = [];
  let value = 0;
  let length = 0;
  const take = (bit: number, count: number): void => {
    if (bit !== value) {
      runs.push(length);
      value = bit;
      length = 0;
    }
    length += count;
  };
  for (let column = 0; column < pixels.columns; column += 1) {
    const standing = columnOfTiles(pixels, column);
    const across = Math.min(TILE_SIZE, pixels.width - column * TILE_SIZE);
    for (let x = 0; x < across; x += 1) {
      for (let row = 0; row < pixels.rows; row += 1) {
        const down = Math.min(TILE_SIZE, pixels.height - row * TILE_SIZE);
        const bits = standing[row] ?? null;
        if (bits === null) take(0, down);
        else takeColumn(bits, { from: x * TILE_SIZE, to: x * TILE_SIZE + down, take });
      }
    }
  }
  runs.push(length);
  return runs;
}

function columnOfTiles(pixels: MaskPixels, column: number): readonly (Uint8Array | null)[] {
  const standing: (Uint8Array | null)[] = [];
  for (let row = 0; row < pixels.rows; row += 1) {
    const bits = pixels.tile({ column, row });
    standing.push(bits === null ? null : transposed(bits));
  }
  return standing;
}

interface Column {
  readonly from: number;
  readonly to: number;
  readonly take: (bit: number, count: number) => void;
}

function takeColumn(bits: Uint8Array, column: Column): void {
  let at = column.from;
  while (at < column.to) {
    const bit = bits[at] ?? 0;
    let end = at + 1;
    while (end < column.to && bits[end] === bit) end += 1;
    column.take(bit, end - at);
    at = end;
  }
}

/** Rows become columns: a run down the image is then a run in memory, which the engine searches and fills at once. */
function transposed(bits: Uint8Array): Uint8Array {
  const turned = new Uint8Array(TILE_PIXELS);
  for (let row = 0; row < TILE_SIZE; row += 1) {
    const line = row * TILE_SIZE;
    for (let column = 0; column < TILE_SIZE; column += 1)
      turned[column * TILE_SIZE + row] = bits[line + column] ?? 0;
  }
  return turned;
}

/** Pixels of a mask geometry. Throws MaskCountsError when its counts do not fit its size. */
export function rasterFromMask(mask: MaskGeometry): MaskRaster {
  return rasterFromRuns(runsOfMask(mask), mask);
}

/** Pixels from run lengths, column by column, zeros first, that cover the size exactly. */
export function rasterFromRuns(
  runs: readonly number[],
  size: { readonly width: number; readonly height: number },
): MaskRaster {
  const raster = new MaskRaster(size.width, size.height);
  const filler = new ColumnFiller(raster);
  let at = 0;
  for (let i = 0; i < runs.length; i += 1) {
    const run = runs[i] ?? 0;
    if (i % 2 === 1) filler.fill(at, at + run);
    at += run;
  }
  filler.finish();
  return raster;
}

/** Collects the set runs of one column of tiles at a time, standing up, and lays the tiles down when it is left. */
class ColumnFiller {
  #column = 0;
  #standing = new Map<number, Uint8Array>();

  constructor(private readonly raster: MaskRaster) {}

  fill(from: number, to: number): void {
    const { height } = this.raster;
    for (let at = from; at < to;) {
      const x = Math.floor(at / height);
      const y = at % height;
      const row = Math.floor(y / TILE_SIZE);
      const end = Math.min(to, at + Math.min(height - y, (row + 1) * TILE_SIZE - y));
      if (Math.floor(x / TILE_SIZE) !== this.#column) this.#leaveFor(Math.floor(x / TILE_SIZE));
      const start = (x % TILE_SIZE) * TILE_SIZE + (y % TILE_SIZE);
      this.#tile(row).fill(1, start, start + end - at);
      at = end;
    }
  }

  finish(): void {
    for (const [row, bits] of this.#standing)
      this.raster.setTile({ column: this.#column, row }, transposed(bits));
    this.#standing.clear();
  }

  #leaveFor(column: number): void {
    this.finish();
    this.#column = column;
  }

  #tile(row: number): Uint8Array {
    const known = this.#standing.get(row);
    if (known !== undefined) return known;
    const fresh = new Uint8Array(TILE_PIXELS);
    this.#standing.set(row, fresh);
    return fresh;
  }
}
