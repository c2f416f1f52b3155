/**
 * One document on the canvas: its index, its masks and what of it is at rest.
 *
 * A shape that changes is lifted out of the static layer and drawn live until nothing has happened to it for a moment;
 * so a drag costs one small region of the bitmap at its beginning and one at its end.
 */

import { DocumentFinder } from "../geometry/finder";
import type { DocumentChange, PaintedArea } from "../model/change";
import type { ShapeDocument } from "../model/document";
import type { History } from "../model/history";
import { Selection } from "../model/selection";
import { TILE_SIZE } from "../masks/raster";
import { MaskLayer, type TilePainter } from "../render/maskLayer";
import type { SceneShape, StaticLayer } from "../render/staticLayer";
import type { Rect, Shape, ShapeId } from "../types";
import type { MaskWorker } from "../worker/maskWorker";
import type { MaskTile } from "../worker/protocol";
import { isShown, type EngineOptions } from "./options";
import { DocumentScene } from "./scene";

export interface ItemViewOptions {
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly staticLayer: StaticLayer;
  readonly maskWorker: MaskWorker;
  readonly tilePainter: TilePainter;
  readonly options: () => EngineOptions;
  readonly dpr: () => number;
  /** The base must be drawn again: all of it, or an image rectangle. */
  readonly onDirty: (area: Rect | null) => void;
  /** A mask that a tool shows has its pixels now. */
  readonly onPreviewReady: () => void;
  /** A gesture is under way: nothing is put to rest. */
  readonly isBusy: () => boolean;
}

const QUIET_MS = 250;
const ENCODE_AFTER_MS = 600;
/** Shapes put to rest at a time. */
const SETTLED_AT_ONCE = 24;
/** A change of more shapes than this is drawn by a new bitmap, not shape by shape. */
const MOST_LIFTED = 200;

