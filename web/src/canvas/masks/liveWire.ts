/**
 * The cheapest way along edges from one point to others (intelligent scissors).
 *
 * Dijkstra on the pixels of a window around the beginning, eight neighbours, whole costs and one bucket per cost. It goes
 * on only as far as the point that is asked for; further points go on from there, so that a line that follows the pointer
 * costs little after the first.
 */

import type { XY } from "../types";
import type { EdgeField } from "./edges";

/** The window reaches so many field pixels to each side; beyond it the line is straight. */
export const REACH = 256;

/** What a step costs at most, and so how many buckets are needed. */
const BUCKETS = 256;
const FAR = 2 ** 30;
/** Steps as [dx, dy, length]: a diagonal is 7/5 as long. */
const STEPS = [
  [1, 0, 5],
  [0, 1, 5],
  [-1, 0, 5],
  [0, -1, 5],
  [1, 1, 7],
  [-1, 1, 7],
  [-1, -1, 7],
  [1, -1, 7],
] as const;

/** Going along full strength costs 1 by length, across a flat place 33. */
const COST = Uint8Array.from(
  { length: 256 },
  (_, strength) => 1 + Math.round(32 * (1 - strength / 255) ** 2),
);

interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class LiveWire {
  #window: Window = { left: 0, top: 0, width: 0, height: 0 };
  #from: XY = [0, 0];
  #cost = new Int32Array(0);
  /** By which step a pixel was reached, 1 to 8; 0 for none. */
  #by = new Uint8Array(0);
  #isDone = new Uint8Array(0);
  #buckets: number[][] = [];
  #level = 0;
  #waiting = 0;
  #isSeeded = false;

  constructor(readonly field: EdgeField) {}

  /** Begin at a point of the image. The same point again keeps what is known. */
  seed(from: XY): void {
    if (this.#isSeeded && from[0] === this.#from[0] && from[1] === this.#from[1]) return;
    const [x, y] = this.#cell(from);
    const left = Math.max(0, x - REACH);
    const top = Math.max(0, y - REACH);
    const width = Math.min(this.field.width, x + REACH + 1) - left;
    const height = Math.min(this.field.height, y + REACH + 1) - top;
    this.#window = { left, top, width, height };
    this.#from = from;
    this.#isSeeded = true;
    this.#cost = new Int32Array(width * height).fill(FAR);
    this.#by = new Uint8Array(width * height);
    this.#isDone = new Uint8Array(width * height);
    this.#buckets = Array.from({ length: BUCKETS }, () => []);
    const start = (y - top) * width + (x - left);
    this.#cost[start] = 0;
    this.#buckets[0]?.push(start);
    this.#level = 0;
    this.#waiting = 1;
  }

  /** The line from the beginning to a point, both included, through the middles of pixels between them. */
  pathTo(to: XY): XY[] {
    const { left, top, width, height } = this.#window;
    const [x, y] = this.#cell(to);
    const column = Math.min(width - 1, Math.max(0, x - left));
    const row = Math.min(height - 1, Math.max(0, y - top));
    const goal = row * width + column;
    this.#expand(goal);
    const { scale } = this.field;
    const line: XY[] = [];
    for (let at = goal; ;) {
      const [px, py] = [at % width, Math.floor(at / width)];
      line.push([(px + left + 0.5) * scale, (py + top + 0.5) * scale]);
      const step = STEPS[(this.#by[at] ?? 0) - 1];
      if (step === undefined) break;
      at -= step[1] * width + step[0];
    }
    const between = line.reverse().slice(1, -1);
    const isBeyond = column !== x - left || row !== y - top;
    const last = line.at(-1);
    return [this.#from, ...between, ...(isBeyond && last !== undefined ? [last] : []), to];
  }

  #cell(at: XY): readonly [number, number] {
    const { width, height, scale } = this.field;
    const inside = (value: number, size: number) =>
      Math.min(size - 1, Math.max(0, Math.floor(value / scale)));
    return [inside(at[0], width), inside(at[1], height)];
  }

  #expand(goal: number): void {
    while (this.#isDone[goal] !== 1 && this.#waiting > 0) {
      const bucket = this.#buckets[this.#level % BUCKETS];
      const at = bucket?.pop();
      if (at === undefined) {
        this.#level += 1;
        continue;
      }
      this.#waiting -= 1;
      if (this.#isDone[at] === 1) continue;
      this.#isDone[at] = 1;
      this.#relax(at);
    }
  }

  #relax(at: number): void {
    const { left, top, width, height } = this.#window;
    const { strength, width: stride } = this.field;
    const x = at % width;
    const y = Math.floor(at / width);
    const base = this.#cost[at] ?? 0;
    for (let k = 0; k < STEPS.length; k += 1) {
      const [dx, dy, length] = STEPS[k] ?? STEPS[0];
      const nx = x + dx;
      const ny = y + dy;
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      const next = ny * width + nx;
      if (this.#isDone[next] === 1) continue;
      const cost = base + length * (COST[strength[(ny + top) * stride + nx + left] ?? 0] ?? 1);
      if (cost >= (this.#cost[next] ?? FAR)) continue;
      this.#cost[next] = cost;
      this.#by[next] = k + 1;
      this.#buckets[cost % BUCKETS]?.push(next);
      this.#waiting += 1;
    }
  }
}
