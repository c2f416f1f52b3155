/** The picture of an item: its bytes, or tiles where it is too large to decode at once. */
import { api, unwrap } from "@/api/client";
import type { Item } from "@/api/schema.gen";
import type { ItemImage } from "@/canvas/engine";

/** Above this the server's tiles are shown. */
export const TILES_ABOVE_PIXELS = 25_000_000;

/** What a browser shows by itself; the rest comes as tiles, which the server decodes. */
const SHOWN = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/avif"]);

export function contentUrl(item: Pick<Item, "id">): string {
  return `/api/v1/items/${encodeURIComponent(item.id)}/content`;
}

export async function pictureOf(item: Item): Promise<ItemImage> {
  const { id, width, height } = item;
  if (width * height <= TILES_ABOVE_PIXELS && SHOWN.has(item.media_type)) {
    return { kind: "url", url: contentUrl(item), width, height };
  }
  const info = await unwrap(api.GET("/api/v1/items/{item_id}/tiles", { params: { path: { item_id: id } } }));
  const base = `/api/v1/items/${encodeURIComponent(id)}/tiles`;
  return {
    kind: "tiles",
    pyramid: {
      width: info.width,
      height: info.height,
      tileSize: info.tile_size,
      overlap: info.overlap,
      levels: info.levels,
      tileUrl: (level, column, row) => `${base}/${String(level)}/${String(column)}/${String(row)}`,
    },
  };
}