export class ItemView {
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly finder: DocumentFinder;
  readonly selection: Selection;
  readonly scene: DocumentScene;
  readonly #masks: MaskLayer;
  readonly #stop: () => void;
  /** Lifted because it changed, in the order of the changes. */
  readonly #fresh = new Set<ShapeId>();
  #replaced: ReadonlySet<ShapeId> = new Set();
  /** Where each mask lies in the bitmap: its counts may lag behind its pixels. */
  readonly #maskRest = new Map<ShapeId, Rect>();
  #settleTimer: ReturnType<typeof setTimeout> | null = null;
  #encodeTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly parts: ItemViewOptions) {
    this.doc = parts.doc;
    this.history = parts.history;
    this.finder = new DocumentFinder(parts.doc, (shape) => {
      const options = parts.options();
      return !options.isHidden && isShown(shape, options);
    });
    this.selection = new Selection(parts.doc);
    this.#masks = new MaskLayer({
      painter: parts.tilePainter,
      decode: async (mask) => {
        const tiles = await parts.maskWorker.decode(mask);
        return tiles === null ? null : tileSource(tiles, mask);
      },
      onReady: (id) => this.#maskReady(id),
    });
    this.scene = new DocumentScene({
      doc: parts.doc,
      finder: this.finder,
      masks: this.#masks,
      options: parts.options,
      dpr: parts.dpr,
    });
    this.#stop = parts.doc.follow((change) => this.#changed(change));
  }

  /** Shapes to be drawn live, above the static layer. */
  live(): readonly SceneShape[] {
    const shown: SceneShape[] = [];
    for (const id of this.#fresh) {
      const one = this.#replaced.has(id) ? null : this.scene.find(id);
      if (one !== null) shown.push(one);
    }
    return shown.sort((a, b) => this.doc.placeOf(a.shape.id) - this.doc.placeOf(b.shape.id));
  }

  /** Leave these out meanwhile: a tool's preview stands for them. */
  replace(ids: ReadonlySet<ShapeId>): void {
    const before = this.#replaced;
    if (ids.size === 0 && before.size === 0) return;
    this.#replaced = ids;
    const areas: Rect[] = [];
    for (const id of ids) if (!before.has(id)) areas.push(...this.#lift(id));
    for (const id of before) if (!ids.has(id)) this.#fresh.add(id);
    if (areas.length > 0) this.parts.staticLayer.patch(areas);
    this.parts.onDirty(null);
    this.#settleLater();
  }

  /** The options changed: show what they let through now. */
  refilter(before: EngineOptions, after: EngineOptions): void {
    if (before.threshold === after.threshold) return;
    const areas: Rect[] = [];
    for (const id of this.doc.ids) {
      const shape = this.doc.peek(id);
      if (shape === null || isShown(shape, before) === isShown(shape, after)) continue;
      const bounds = this.scene.boundsOf(id);
      if (bounds !== null) areas.push(bounds);
    }
    this.parts.staticLayer.patch(areas);
  }

  dispose(): void {
    this.#stop();
    this.finder.dispose();
    this.selection.dispose();
    this.#masks.clear();
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    if (this.#encodeTimer !== null) clearTimeout(this.#encodeTimer);
  }

  #changed(change: DocumentChange): void {
    const count = change.added.length + change.removed.length + change.changed.length;
    const isLarge = count > MOST_LIFTED || this.#fresh.size + count > 2 * MOST_LIFTED;
    const areas: Rect[] = [];
    for (const shape of change.removed) areas.push(...this.#removed(shape));
    for (const { before, after } of change.changed) {
      if (after.geometry !== before.geometry) this.#adoptMask(after);
      if (!isLarge) areas.push(...this.#lift(after.id, before));
    }
    if (!isLarge) for (const shape of change.added) this.#lift(shape.id);
    for (const painted of change.painted) areas.push(...this.#painted(painted));
    if (isLarge || change.isReordered) this.parts.staticLayer.refresh();
    else if (areas.length > 0) this.parts.staticLayer.patch(areas);
    this.#tellDirty(change, { count, areas });
    this.#settleLater();
    if (change.painted.length > 0) this.#encodeLater();
  }

  /** A stroke dirties only the tiles under it; everything else dirties all. */
  #tellDirty(
    change: DocumentChange,
    seen: { readonly count: number; readonly areas: readonly Rect[] },
  ): void {
    if (seen.count > 0 || seen.areas.length > 0 || change.isReordered) return this.parts.onDirty(null);
    for (const { tiles } of change.painted) {
      for (const { column, row } of tiles) {
        const [x0, y0] = [column * TILE_SIZE, row * TILE_SIZE];
        this.parts.onDirty({ x0, y0, x1: x0 + TILE_SIZE, y1: y0 + TILE_SIZE });
      }
    }
  }

  /** Take a shape out of the static layer; gives the region to draw again there. */
  #lift(id: ShapeId, before?: Shape): Rect[] {
    this.#fresh.add(id);
    if (this.scene.lifted.has(id)) return [];
    this.scene.lifted.add(id);
    const rest =
      this.#maskRest.get(id) ??
      (before === undefined ? this.scene.boundsOf(id) : this.scene.boundsOfShape(before));
    this.#maskRest.delete(id);
    return rest === null ? [] : [rest];
  }

  #removed(shape: Shape): Rect[] {
    this.#masks.forget(shape.id);
    this.#fresh.delete(shape.id);
    const rest = this.#maskRest.get(shape.id) ?? this.scene.boundsOfShape(shape);
    this.#maskRest.delete(shape.id);
    if (this.scene.lifted.delete(shape.id)) return [];
    return rest === null ? [] : [rest];
  }

  #painted(painted: PaintedArea): Rect[] {
    const shape = this.doc.peek(painted.id);
    if (shape === null) return [];
    const areas = this.#lift(painted.id, shape);
    this.#adoptMask(shape);
    this.#masks.touch(painted.id, painted.tiles);
    return areas;
  }

  #adoptMask(shape: Shape): void {
    if (shape.geometry.type !== "mask") return;
    const source = this.doc.pixels(shape.id);
    if (source !== null) this.#masks.adopt(shape.id, { geometry: shape.geometry, source });
  }

  #maskReady(id: ShapeId): void {
    if (this.doc.peek(id) === null) return this.parts.onPreviewReady();
    const bounds = this.scene.boundsOf(id);
    if (bounds === null) return;
    if (this.scene.lifted.has(id)) this.parts.onDirty(null);
    else this.parts.staticLayer.patch([bounds]);
  }

  #settleLater(): void {
    if (this.#settleTimer !== null) clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => this.#settle(), QUIET_MS);
  }

  #settle(): void {
    this.#settleTimer = null;
    if (this.parts.isBusy()) return this.#settleLater();
    const areas: Rect[] = [];
    let count = 0;
    for (const id of [...this.#fresh]) {
      if (this.#replaced.has(id)) continue;
      if (count === SETTLED_AT_ONCE) {
        this.#settleLater();
        break;
      }
      count += 1;
      this.#fresh.delete(id);
      this.scene.lifted.delete(id);
      this.#masks.settle(id);
      const bounds = this.scene.boundsOf(id);
      if (bounds === null) continue;
      if (this.doc.peek(id)?.geometry.type === "mask") this.#maskRest.set(id, bounds);
      areas.push(bounds);
    }
    if (areas.length === 0) return;
    this.parts.staticLayer.patch(areas);
    this.parts.onDirty(null);
  }

  #encodeLater(): void {
    if (this.#encodeTimer !== null) clearTimeout(this.#encodeTimer);
    this.#encodeTimer = setTimeout(() => void this.#encode(), ENCODE_AFTER_MS);
  }

  /** Make the counts of painted masks anew in the worker, so that saving finds them ready. */
  async #encode(): Promise<void> {
    this.#encodeTimer = null;
    for (const id of this.doc.unencodedMasks()) {
      const pixels = this.doc.pixels(id);
      if (pixels === null) continue;
      const rasterVersion = pixels.version;
      try {
        const mask = await this.parts.maskWorker.encode(pixels);
        this.doc.takeEncoding(id, { mask, rasterVersion });
      } catch {
        // The document encodes it itself when it is asked.
        return;
      }
    }
  }
}

function tileSource(
  tiles: readonly MaskTile[],
  size: { readonly width: number; readonly height: number },
): {
  readonly width: number;
  readonly height: number;
  tile(at: { readonly column: number; readonly row: number }): Uint8Array | null;
  filledTiles(): readonly MaskTile[];
} {
  const byPlace = new Map(tiles.map((tile) => [`${tile.column},${tile.row}`, tile.bits]));
  return {
    width: size.width,
    height: size.height,
    tile: (at) => byPlace.get(`${at.column},${at.row}`) ?? null,
    filledTiles: () => tiles,
  };
}
