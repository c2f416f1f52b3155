/** Where images like a shape, or like the whole item, are looked for. Pure. */
import { boundsOf } from "@/canvas/geometry/measure";
import type { ImageSize } from "@/canvas/model/document";
import type { Geometry } from "@/canvas/types";

export interface SimilarTo {
  readonly projectId: string;
  readonly itemId: string;
  readonly image: ImageSize;
  /** Null: the whole item. A class, and a shape of no area, stand for the whole item, too. */
  readonly geometry: Geometry | null;
}

/** The address of the page of similar images; the part is the smallest upright box around the shape. */
export function similarAddress({ projectId, itemId, image, geometry }: SimilarTo): string {
  const search = new URLSearchParams({ item: itemId });
  const region = geometry === null ? null : regionOf(geometry, image);
  if (region !== null) search.set("region", region.join(","));
  return `/p/${encodeURIComponent(projectId)}/similar?${search.toString()}`;
}

function regionOf(geometry: Geometry, { width, height }: ImageSize): readonly number[] | null {
  const bounds = boundsOf(geometry);
  if (bounds === null) return null;
  const within = (value: number, most: number) => Math.min(Math.max(Math.round(value), 0), most);
  const x0 = within(bounds.x0, width);
  const y0 = within(bounds.y0, height);
  const x1 = within(bounds.x1, width);
  const y1 = within(bounds.y1, height);
  return x1 > x0 && y1 > y0 ? [x0, y0, x1, y1] : null;
}
