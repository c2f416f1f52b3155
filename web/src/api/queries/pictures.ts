/** How a picture is best shown: as one file, or from tiles when it is too large for one bitmap. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

/** Pictures with more pixels than this are shown from tiles. */
export const TILE_PIXELS = 25_000_000;

export interface PictureFile {
  readonly kind: "url";
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

export interface PictureTiles {
  readonly kind: "tiles";
  readonly pyramid: {
    readonly width: number;
    readonly height: number;
    readonly tileSize: number;
    readonly overlap: number;
    readonly levels: number;
    readonly tileUrl: (level: number, column: number, row: number) => string;
  };
}

export function itemImageQuery(item: { id: string; width: number; height: number; sha256: string }) {
  const base = `/api/v1/items/${encodeURIComponent(item.id)}`;
  return queryOptions({
    queryKey: ["picture", item.id, item.sha256],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<PictureFile | PictureTiles> => {
      const { width, height } = item;
      if (width * height <= TILE_PIXELS) return { kind: "url", url: `${base}/content`, width, height };
      const info = await unwrap(
        api.GET("/api/v1/items/{item_id}/tiles", { params: { path: { item_id: item.id } }, signal }),
      );
      const tileUrl = (level: number, column: number, row: number) =>
        `${base}/tiles/${String(level)}/${String(column)}/${String(row)}`;
      return {
        kind: "tiles",
        pyramid: {
          width,
          height,
          tileSize: info.tile_size,
          overlap: info.overlap,
          levels: info.levels,
          tileUrl,
        },
      };
    },
  });
}
