/** Maps of embeddings: where the points are, what colours them, and what is new against what is known. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, ApiProblem, toProblem, unwrap } from "../client";
import type { CoverageRequest, MapRequest } from "../schema.gen";

/** A dataset's maps, newest first. */
export function mapsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["maps", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/maps", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    staleTime: 10_000,
  });
}

/** Start the computation; the job's result holds `map_id`. */
export function computeMap({ datasetId, body }: { datasetId: string; body: MapRequest }) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/maps", { params: { path: { dataset_id: datasetId } }, body }),
  );
}

export function channelsQuery(mapId: string) {
  return queryOptions({
    queryKey: ["map", mapId, "channels"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/maps/{map_id}/channels", { params: { path: { map_id: mapId } }, signal })),
    staleTime: 60_000,
  });
}

/** Bytes of the points; a map never changes. */
export function pointsQuery(mapId: string) {
  return queryOptions({
    queryKey: ["map", mapId, "points"],
    queryFn: ({ signal }) => readBytes(`/api/v1/maps/${encodeURIComponent(mapId)}/points`, signal),
    staleTime: Infinity,
  });
}

/** Bytes of a legend and of each point's category. */
export function coloursQuery({ mapId, by }: { mapId: string; by: string }) {
  const address = `/api/v1/maps/${encodeURIComponent(mapId)}/colours?by=${encodeURIComponent(by)}`;
  return queryOptions({
    queryKey: ["map", mapId, "colours", by],
    queryFn: ({ signal }) => readBytes(address, signal),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    retry: false,
  });
}

/** Bytes that say where each point stands in a listing. */
export function positionsQuery({ mapId, listingId }: { mapId: string; listingId: string }) {
  const address =
    `/api/v1/maps/${encodeURIComponent(mapId)}/positions` + `?listing_id=${encodeURIComponent(listingId)}`;
  return queryOptions({
    queryKey: ["map", mapId, "positions", listingId],
    queryFn: ({ signal }) => readBytes(address, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

/** The item of one point. */
export function mapItemQuery({ mapId, point }: { mapId: string; point: number | null }) {
  return queryOptions({
    queryKey: ["map", mapId, "item", point],
    enabled: point !== null,
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/maps/{map_id}/items/{point}", {
          params: { path: { map_id: mapId, point: point ?? 0 } },
          signal,
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });
}

/** How far what is new lies from what is known. */
export function coverageQuery({ datasetId, body }: { datasetId: string; body: CoverageRequest | null }) {
  return queryOptions({
    queryKey: ["coverage", datasetId, body],
    enabled: body !== null,
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/coverage", {
          params: { path: { dataset_id: datasetId } },
          body: body ?? { examples: 1 },
          signal,
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });
}

async function readBytes(address: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(address, { signal, credentials: "same-origin" }).catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiProblem({ status: 0, code: "unreachable", detail: "the server cannot be reached" });
  });
  if (!response.ok) throw toProblem(await response.json().catch(() => null), response.status);
  return response.arrayBuffer();
}
