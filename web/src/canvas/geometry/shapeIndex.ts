/** Which shapes lie where, without looking at all of them. */

import RBush from "rbush";

import type { Rect, ShapeId } from "../types";

/** Bounding rectangles by place. Whoever draws, clicks or snaps asks it; it is patched, never rebuilt, on a change. */
export interface ShapeIndex {
  readonly count: number;
  /** Put many at once; faster than one by one. */
  load(entries: Iterable<{ readonly id: ShapeId; readonly rect: Rect }>): void;
  /** Put one, or move it when it is known. */
  set(id: ShapeId, rect: Rect): void;
  /** Take one away; unknown ones are left. */
  remove(id: ShapeId): void;
  /** Ids of all whose rectangle touches this one, in no order. */
  search(rect: Rect): ShapeId[];
}

interface Entry {
  readonly id: ShapeId;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export class RTreeIndex implements ShapeIndex {
  readonly #tree = new RBush<Entry>();
  readonly #entries = new Map<ShapeId, Entry>();

  get count(): number {
    return this.#entries.size;
  }

  load(entries: Iterable<{ readonly id: ShapeId; readonly rect: Rect }>): void {
    const fresh: Entry[] = [];
    for (const { id, rect } of entries) {
      this.remove(id);
      const entry = entryOf(id, rect);
      this.#entries.set(id, entry);
      fresh.push(entry);
    }
    this.#tree.load(fresh);
  }

  set(id: ShapeId, rect: Rect): void {
    this.remove(id);
    const entry = entryOf(id, rect);
    this.#entries.set(id, entry);
    this.#tree.insert(entry);
  }

  remove(id: ShapeId): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#tree.remove(entry);
  }

  search(rect: Rect): ShapeId[] {
    return this.#tree
      .search({ minX: rect.x0, minY: rect.y0, maxX: rect.x1, maxY: rect.y1 })
      .map((one) => one.id);
  }
}

function entryOf(id: ShapeId, rect: Rect): Entry {
  return { id, minX: rect.x0, minY: rect.y0, maxX: rect.x1, maxY: rect.y1 };
}
