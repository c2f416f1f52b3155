/** What the page of similar images looks for, kept in its address. Pure. */
import type { SimilarRequest } from "@/api/schema.gen";

export interface SimilarSearch {
  /** The item to begin with. */
  readonly item?: string;
  readonly annotation?: string;
  /** A part of the item: `x0,y0,x1,y1` in pixels of the upright image. */
  readonly region?: string;
  readonly text?: string;
  readonly dataset?: string;
  /** Further items that are wanted, and items that are not, parted by commas. */
  readonly like?: string;
  readonly unlike?: string;
}

export type Region = readonly [number, number, number, number];

const LIMIT = 120;

export function readIds(text: string | undefined): string[] {
  return (text ?? "").split(",").filter((one) => one !== "");
}

export function readRegion(text: string | undefined): Region | null {
  const [x0, y0, x1, y1, ...more] = (text ?? "").split(",").map(Number);
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined || more.length > 0)
    return null;
  const isBox = [x0, y0, x1, y1].every(Number.isFinite) && x1 > x0 && y1 > y0;
  return isBox ? [x0, y0, x1, y1] : null;
}

/** The request; null when the address says nothing to look for. Several examples win over a part of one. */
export function requestOf(search: SimilarSearch): SimilarRequest | null {
  const like = readIds(search.like);
  const unlike = readIds(search.unlike);
  const wanted = search.item === undefined ? like : [search.item, ...like];
  const region = readRegion(search.region);
  if (like.length > 0 || (unlike.length > 0 && wanted.length > 0)) {
    return { examples: wanted, unlike: unlike.length > 0 ? unlike : null, limit: LIMIT };
  }
  if (search.item !== undefined) {
    return { item_id: search.item, region: region === null ? null : [...region], limit: LIMIT };
  }
  if (search.annotation !== undefined) return { annotation_id: search.annotation, limit: LIMIT };
  if (search.text !== undefined) return { text: search.text, limit: LIMIT };
  return null;
}

/** The search with an item wanted, unwanted, or neither; the one to begin with cannot be taken back. */
export function mark(search: SimilarSearch, itemId: string, as: "like" | "unlike" | null): SimilarSearch {
  const without = (text: string | undefined) => readIds(text).filter((one) => one !== itemId);
  const like = [...without(search.like), ...(as === "like" ? [itemId] : [])];
  const unlike = [...without(search.unlike), ...(as === "unlike" ? [itemId] : [])];
  const write = (ids: readonly string[]) => (ids.length === 0 ? undefined : ids.join(","));
  return { ...search, like: write(like), unlike: write(unlike) };
}

/** A box drawn over a shown picture, in the pixels of the image; null when it is hardly more than a click. */
export function toRegion(options: {
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
  readonly shown: { readonly width: number; readonly height: number };
  readonly image: { readonly width: number; readonly height: number };
}): Region | null {
  const { from, to, shown, image } = options;
  if (Math.abs(to.x - from.x) < 4 || Math.abs(to.y - from.y) < 4) return null;
  const x = (value: number) =>
    Math.round((Math.min(Math.max(value, 0), shown.width) * image.width) / shown.width);
  const y = (value: number) =>
    Math.round((Math.min(Math.max(value, 0), shown.height) * image.height) / shown.height);
  return [
    x(Math.min(from.x, to.x)),
    y(Math.min(from.y, to.y)),
    x(Math.max(from.x, to.x)),
    y(Math.max(from.y, to.y)),
  ];
}

/** The query that finds them in the explorer; null where the query language has no word for it. */
export function filterText(search: SimilarSearch): string | null {
  const isPlain = search.like === undefined && search.unlike === undefined && search.region === undefined;
  if (!isPlain) return null;
  if (search.item !== undefined) return `near:${search.item}`;
  return search.annotation === undefined ? null : `near:${search.annotation}`;
}
