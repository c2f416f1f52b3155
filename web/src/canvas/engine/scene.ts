/** A document as something to draw: filtered, in order, without the shapes that are drawn elsewhere just now. */

import type { DocumentFinder } from "../geometry/finder";
import { boundsOf } from "../geometry/measure";
import type { ShapeDocument } from "../model/document";
import type { Brush } from "../render/brush";
import { shapeColor, shapeLook, type Palette, type ShapeLook } from "../render/look";
import type { MaskLayer } from "../render/maskLayer";
import type { Frame } from "../render/shapePainter";
import type { Scene, SceneShape } from "../render/staticLayer";
import type { MaskGeometry, Rect, Shape, ShapeId } from "../types";
import { isShown, type EngineOptions } from "./options";

export interface DocumentSceneOptions {
  readonly doc: ShapeDocument;
  readonly finder: DocumentFinder;
  readonly masks: MaskLayer;
  readonly options: () => EngineOptions;
  readonly dpr: () => number;
}

/** Documents up to this size get a dark line under each stroke. */
const MOST_CASED = 400;

export class DocumentScene implements Scene {
  /** Drawn above the static layer: changed a moment ago, or replaced by a tool's preview. */
  readonly lifted = new Set<ShapeId>();
  readonly #bounds = new WeakMap<Shape, SceneShape>();

  constructor(private readonly parts: DocumentSceneOptions) {}

  get image(): { readonly width: number; readonly height: number } {
    return this.parts.doc.image;
  }

  get palette(): Palette {
    return this.parts.options();
  }

  within(area: Rect): readonly SceneShape[] {
    const { doc, finder } = this.parts;
    const options = this.parts.options();
    const found: { readonly place: number; readonly one: SceneShape }[] = [];
    for (const id of finder.index.search(area)) {
      if (this.lifted.has(id)) continue;
      const shape = doc.peek(id);
      if (shape === null || !isShown(shape, options)) continue;
      const one = this.#withBounds(shape);
      if (one !== null) found.push({ place: doc.placeOf(id), one });
    }
    return found.sort((a, b) => a.place - b.place).map(({ one }) => one);
  }

  look(shape: Shape): ShapeLook {
    const look = shapeLook(shape, this.palette);
    // Twice the strokes are twice the time: among many shapes the colours have to do.
    return this.parts.doc.count <= MOST_CASED ? { ...look, casingAlpha: 0.3 } : look;
  }

  *paintMask(
    brush: Brush,
    mask: { readonly shape: SceneShape; readonly frame: Frame; readonly clip: Rect },
  ): Generator<number, void, void> {
    const { shape } = mask.shape;
    if (shape.geometry.type !== "mask") return;
    const isProposal = shape.standing === "proposal";
    yield* this.parts.masks.paint(brush, {
      id: shape.id,
      geometry: shape.geometry,
      look: {
        color: shapeColor(shape, this.palette),
        fillAlpha: isProposal ? 0.22 : 0.4,
        edgeAlpha: 0.95,
        isDashed: isProposal,
      },
      frame: mask.frame,
      dpr: this.parts.dpr(),
      clip: mask.clip,
    });
  }

  /** Draw a mask that is not in the document. */
  paintPreviewMask(
    brush: Brush,
    mask: {
      readonly index: number;
      readonly geometry: MaskGeometry;
      readonly color: string;
      readonly frame: Frame;
    },
  ): void {
    const { geometry, color, frame } = mask;
    const steps = this.parts.masks.paint(brush, {
      id: `preview ${mask.index}`,
      geometry,
      look: { color, fillAlpha: 0.45, edgeAlpha: 1, isDashed: false },
      frame,
      dpr: this.parts.dpr(),
      clip: { x0: 0, y0: 0, x1: geometry.width, y1: geometry.height },
    });
    for (const step of steps) void step;
  }

  /** A shape that the filters let through, with its bounds; null for every other. */
  find(id: ShapeId): SceneShape | null {
    const shape = this.parts.doc.peek(id);
    if (shape === null || !isShown(shape, this.parts.options())) return null;
    return this.#withBounds(shape);
  }

  /** The bounds of what is there for an id, shown or not; null when it has no place. */
  boundsOf(id: ShapeId): Rect | null {
    const shape = this.parts.doc.peek(id);
    return shape === null ? null : (this.#withBounds(shape)?.bounds ?? null);
  }

  /** The bounds of a shape as it is or was. */
  boundsOfShape(shape: Shape): Rect | null {
    return this.#bounds.get(shape)?.bounds ?? boundsOf(shape.geometry);
  }

  #withBounds(shape: Shape): SceneShape | null {
    const { doc, finder } = this.parts;
    if (shape.geometry.type === "mask" && doc.isPainted(shape.id)) {
      const bounds = finder.boundsOf(shape.id);
      return bounds === null ? null : { shape, bounds };
    }
    const known = this.#bounds.get(shape);
    if (known !== undefined) return known;
    const bounds = boundsOf(shape.geometry);
    if (bounds === null) return null;
    const one = { shape, bounds };
    this.#bounds.set(shape, one);
    return one;
  }
}
