/** A mask moved by whole pixels. */

import type { Vec } from "../types";
import { rasterFromRuns, runsFromRaster } from "./rle";
import type { MaskPixels, MaskRaster } from "./raster";

/** The pixels moved; what leaves the image is gone. */
export function movedRaster(pixels: MaskPixels, by: Vec): MaskRaster {
  const { width, height } = pixels;
  const runs = runsFromRaster(pixels);
  const moved: number[] = [];
  let written = 0;
  const put = (from: number, to: number): void => {
    moved.push(from - written, to - from);
    written = to;
  };
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (i % 2 === 1) movePieces({ at, run }, { by, width, height }, put);
    at += run;
  }
  moved.push(width * height - written);
  return rasterFromRuns(moved, { width, height });
}

interface Frame {
  readonly by: Vec;
  readonly width: number;
  readonly height: number;
}

/** Move one set run, column by column, in the order in which the columns lie. */
function movePieces(
  piece: { readonly at: number; readonly run: number },
  frame: Frame,
  put: (from: number, to: number) => void,
): void {
  const { by, width, height } = frame;
  for (let from = piece.at; from < piece.at + piece.run;) {
    const column = Math.floor(from / height);
    const end = Math.min(piece.at + piece.run, (column + 1) * height);
    const x = column + by.x;
    const y0 = Math.max(0, from - column * height + by.y);
    const y1 = Math.min(height, end - column * height + by.y);
    if (x >= 0 && x < width && y1 > y0) put(x * height + y0, x * height + y1);
    from = end;
  }
}
