/** One drawing per frame, of what has changed since the last. */

import type { Rect } from "../types";

export interface Dirty {
  /** The part of the base to draw, in CSS pixels; `all` for everything, null for nothing. */
  readonly base: Rect | "all" | null;
  readonly isOverlayDirty: boolean;
}

export class Frames {
  #base: Rect | "all" | null = null;
  #isOverlayDirty = false;
  #handle: number | null = null;

  constructor(private readonly draw: (dirty: Dirty) => void) {}

  /** The base must be drawn again: all of it, or this part (CSS pixels). */
  base(part?: Rect): void {
    if (part === undefined || this.#base === "all") this.#base = "all";
    else this.#base = this.#base === null ? part : union(this.#base, part);
    this.#request();
  }

  /** Overlay and selection must be drawn again. */
  overlay(): void {
    this.#isOverlayDirty = true;
    this.#request();
  }

  all(): void {
    this.#isOverlayDirty = true;
    this.base();
  }

  /** Come round once more, even if nothing is to be drawn. */
  again(): void {
    this.#request();
  }

  /** Draw now what waits for the next frame. */
  flush(): void {
    if (this.#handle === null) return;
    cancelAnimationFrame(this.#handle);
    this.#run();
  }

  stop(): void {
    if (this.#handle !== null) cancelAnimationFrame(this.#handle);
    this.#handle = null;
  }

  #request(): void {
    this.#handle ??= requestAnimationFrame(() => this.#run());
  }

  #run(): void {
    this.#handle = null;
    const dirty = { base: this.#base, isOverlayDirty: this.#isOverlayDirty };
    this.#base = null;
    this.#isOverlayDirty = false;
    this.draw(dirty);
  }
}

function union(a: Rect, b: Rect): Rect {
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}
