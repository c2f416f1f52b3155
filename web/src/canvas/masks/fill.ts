/** Filling polygons into a mask: a pixel belongs to it when its centre lies inside, even-odd over all rings. */

import type { XY } from "../types";
import { type MaskRaster, TILE_PIXELS, TILE_SIZE } from "./raster";
import type { PixelWriter } from "./edit";

/** Fill rings into a mask or an edit of one. */
export function fillRings(writer: PixelWriter, rings: readonly (readonly XY[])[]): void {
  const edges = edgesOf(rings);
  if (edges.length === 0) return;
  let active: Edge[] = [];
  let next = 0;
  const firstRow = Math.max(0, Math.ceil((edges[0]?.top ?? 0) - 0.5));
  for (let row = firstRow; row < writer.height && (next < edges.length || active.length > 0); row += 1) {
    const y = row + 0.5;
    for (let edge = edges[next]; edge !== undefined && edge.top <= y; edge = edges[next]) {
      active.push(edge);
      next += 1;
    }
    active = active.filter((edge) => edge.bottom > y);
    const crossings = active.map((edge) => edge.x + (y - edge.top) * edge.slope).sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      writer.writeRow(row, Math.ceil((crossings[i] ?? 0) - 0.5), Math.ceil((crossings[i + 1] ?? 0) - 0.5));
    }
  }
}

/** Set the pixels of a polygon in a raster of one's own. */
export function fillPolygon(raster: MaskRaster, rings: readonly (readonly XY[])[]): void {
  const writer = new RasterWriter(raster);
  fillRings(writer, rings);
  writer.finish();
}

interface Edge {
  /** Upper end; `x` is where it lies there. A row's line at y meets the edge when top <= y < bottom. */
  readonly top: number;
  readonly bottom: number;
  readonly x: number;
  readonly slope: number;
}

function edgesOf(rings: readonly (readonly XY[])[]): readonly Edge[] {
  const edges: Edge[] = [];
  for (const ring of rings) {
    let from = ring.at(-1);
    for (const to of ring) {
      if (from !== undefined && from[1] !== to[1]) {
        const [upper, lower] = from[1] < to[1] ? [from, to] : [to, from];
        const slope = (lower[0] - upper[0]) / (lower[1] - upper[1]);
        edges.push({ top: upper[1], bottom: lower[1], x: upper[0], slope });
      }
      from = to;
    }
  }
  return edges.sort((a, b) => a.top - b.top);
}

/** Sets pixels of a raster tile by tile. */
class RasterWriter implements PixelWriter {
  readonly width: number;
  readonly height: number;
  readonly #tiles = new Map<number, Uint8Array>();

  constructor(private readonly raster: MaskRaster) {
    this.width = raster.width;
    this.height = raster.height;
  }

  writeRow(y: number, x0: number, x1: number): void {
    if (y < 0 || y >= this.height) return;
    const end = Math.min(x1, this.width);
    for (let x = Math.max(0, x0); x < end;) {
      const column = Math.floor(x / TILE_SIZE);
      const stop = Math.min(end, (column + 1) * TILE_SIZE);
      const line = (y % TILE_SIZE) * TILE_SIZE - column * TILE_SIZE;
      this.#tile(column, Math.floor(y / TILE_SIZE)).fill(1, line + x, line + stop);
      x = stop;
    }
  }

  finish(): void {
    for (const [key, bits] of this.#tiles) {
      const { columns } = this.raster;
      this.raster.setTile({ column: key % columns, row: Math.floor(key / columns) }, bits);
    }
  }

  #tile(column: number, row: number): Uint8Array {
    const key = row * this.raster.columns + column;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const bits = this.raster.tile({ column, row })?.slice() ?? new Uint8Array(TILE_PIXELS);
    this.#tiles.set(key, bits);
    return bits;
  }
}
