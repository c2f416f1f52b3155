/** Embedding spaces, and what looks like what in them. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { EmbedRequest, SimilarRequest } from "../schema.gen";

export function spacesQuery(projectId: string) {
  return queryOptions({
    queryKey: ["spaces", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/spaces", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

/** Embed what a dataset has and the space lacks; a job. */
export function embedDataset({ datasetId, body }: { datasetId: string; body: EmbedRequest }) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/embed", {
      params: { path: { dataset_id: datasetId } },
      body,
    }),
  );
}

/** The items most like the examples; not asked for without a request. */
export function similarQuery({ datasetId, body }: { datasetId: string; body: SimilarRequest | null }) {
  return queryOptions({
    queryKey: ["similar", datasetId, body],
    enabled: body !== null && datasetId !== "",
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/datasets/{dataset_id}/similar", {
          params: { path: { dataset_id: datasetId } },
          body: body ?? { limit: 1 },
          signal,
        }),
      ),
    retry: false,
    staleTime: 60_000,
  });
}
