/**
 * The shapes of one image, in drawing order, and the pixels of its masks.
 *
 * A document changes only by commands (see commands.ts). Who follows it is told which shapes changed.
 */

import { maskFromRaster, rasterFromMask } from "../masks/rle";
import type { MaskPixels, MaskRaster } from "../masks/raster";
import type { MaskGeometry, Shape, ShapeId } from "../types";
import type { DocumentChange } from "./change";

/** Size of the upright image in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What may be asked of a document without changing it. */
export interface DocumentReader {
  readonly image: ImageSize;
  readonly version: number;
  readonly count: number;
  /** Ids in drawing order, the last on top. */
  readonly ids: readonly ShapeId[];
  /** The shape, masks with their counts up to date (which may cost an encoding); null where there is none. */
  find(id: ShapeId): Shape | null;
  /** The shape at no cost; the counts of a mask that is being painted may lag behind its pixels. */
  peek(id: ShapeId): Shape | null;
  /** Place in the drawing order, -1 where there is none. */
  placeOf(id: ShapeId): number;
  /** The pixels of a mask shape; null for every other shape. Decoded at the first call. */
  pixels(id: ShapeId): MaskPixels | null;
  /** Whether a mask's pixels are newer than its counts. */
  isPainted(id: ShapeId): boolean;
  /** All shapes in drawing order, as `find` gives them. */
  shapes(): Shape[];
}

/** A mask whose pixels are held, and whether its counts still say the same. */
interface HeldPixels {
  readonly raster: MaskRaster;
  encodedVersion: number;
}

export class ShapeDocument implements DocumentReader {
  #version = 0;
  #ids: ShapeId[] = [];
  #places: Map<ShapeId, number> | null = null;
  readonly #shapes = new Map<ShapeId, Shape>();
  readonly #held = new Map<ShapeId, HeldPixels>();
  readonly #followers = new Set<(change: DocumentChange) => void>();

  /** Throws Error when two shapes have one id. */
  constructor(
    readonly image: ImageSize,
    shapes: readonly Shape[] = [],
  ) {
    for (const shape of shapes) {
      if (this.#shapes.has(shape.id)) throw new Error(`Two shapes have one id: ${shape.id}.`);
      this.#shapes.set(shape.id, shape);
      this.#ids.push(shape.id);
    }
  }

  get version(): number {
    return this.#version;
  }

  get count(): number {
    return this.#ids.length;
  }

  get ids(): readonly ShapeId[] {
    return this.#ids;
  }

  find(id: ShapeId): Shape | null {
    const held = this.#held.get(id);
    if (held !== undefined && held.encodedVersion !== held.raster.version) {
      this.takeEncoding(id, { mask: maskFromRaster(held.raster), rasterVersion: held.raster.version });
    }
    return this.#shapes.get(id) ?? null;
  }

  peek(id: ShapeId): Shape | null {
    return this.#shapes.get(id) ?? null;
  }

  placeOf(id: ShapeId): number {
    this.#places ??= new Map(this.#ids.map((one, place) => [one, place]));
    return this.#places.get(id) ?? -1;
  }

  pixels(id: ShapeId): MaskPixels | null {
    return this.rasterOf(id);
  }

  isPainted(id: ShapeId): boolean {
    const held = this.#held.get(id);
    return held !== undefined && held.encodedVersion !== held.raster.version;
  }

  shapes(): Shape[] {
    return this.#ids.flatMap((id) => this.find(id) ?? []);
  }

  /** Masks painted since their counts were last made: work for a worker, see `takeEncoding`. */
  unencodedMasks(): readonly ShapeId[] {
    return [...this.#held.keys()].filter((id) => this.isPainted(id));
  }

  /**
   * Take counts made elsewhere from the pixels as they were at `rasterVersion`; older ones are left.
   *
   * Followers are not told: the pixels are the same.
   */
  takeEncoding(id: ShapeId, encoding: { readonly mask: MaskGeometry; readonly rasterVersion: number }): void {
    const held = this.#held.get(id);
    const shape = this.#shapes.get(id);
    if (held === undefined || shape === undefined || held.raster.version !== encoding.rasterVersion) return;
    held.encodedVersion = encoding.rasterVersion;
    this.#shapes.set(id, { ...shape, geometry: encoding.mask });
  }

  /** Be told of each change; gives the way to stop. */
  follow(follower: (change: DocumentChange) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  // ---- for commands.ts alone ----

  /** The pixels of a mask shape, to be written by a paint command. */
  rasterOf(id: ShapeId): MaskRaster | null {
    const known = this.#held.get(id);
    if (known !== undefined) return known.raster;
    const shape = this.#shapes.get(id);
    if (shape?.geometry.type !== "mask") return null;
    const raster = rasterFromMask(shape.geometry);
    this.#held.set(id, { raster, encodedVersion: raster.version });
    return raster;
  }

  insert(at: number, shapes: readonly Shape[]): void {
    for (const shape of shapes) this.#shapes.set(shape.id, shape);
    this.#ids = [...this.#ids.slice(0, at), ...shapes.map((one) => one.id), ...this.#ids.slice(at)];
    this.#places = null;
  }

  drop(ids: ReadonlySet<ShapeId>): void {
    for (const id of ids) {
      this.#shapes.delete(id);
      this.#held.delete(id);
    }
    this.#ids = this.#ids.filter((id) => !ids.has(id));
    this.#places = null;
  }

  /** Put another shape in the place of the one with its id; pixels stay unless its geometry differs from `before`. */
  replace(step: { readonly before: Shape; readonly after: Shape }): void {
    const { before, after } = step;
    const standing = this.#shapes.get(after.id);
    if (standing === undefined) return;
    if (isSameMask(before, after)) {
      // Counts in a command may be older than the pixels painted since; the pixels are right.
      this.#shapes.set(after.id, { ...after, geometry: standing.geometry });
      return;
    }
    this.#held.delete(after.id);
    this.#shapes.set(after.id, after);
  }

  setOrder(ids: readonly ShapeId[]): void {
    this.#ids = [...ids];
    this.#places = null;
  }

  /** Count up and tell everybody. */
  publish(changeAt: (version: number) => DocumentChange): DocumentChange {
    this.#version += 1;
    const change = changeAt(this.#version);
    for (const follower of [...this.#followers]) follower(change);
    return change;
  }
}

function isSameMask(before: Shape, after: Shape): boolean {
  const a = before.geometry;
  const b = after.geometry;
  return (
    a.type === "mask" &&
    b.type === "mask" &&
    a.counts === b.counts &&
    a.width === b.width &&
    a.height === b.height
  );
}
