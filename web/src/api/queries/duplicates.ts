/** Images that are one scene, and images in bad health. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { DuplicateAction, DuplicateScanDraft } from "../schema.gen";

const PAGE = 30;

/** The scans of a dataset, newest first. */
export function duplicateScansQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["duplicates", datasetId],
    enabled: datasetId !== "",
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/duplicates", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });
}

export function duplicateGroupsQuery(scanId: string) {
  return infiniteQueryOptions({
    queryKey: ["duplicate-groups", scanId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/duplicates/{duplicate_scan_id}/groups", {
          params: { path: { duplicate_scan_id: scanId }, query: { cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Start a scan; the job's result holds `scan_id`. */
export function scanDuplicates({ datasetId, draft }: { datasetId: string; draft: DuplicateScanDraft }) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/duplicates", {
      params: { path: { dataset_id: datasetId } },
      body: draft,
    }),
  );
}

/** Do something with groups of a scan, or say what would be done. */
export function applyDuplicates({ scanId, action }: { scanId: string; action: DuplicateAction }) {
  return unwrap(
    api.POST("/api/v1/duplicates/{duplicate_scan_id}/apply", {
      params: { path: { duplicate_scan_id: scanId } },
      body: action,
    }),
  );
}

export function healthQuery(datasetId: string) {
  return queryOptions({
    queryKey: ["health", datasetId],
    enabled: datasetId !== "",
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/datasets/{dataset_id}/health", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}
