/** The shapes of a document by place, kept up to date with its changes. */

import { rasterBounds } from "../masks/raster";
import type { DocumentChange } from "../model/change";
import type { ShapeDocument } from "../model/document";
import type { Rect, Shape, ShapeId, Vec } from "../types";
import { type Hit, hitGeometry } from "./hit";
import { areaOf, boundsOf } from "./measure";
import { RTreeIndex, type ShapeIndex } from "./shapeIndex";
import { grownRect } from "./vectors";

export interface ShapeAt {
  readonly id: ShapeId;
  readonly hit: Hit;
}

export class DocumentFinder {
  readonly index: ShapeIndex;
  readonly #stop: () => void;
  #areas = new WeakMap<Shape, number>();

  constructor(
    readonly doc: ShapeDocument,
    /** Shapes that cannot be seen cannot be hit. */
    private readonly isVisible: (shape: Shape) => boolean = () => true,
    index: ShapeIndex = new RTreeIndex(),
  ) {
    this.index = index;
    index.load(doc.ids.flatMap((id) => this.#entry(id)));
    this.#stop = doc.follow((change) => this.#patch(change));
  }

  /**
   * Shapes at a point: the smallest area first, of equals the one on top.
   *
   * A line or a point has no area and so comes before whatever it lies on.
   */
  at(point: Vec, tolerance: number): ShapeAt[] {
    const { x, y } = point;
    const found: { readonly one: ShapeAt; readonly area: number }[] = [];
    for (const id of this.index.search(grownRect({ x0: x, y0: y, x1: x, y1: y }, tolerance))) {
      const shape = this.doc.peek(id);
      if (shape === null || !this.isVisible(shape)) continue;
      const pixels = this.doc.isPainted(id) ? this.doc.pixels(id) : null;
      const hit = hitGeometry(shape.geometry, [x, y], { tolerance, pixels });
      if (hit !== null) found.push({ one: { id, hit }, area: this.#areaOf(this.doc.find(id) ?? shape) });
    }
    found.sort((a, b) => a.area - b.area || this.doc.placeOf(b.one.id) - this.doc.placeOf(a.one.id));
    return found.map(({ one }) => one);
  }

  /** Ids of visible shapes whose bounding rectangle touches the rectangle, in drawing order. */
  near(rect: Rect): ShapeId[] {
    return this.index
      .search(rect)
      .filter((id) => {
        const shape = this.doc.peek(id);
        return shape !== null && this.isVisible(shape);
      })
      .sort((a, b) => this.doc.placeOf(a) - this.doc.placeOf(b));
  }

  /** Stop following the document. */
  dispose(): void {
    this.#stop();
  }

  #patch(change: DocumentChange): void {
    for (const shape of change.removed) this.index.remove(shape.id);
    for (const { before, after } of change.changed) {
      if (before.geometry !== after.geometry) this.#place(after.id);
    }
    for (const { id } of change.painted) this.#place(id);
    if (change.added.length > 50) this.index.load(change.added.flatMap((shape) => this.#entry(shape.id)));
    else for (const shape of change.added) this.#place(shape.id);
  }

  #entry(id: ShapeId): { id: ShapeId; rect: Rect }[] {
    const rect = this.boundsOf(id);
    return rect === null ? [] : [{ id, rect }];
  }

  #place(id: ShapeId): void {
    const rect = this.boundsOf(id);
    if (rect === null) this.index.remove(id);
    else this.index.set(id, rect);
  }

  /** The bounding rectangle of a shape, of a mask as it is painted now; null where there is none. */
  boundsOf(id: ShapeId): Rect | null {
    const shape = this.doc.peek(id);
    if (shape === null) return null;
    if (shape.geometry.type !== "mask") return boundsOf(shape.geometry);
    // Pixels are decoded only for masks that somebody has painted: counts tell the bounds of the others.
    return this.doc.isPainted(id) ? boundsOfPixels(this.doc, id) : boundsOf(shape.geometry);
  }

  #areaOf(shape: Shape): number {
    const known = this.#areas.get(shape);
    if (known !== undefined) return known;
    const area = areaOf(shape.geometry);
    this.#areas.set(shape, area);
    return area;
  }
}

function boundsOfPixels(doc: ShapeDocument, id: ShapeId): Rect | null {
  const pixels = doc.pixels(id);
  return pixels === null ? null : rasterBounds(pixels);
}
