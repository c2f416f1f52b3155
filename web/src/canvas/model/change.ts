/** What a step of the document touched, so that whoever follows it can patch instead of rebuild. */

import type { TileAt } from "../masks/raster";
import type { Shape, ShapeId } from "../types";

/** Pixels of a mask that were written. */
export interface PaintedArea {
  readonly id: ShapeId;
  readonly tiles: readonly TileAt[];
}

/** The difference between two versions of a document. An id is in one of added, removed and changed, or in none. */
export interface DocumentChange {
  readonly version: number;
  readonly added: readonly Shape[];
  readonly removed: readonly Shape[];
  readonly changed: readonly { readonly before: Shape; readonly after: Shape }[];
  /** Masks of which only pixels changed; their shapes are not in `changed` for that. */
  readonly painted: readonly PaintedArea[];
  readonly isReordered: boolean;
}

interface Seen {
  readonly before: Shape | null;
  after: Shape | null;
}

/** Gathers the steps of one command (a group is one) into one change. */
export class ChangeCollector {
  readonly #seen = new Map<ShapeId, Seen>();
  readonly #painted = new Map<ShapeId, Map<string, TileAt>>();
  #isReordered = false;

  note(id: ShapeId, step: { readonly before: Shape | null; readonly after: Shape | null }): void {
    const known = this.#seen.get(id);
    if (known === undefined) this.#seen.set(id, { ...step });
    else known.after = step.after;
  }

  paint(id: ShapeId, tiles: readonly TileAt[]): void {
    const area = this.#painted.get(id) ?? new Map<string, TileAt>();
    for (const { column, row } of tiles) area.set(`${column},${row}`, { column, row });
    this.#painted.set(id, area);
  }

  reorder(): void {
    this.#isReordered = true;
  }

  /** The change so far, under the document's new version. */
  at(version: number): DocumentChange {
    const added: Shape[] = [];
    const removed: Shape[] = [];
    const changed: { before: Shape; after: Shape }[] = [];
    for (const { before, after } of this.#seen.values()) {
      if (before === null && after !== null) added.push(after);
      else if (before !== null && after === null) removed.push(before);
      else if (before !== null && after !== null && before !== after) changed.push({ before, after });
    }
    const gone = new Set([...this.#seen].filter(([, seen]) => seen.after === null).map(([id]) => id));
    const painted = [...this.#painted]
      .filter(([id]) => !gone.has(id))
      .map(([id, tiles]) => ({ id, tiles: [...tiles.values()] }));
    return { version, added, removed, changed, painted, isReordered: this.#isReordered };
  }
}
