/** The edges of a picture and lines along them, as the edge worker does it. */

import { edgeStrength, type EdgeField } from "../masks/edges";
import { LiveWire } from "../masks/liveWire";
import type { XY } from "../types";

export type EdgeRequest =
  | {
      readonly kind: "picture";
      readonly picture: number;
      readonly bitmap: ImageBitmap;
      readonly scale: number;
    }
  | {
      readonly kind: "path";
      readonly picture: number;
      readonly request: number;
      readonly from: XY;
      readonly to: XY;
    };

export type EdgeAnswer =
  | { readonly kind: "field"; readonly picture: number; readonly field: EdgeField | null }
  | {
      readonly kind: "path";
      readonly picture: number;
      readonly request: number;
      readonly points: readonly XY[] | null;
    };

/** One picture at a time: what is asked about another gets null. */
export class EdgeWork {
  #picture = -1;
  #wire: LiveWire | null = null;

  answer(request: EdgeRequest): EdgeAnswer {
    const { picture } = request;
    if (request.kind === "path") {
      const points = picture === this.#picture ? this.#path(request.from, request.to) : null;
      return { kind: "path", picture, request: request.request, points };
    }
    const field = fieldOf(request.bitmap, request.scale);
    this.#picture = picture;
    this.#wire = field === null ? null : new LiveWire(field);
    // The page gets bytes of its own: these are needed here.
    const copy = field === null ? null : { ...field, strength: field.strength.slice() };
    return { kind: "field", picture, field: copy };
  }

  #path(from: XY, to: XY): readonly XY[] | null {
    if (this.#wire === null) return null;
    this.#wire.seed(from);
    return this.#wire.pathTo(to);
  }
}

function fieldOf(bitmap: ImageBitmap, scale: number): EdgeField | null {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (brush === null) return null;
  brush.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = brush.getImageData(0, 0, width, height);
  return { width, height, scale, strength: edgeStrength(data, { width, height }) };
}
