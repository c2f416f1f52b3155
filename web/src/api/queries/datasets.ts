/** Datasets, their counts, revisions and snapshots. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { ChangeKind } from "../schema.gen";

export function datasetsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["datasets", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/datasets", {
          params: { path: { project_id: projectId }, query: { limit: 500 } },
          signal,
        }),
      ),
  });
}

export function datasetQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["dataset", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}", { params: { path: { dataset_id: datasetId } }, signal }),
      ),
  });
}

export function datasetCountsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["dataset", datasetId, "counts"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/counts", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });
}

export function createDataset(options: { projectId: string; name: string }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/datasets", {
      params: { path: { project_id: options.projectId } },
      body: { name: options.name },
    }),
  );
}

export function snapshotsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["snapshots", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/snapshots", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });
}

export function createSnapshot(options: { datasetId: string; name: string; revision?: number }) {
  const { datasetId, name, revision } = options;
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/snapshots", {
      params: { path: { dataset_id: datasetId } },
      body: { name, revision: revision ?? null },
    }),
  );
}

export function revisionsQuery(datasetId: string) {
  return infiniteQueryOptions({
    queryKey: ["revisions", datasetId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/revisions", {
          params: { path: { dataset_id: datasetId }, query: { cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export interface DiffOf {
  readonly datasetId: string;
  readonly from: number;
  readonly to: number;
}

export function diffQuery({ datasetId, from, to }: DiffOf) {
  return queryOptions({
    queryKey: ["diff", datasetId, from, to],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/diff", {
          params: { path: { dataset_id: datasetId }, query: { from_revision: from, to_revision: to } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function diffItemsQuery({ datasetId, from, to, kind }: DiffOf & { kind: ChangeKind }) {
  return infiniteQueryOptions({
    queryKey: ["diff", datasetId, from, to, kind],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/diff/items", {
          params: {
            path: { dataset_id: datasetId },
            query: { from_revision: from, to_revision: to, kind, cursor: pageParam, limit: 60 },
          },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: Infinity,
  });
}

export function splitDataset(options: {
  datasetId: string;
  quotas: { train: number; validation: number; test: number };
}) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/split", {
      params: { path: { dataset_id: options.datasetId } },
      body: { quotas: options.quotas, seed: 0, refresh_test: false },
    }),
  );
}
