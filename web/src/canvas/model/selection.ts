/** Which shapes are selected. Not part of the document: undo does not bring it back, and it is not saved. */

import type { ShapeId } from "../types";
import type { ShapeDocument } from "./document";

/** A step from one selection to the next. */
export type SelectionChange =
  | { readonly kind: "set"; readonly ids: readonly ShapeId[] }
  | { readonly kind: "add"; readonly ids: readonly ShapeId[] }
  | { readonly kind: "toggle"; readonly ids: readonly ShapeId[] }
  | { readonly kind: "remove"; readonly ids: readonly ShapeId[] };

/** The selection after a step. */
export function changeSelection(
  selected: ReadonlySet<ShapeId>,
  change: SelectionChange,
): ReadonlySet<ShapeId> {
  if (change.kind === "set") return new Set(change.ids);
  const next = new Set(selected);
  for (const id of change.ids) {
    if (change.kind === "remove" || (change.kind === "toggle" && next.has(id))) next.delete(id);
    else next.add(id);
  }
  return next;
}

/** The selection of one document; shapes that leave the document leave it too. */
export class Selection {
  #ids: ReadonlySet<ShapeId> = new Set();
  readonly #followers = new Set<(ids: ReadonlySet<ShapeId>) => void>();
  readonly #stop: () => void;

  constructor(readonly doc: ShapeDocument) {
    this.#stop = doc.follow((change) => {
      if (change.removed.some((shape) => this.#ids.has(shape.id))) {
        this.change({ kind: "remove", ids: change.removed.map((shape) => shape.id) });
      }
    });
  }

  get ids(): ReadonlySet<ShapeId> {
    return this.#ids;
  }

  /** Select; ids that are not in the document are left out. */
  change(change: SelectionChange): void {
    const wanted = changeSelection(this.#ids, change);
    const next = new Set([...wanted].filter((id) => this.doc.peek(id) !== null));
    if (next.size === this.#ids.size && [...next].every((id) => this.#ids.has(id))) return;
    this.#ids = next;
    for (const follower of [...this.#followers]) follower(next);
  }

  /** Select the next shape in drawing order, or the one before (`by` -1); the first when none is selected. */
  step(by: 1 | -1): void {
    const { ids } = this.doc;
    if (ids.length === 0) return;
    const places = [...this.#ids].map((id) => this.doc.placeOf(id));
    const from =
      places.length === 0
        ? by === 1
          ? -1
          : ids.length
        : by === 1
          ? Math.max(...places)
          : Math.min(...places);
    const id = ids[(from + by + ids.length) % ids.length];
    if (id !== undefined) this.change({ kind: "set", ids: [id] });
  }

  /** Be told of each change; gives the way to stop. */
  follow(follower: (ids: ReadonlySet<ShapeId>) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Stop following the document. */
  dispose(): void {
    this.#stop();
    this.#followers.clear();
  }
}
