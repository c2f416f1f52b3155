/** Choices of what to label: planned, made, looked at, and what they saved. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { SelectionDraft } from "../schema.gen";

const PAGE = 200;

/** What a choice would do; nothing is written. Not asked for without a draft. */
export function selectionPlanQuery({
  datasetId,
  draft,
}: {
  datasetId: string;
  draft: SelectionDraft | null;
}) {
  return queryOptions({
    queryKey: ["selection-plan", datasetId, draft],
    enabled: draft !== null && datasetId !== "",
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/selections/plan", {
          params: { path: { dataset_id: datasetId } },
          body: draft ?? { ...EMPTY },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 10_000,
  });
}

/** A draft with nothing set by hand: the server's own defaults. */
export const EMPTY: SelectionDraft = {
  budget: { count: 100 },
  pool: "unlabelled",
  strategy: "auto",
  random_share: 0.1,
  seed: 0,
  without_duplicates: true,
  without_bad: false,
};

export function selectionsQuery(projectId: string) {
  return infiniteQueryOptions({
    queryKey: ["selections", projectId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/selections", {
          params: { path: { project_id: projectId }, query: { cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function selectionQuery(selectionId: string) {
  return queryOptions({
    queryKey: ["selection", selectionId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/selections/{selection_id}", {
          params: { path: { selection_id: selectionId } },
          signal,
        }),
      ),
  });
}

/** The items, best first, a page at a time. */
export function selectionItemsQuery(selectionId: string) {
  return infiniteQueryOptions({
    queryKey: ["selection", selectionId, "items"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/selections/{selection_id}/items", {
          params: { path: { selection_id: selectionId }, query: { cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Start a choice; the job's result holds `selection_id`. */
export function createSelection({ datasetId, draft }: { datasetId: string; draft: SelectionDraft }) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/selections", {
      params: { path: { dataset_id: datasetId } },
      body: draft,
    }),
  );
}

export function deleteSelection(selectionId: string) {
  return unwrap(
    api.DELETE("/api/v1/selections/{selection_id}", { params: { path: { selection_id: selectionId } } }),
  );
}
