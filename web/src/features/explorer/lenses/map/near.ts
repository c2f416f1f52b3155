/** The point under the pointer: a grid of buckets over the map. Pure. */
import type { Points } from "./wire";

const CELLS = 128;
const SPAN = 65_536;
const CELL = SPAN / CELLS;

/** Points by cell, once for a map: 6 ms for a hundred thousand. */
export class NearIndex {
  private readonly starts = new Uint32Array(CELLS * CELLS + 1);
  private readonly order: Uint32Array;

  constructor(private readonly points: Points) {
    const { count, places } = points;
    this.order = new Uint32Array(count);
    for (let at = 0; at < count; at += 1) this.bump(this.cellOf(places, at) + 1);
    for (let at = 1; at < this.starts.length; at += 1) this.bump(at, this.starts[at - 1]);
    const next = this.starts.slice();
    for (let at = 0; at < count; at += 1) {
      const cell = this.cellOf(places, at);
      const place = next[cell] ?? 0;
      this.order[place] = at;
      next[cell] = place + 1;
    }
  }

  /** The nearest point within a reach of map numbers that passes; null for none. */
  find(
    at: { readonly x: number; readonly y: number },
    reach: number,
    passes: (point: number) => boolean,
  ): number | null {
    let best: number | null = null;
    let least = reach * reach;
    const { places } = this.points;
    const [left, right] = [column(at.x - reach), column(at.x + reach)];
    const [low, high] = [column(at.y - reach), column(at.y + reach)];
    for (let row = low; row <= high; row += 1) {
      const first = this.starts[row * CELLS + left] ?? 0;
      const last = this.starts[row * CELLS + right + 1] ?? 0;
      for (let index = first; index < last; index += 1) {
        const point = this.order[index] ?? 0;
        const x = (places[2 * point] ?? 0) - at.x;
        const y = (places[2 * point + 1] ?? 0) - at.y;
        const far = x * x + y * y;
        if (far <= least && passes(point)) [best, least] = [point, far];
      }
    }
    return best;
  }

  private cellOf(places: Int16Array, at: number): number {
    return column(places[2 * at + 1] ?? 0) * CELLS + column(places[2 * at] ?? 0);
  }

  private bump(at: number, by = 1): void {
    this.starts[at] = (this.starts[at] ?? 0) + by;
  }
}

function column(value: number): number {
  return Math.min(CELLS - 1, Math.max(0, Math.floor((value + SPAN / 2) / CELL)));
}
