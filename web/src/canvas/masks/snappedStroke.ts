/** Brush strokes that stop at edges: of each disc of the brush, what hangs together with its middle. */

import type { XY } from "../types";
import type { PixelWriter } from "./edit";
import type { EdgeField } from "./edges";

/** Weaker than this is no edge. */
const LEAST_STRONG = 40;
/** Whatever is above this stops it. */
const SURELY_STRONG = 120;

/**
 * Write one piece of a stroke, disc by disc: pixels reached from the middle without crossing a strong edge.
 *
 * An edge is a ridge of strengths: the stroke climbs to its crest and goes no further.
 */
export function strokeSnapped(
  writer: PixelWriter,
  stroke: { readonly from: XY; readonly to: XY; readonly radius: number },
  field: EdgeField,
): void {
  const { from, to, radius } = stroke;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const count = Math.max(1, Math.ceil(length / Math.max(1, radius / 3)));
  // The disc at `from` was written with the piece before, unless this is the first.
  for (let i = length === 0 ? 0 : 1; i <= (length === 0 ? 0 : count); i += 1) {
    const t = i / count;
    discSnapped(
      writer,
      { at: [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t], radius },
      field,
    );
  }
}

interface Disc {
  readonly at: XY;
  readonly radius: number;
}

function discSnapped(writer: PixelWriter, disc: Disc, field: EdgeField): void {
  const { scale } = field;
  const reach = Math.max(1, Math.ceil(disc.radius / scale));
  const [cx, cy] = [Math.floor(disc.at[0] / scale), Math.floor(disc.at[1] / scale)];
  if (cx < 0 || cy < 0 || cx >= field.width || cy >= field.height) return;
  const side = 2 * reach + 1;
  const patch: Patch = {
    field,
    side,
    left: cx - reach,
    top: cy - reach,
    inside: insideOf(disc, field, { cx, cy, reach }),
  };
  const taken = flood(patch, reach * side + reach);
  for (let row = 0; row < side; row += 1) writeRuns(writer, { patch, taken, row });
}

interface Patch {
  readonly field: EdgeField;
  readonly side: number;
  readonly left: number;
  readonly top: number;
  /** Strength plus one where the disc and the picture are; 0 elsewhere. */
  readonly inside: Uint16Array;
}

function insideOf(
  disc: Disc,
  field: EdgeField,
  { cx, cy, reach }: { readonly cx: number; readonly cy: number; readonly reach: number },
): Uint16Array {
  const side = 2 * reach + 1;
  const inside = new Uint16Array(side * side);
  const { scale, width, height, strength } = field;
  for (let row = 0; row < side; row += 1) {
    const y = cy - reach + row;
    if (y < 0 || y >= height) continue;
    const dy = (y + 0.5) * scale - disc.at[1];
    const half2 = disc.radius * disc.radius - dy * dy;
    if (half2 < 0) continue;
    const half = Math.sqrt(half2);
    const from = Math.max(0, Math.ceil((disc.at[0] - half) / scale - 0.5));
    const end = Math.min(width - 1, Math.floor((disc.at[0] + half) / scale - 0.5));
    for (let x = from; x <= end; x += 1) {
      inside[row * side + x - cx + reach] = (strength[y * width + x] ?? 0) + 1;
    }
  }
  return inside;
}

/**
 * Pixels of the disc that hang together with the middle.
 *
 * A third of the strongest edge stops the stroke; where little can be reached that way, the object has a texture, and only
 * half of it does.
 */
function flood(patch: Patch, middle: number): Uint8Array {
  let strongest = 0;
  let count = 0;
  for (const value of patch.inside) {
    if (value > strongest) strongest = value;
    if (value > 0) count += 1;
  }
  const careful = floodBelow(patch, middle, strongest / 3);
  return careful.count >= STARVED * count ? careful.taken : floodBelow(patch, middle, strongest / 2).taken;
}

/** Reaching less than this of the disc, a stroke is stopped by texture. */
const STARVED = 0.2;

function floodBelow(
  { side, inside }: Patch,
  middle: number,
  wanted: number,
): { readonly taken: Uint8Array; readonly count: number } {
  const limit = Math.min(SURELY_STRONG, Math.max(LEAST_STRONG, wanted)) + 1;
  const taken = new Uint8Array(side * side);
  const open = new Int32Array(side * side);
  let waiting = 1;
  let count = 1;
  open[0] = middle;
  taken[middle] = 1;
  while (waiting > 0) {
    waiting -= 1;
    const at = open[waiting] ?? middle;
    const here = inside[at] ?? 0;
    const column = at % side;
    for (let k = 0; k < 4; k += 1) {
      if ((k === 0 && column === side - 1) || (k === 1 && column === 0)) continue;
      const next = at + (k === 0 ? 1 : k === 1 ? -1 : k === 2 ? side : -side);
      const there = inside[next] ?? 0;
      if (there === 0 || taken[next] === 1) continue;
      // Below the limit anywhere; above it uphill only. A middle that lies on an edge may leave it.
      if (at !== middle && (here >= limit ? there <= here : there >= limit && there <= here)) continue;
      taken[next] = 1;
      open[waiting] = next;
      waiting += 1;
      count += 1;
    }
  }
  return { taken, count };
}

function writeRuns(
  writer: PixelWriter,
  { patch, taken, row }: { readonly patch: Patch; readonly taken: Uint8Array; readonly row: number },
): void {
  const { side, left, top, field } = patch;
  const line = taken.subarray(row * side, (row + 1) * side);
  for (let from = line.indexOf(1); from >= 0;) {
    const stop = line.indexOf(0, from);
    const end = stop < 0 ? side : stop;
    const [x0, x1] = [Math.round((left + from) * field.scale), Math.round((left + end) * field.scale)];
    const lowest = Math.round((top + row + 1) * field.scale);
    for (let y = Math.round((top + row) * field.scale); y < lowest; y += 1) writer.writeRow(y, x0, x1);
    from = stop < 0 ? -1 : line.indexOf(1, stop);
  }
}
