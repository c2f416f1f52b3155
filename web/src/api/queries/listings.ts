/** Listings: the matching items by position at one revision, their thumbnails, annotations and ids. */
import { queryOptions } from "@tanstack/react-query";

import { ApiProblem, api, toProblem, unwrap } from "../client";
import { exactly } from "../exact";
import type { Layer, Listing, ListingPage } from "../schema.gen";

const WAIT_S = 5;

export interface Filter {
  readonly datasetId: string;
  /** The query's text form; empty for every item. */
  readonly q: string;
  readonly asOf?: number;
}

/** Positions of one listing. */
export interface Stretch {
  readonly datasetId: string;
  readonly listingId: string;
  readonly start: number;
  readonly limit: number;
}

export function filterBody({ q, asOf }: Filter): { q: string | null; as_of: number | null } {
  return { q: q.trim() === "" ? null : q, as_of: asOf ?? null };
}

export function listingQuery(filter: Filter) {
  const { datasetId, q, asOf } = filter;
  return queryOptions({
    queryKey: ["listing", datasetId, q, asOf ?? null],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/listings", {
          params: { path: { dataset_id: datasetId } },
          body: filterBody(filter),
          signal,
        }),
      ),
  });
}

/** Follow a listing that is still being filled; not asked for once it is complete. */
export function listingProgressQuery(listing: Listing | undefined) {
  return queryOptions({
    queryKey: ["listing-progress", listing?.id ?? ""],
    enabled: listing !== undefined && !listing.is_complete,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/listings/{listing_id}", {
          params: {
            path: { dataset_id: listing?.dataset_id ?? "", listing_id: listing?.id ?? "" },
            query: { wait_s: WAIT_S },
          },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.is_complete === true ? false : 250),
  });
}

export function readListingPage(
  options: Stretch & { readonly layers: readonly Layer[]; readonly signal: AbortSignal },
): Promise<ListingPage> {
  const { datasetId, listingId, start, limit, layers, signal } = options;
  return exactly<ListingPage>(
    unwrap(
      api.GET("/api/v1/datasets/{dataset_id}/listings/{listing_id}/items", {
        params: {
          path: { dataset_id: datasetId, listing_id: listingId },
          query: { start, limit, with_annotations: layers.length > 0, layers: layers.join(",") },
        },
        signal,
      }),
    ),
  );
}

/** The thumbnails of a stretch in one answer, as addresses that hold them; null where an item has none. */
export async function readThumbnails(
  options: Stretch & { readonly signal: AbortSignal },
): Promise<ThumbnailStrip> {
  const { datasetId, listingId, start, limit, signal } = options;
  const address =
    `/api/v1/datasets/${encodeURIComponent(datasetId)}/listings/${encodeURIComponent(listingId)}/thumbnails` +
    `?start=${String(start)}&limit=${String(limit)}`;
  const response = await fetch(address, { signal, credentials: "same-origin" }).catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiProblem({ status: 0, code: "unreachable", detail: "the server cannot be reached" });
  });
  if (!response.ok) throw toProblem(await response.json().catch(() => null), response.status);
  return new ThumbnailStrip(await response.arrayBuffer());
}

/**
 * An answer of thumbnails: four bytes of length, big endian, before each. They become `data:` addresses, each when it is
 * first asked for: a browser takes half the time for a hundred of those that it takes for a hundred `blob:` ones.
 */
export class ThumbnailStrip {
  private readonly parts: Uint8Array[] = [];
  private readonly addresses = new Map<number, string>();

  constructor(buffer: ArrayBuffer) {
    const view = new DataView(buffer);
    for (let at = 0; at + 4 <= buffer.byteLength;) {
      const length = view.getUint32(at);
      this.parts.push(new Uint8Array(buffer, at + 4, length));
      at += 4 + length;
    }
  }

  /** The thumbnail at an index; null for an item that has none, undefined beyond the end. */
  at(index: number): string | null | undefined {
    const bytes = this.parts[index];
    if (bytes === undefined) return undefined;
    if (bytes.length === 0) return null;
    const known = this.addresses.get(index) ?? `data:image/jpeg;base64,${toBase64(bytes)}`;
    this.addresses.set(index, known);
    return known;
  }
}

// More arguments than this overflow the stack of some browsers.
const CHUNK = 8192;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}

export function readListingIds(options: Stretch & { readonly signal?: AbortSignal }) {
  const { datasetId, listingId, start, limit, signal } = options;
  return unwrap(
    api.GET("/api/v1/datasets/{dataset_id}/listings/{listing_id}/ids", {
      params: { path: { dataset_id: datasetId, listing_id: listingId }, query: { start, limit } },
      signal,
    }),
  );
}
