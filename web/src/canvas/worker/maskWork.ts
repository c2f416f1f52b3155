/** Run lengths to pixels and back, as the mask worker does it. */

import { MaskRaster } from "../masks/raster";
import { maskFromRaster, rasterFromMask } from "../masks/rle";
import type { MaskAnswer, MaskRequest } from "./protocol";

/** Answer a request; counts that cannot be read give a `failed` answer. */
export function answerMask(request: MaskRequest): MaskAnswer {
  const { id } = request;
  try {
    if (request.kind === "decode") {
      const raster = rasterFromMask(request.mask);
      const tiles = raster.filledTiles().flatMap((at) => {
        const bits = raster.tile(at);
        return bits === null ? [] : [{ ...at, bits }];
      });
      return { id, kind: "decoded", tiles };
    }
    const raster = new MaskRaster(request.width, request.height);
    for (const tile of request.tiles) raster.setTile(tile, tile.bits);
    return { id, kind: "encoded", mask: maskFromRaster(raster) };
  } catch (problem) {
    return { id, kind: "failed", detail: problem instanceof Error ? problem.message : String(problem) };
  }
}
