/** What the page and its workers say to each other. Every request has a number, its answer has the same. */

import type { MaskGeometry } from "../types";

/** Why an image cannot be shown. */
export type ImageProblem =
  | { readonly reason: "unreachable"; readonly status: number | null; readonly detail: string }
  | { readonly reason: "undecodable"; readonly detail: string };

export interface ImageRequest {
  readonly id: number;
  /** Absolute: a worker would take a relative one from its own place. */
  readonly url: string;
}

/** `levels[k]` is the image at 1 / 2^k of its width and height. */
export type ImageAnswer =
  | { readonly id: number; readonly ok: true; readonly levels: readonly ImageBitmap[] }
  | { readonly id: number; readonly ok: false; readonly problem: ImageProblem };

/** The set bytes of one tile of a mask. */
export interface MaskTile {
  readonly column: number;
  readonly row: number;
  readonly bits: Uint8Array;
}

export type MaskRequest =
  | { readonly id: number; readonly kind: "decode"; readonly mask: MaskGeometry }
  | {
      readonly id: number;
      readonly kind: "encode";
      readonly width: number;
      readonly height: number;
      readonly tiles: readonly MaskTile[];
    };

export type MaskAnswer =
  | { readonly id: number; readonly kind: "decoded"; readonly tiles: readonly MaskTile[] }
  | { readonly id: number; readonly kind: "encoded"; readonly mask: MaskGeometry }
  | { readonly id: number; readonly kind: "failed"; readonly detail: string };
