/** Filling polygons into a mask: a pixel belongs to it when its centre lies inside, even-odd over all rings. */

import type { XY } from "../types";
import { MaskEdit, type PixelWriter } from "./edit";
import type { MaskRaster } from "./raster";

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
  const edit = new MaskEdit(raster, 1);
  fillRings(edit, rings);
  edit.writeTo(raster);
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
