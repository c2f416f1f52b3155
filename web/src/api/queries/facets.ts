/** What the matching items hold: facets, the fields a query may name, and where annotations come from. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

import { filterBody, type Filter } from "./listings";

const RECOUNT_MS = 700;

export function facetsQuery(filter: Filter) {
  const { datasetId, q, asOf } = filter;
  return queryOptions({
    queryKey: ["facets", datasetId, q, asOf ?? null],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/facets", {
          params: { path: { dataset_id: datasetId } },
          body: { ...filterBody(filter), fields: null },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    // What was counted while the list was still being filled is counted again.
    refetchInterval: ({ state }) => (state.data?.is_complete === false ? RECOUNT_MS : false),
  });
}

/** Facets of each of a few narrower filters, such as one per subset. */
export function narrowedFacetsQuery(
  filter: Filter & { readonly field: string; readonly chips: readonly string[] },
) {
  const { datasetId, q, asOf, field, chips } = filter;
  return queryOptions({
    queryKey: ["facets", datasetId, q, asOf ?? null, "by", field, ...chips],
    queryFn: ({ signal }) =>
      Promise.all(
        chips.map((chip) =>
          unwrap(
            api.POST("/api/v1/datasets/{dataset_id}/facets", {
              params: { path: { dataset_id: datasetId } },
              body: { ...filterBody({ ...filter, q: `${q} ${chip}` }), fields: [field] },
              signal,
            }),
          ),
        ),
      ),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
}

export function fieldsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["fields", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/fields", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}

export function sourcesQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["sources", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/sources", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}
