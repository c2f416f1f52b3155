/** Evaluations: what a model said about frozen test items, and what follows from it. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

/** The project's evaluations, newest first. */
export function projectEvaluationsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["evaluations", "of-project", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/evaluations", {
          params: { path: { project_id: projectId }, query: { limit: 500 } },
          signal,
        }),
      ),
  });
}

export function evaluationQuery(evaluationId: string) {
  return queryOptions({
    queryKey: ["evaluations", "one", evaluationId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/evaluations/{evaluation_id}", {
          params: { path: { evaluation_id: evaluationId } },
          signal,
        }),
      ),
  });
}

/** Everything it says, with the slices asked for; the numbers never change, only whether they are stale. */
export function reportQuery(options: { evaluationId: string; slices: readonly string[] }) {
  const { evaluationId, slices } = options;
  return queryOptions({
    queryKey: ["evaluations", "one", evaluationId, "report", ...slices],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/evaluations/{evaluation_id}/report", {
          params: { path: { evaluation_id: evaluationId }, query: { slices: [...slices] } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

/** What each confidence threshold would cost. */
export function thresholdsQuery(options: { evaluationId: string; missed: number; spurious: number }) {
  const { evaluationId, missed, spurious } = options;
  return queryOptions({
    queryKey: ["examination", evaluationId, "thresholds", missed, spurious],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/evaluations/{evaluation_id}/thresholds", {
          params: { path: { evaluation_id: evaluationId }, query: { missed, spurious } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}

/** The newest evaluations on a dataset with how many findings of each type they have: lenses over its items. */
export function evaluationFacetsQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["evaluations", "of-dataset", datasetId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/evaluation-facets", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });
}

/** What an evaluation found on some items; those that it did not use are left out. */
export function readFindings(options: {
  evaluationId: string;
  itemIds: readonly string[];
  signal?: AbortSignal;
}) {
  const { evaluationId, itemIds, signal } = options;
  return unwrap(
    api.POST("/api/v1/evaluations/{evaluation_id}/findings", {
      params: { path: { evaluation_id: evaluationId } },
      body: { item_ids: [...itemIds] },
      signal,
    }),
  );
}

export function findingsQuery(options: { evaluationId: string; itemIds: readonly string[] }) {
  const { evaluationId, itemIds } = options;
  return queryOptions({
    queryKey: ["examination", evaluationId, "findings", ...itemIds],
    enabled: itemIds.length > 0,
    queryFn: ({ signal }) => readFindings({ evaluationId, itemIds, signal }),
    staleTime: Infinity,
  });
}
