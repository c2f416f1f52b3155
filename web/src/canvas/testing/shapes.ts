/** Shapes and documents for tests. */

import { maskFromRaster } from "../masks/rle";
import { MaskRaster } from "../masks/raster";
import { fillPolygon } from "../masks/fill";
import { type ImageSize, ShapeDocument } from "../model/document";
import type { BoxGeometry, Geometry, MaskGeometry, Shape, XY } from "../types";

export const IMAGE: ImageSize = { width: 640, height: 400 };

/** A shape of one's own, a box unless said otherwise. */
export function makeShape(id: string, rest: Partial<Shape> = {}): Shape {
  return {
    id,
    label: "cat",
    geometry: box(10, 10, [20, 20]),
    attributes: {},
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
    ...rest,
  };
}

/** A proposal of a model. */
export function makeProposal(id: string, rest: Partial<Shape> = {}): Shape {
  return makeShape(id, { standing: "proposal", source: "model-1", confidence: 0.8, ...rest });
}

/** A box by its upper left corner and its size. */
export function box(x: number, y: number, size: XY): BoxGeometry {
  return { type: "box", x0: x, y0: y, x1: x + size[0], y1: y + size[1] };
}

/** The mask of a ring. */
export function maskOf(ring: readonly XY[], image: ImageSize = IMAGE): MaskGeometry {
  const raster = new MaskRaster(image.width, image.height);
  fillPolygon(raster, [ring]);
  return maskFromRaster(raster);
}

/** A square ring. */
export function square(x: number, y: number, side: number): XY[] {
  return [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
  ];
}

export function polygon(...rings: XY[][]): Geometry {
  return { type: "polygon", rings };
}

export function makeDocument(shapes: readonly Shape[] = [], image: ImageSize = IMAGE): ShapeDocument {
  return new ShapeDocument(image, shapes);
}

/** All of a document as plain data, to compare two states. */
export function contentOf(doc: ShapeDocument): unknown {
  return JSON.parse(JSON.stringify({ ids: doc.ids, shapes: doc.shapes() }));
}

/** Ids one after the other. */
export function countingIds(prefix = "new"): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}${count}`;
  };
}
