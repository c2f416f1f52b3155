/** The playground: what can be trained, dry runs, previews, and trainings under way. */
import { keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { AugmentationPreviewRequest, ModelCreate } from "../schema.gen";

export function architecturesQuery() {
  return queryOptions({
    queryKey: ["architectures"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/architectures", { signal })),
    staleTime: Infinity,
  });
}

/** What a training would find and do; nothing is written. */
export function modelCheckQuery(options: { projectId: string; body: ModelCreate | null }) {
  const { projectId, body } = options;
  return queryOptions({
    queryKey: ["model-check", projectId, body],
    queryFn:
      body === null
        ? skipToken
        : ({ signal }) =>
            unwrap(
              api.POST("/api/v1/projects/{project_id}/models/check", {
                params: { path: { project_id: projectId } },
                body,
                signal,
              }),
            ),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function augmentationPreviewQuery(options: {
  projectId: string;
  body: AugmentationPreviewRequest | null;
}) {
  const { projectId, body } = options;
  return queryOptions({
    queryKey: ["augmentation-preview", projectId, body],
    queryFn:
      body === null
        ? skipToken
        : ({ signal }) =>
            unwrap(
              api.POST("/api/v1/projects/{project_id}/augmentation-preview", {
                params: { path: { project_id: projectId } },
                body,
                signal,
              }),
            ),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });
}

/** Where a training stands: asked anew while it runs. */
export function trainingQuery(options: { modelId: string; isLive: boolean }) {
  const { modelId, isLive } = options;
  return queryOptions({
    queryKey: ["model", modelId, "training"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/models/{model_id}/training", { params: { path: { model_id: modelId } }, signal }),
      ),
    refetchInterval: isLive ? 1500 : false,
  });
}

export function cancelTraining(modelId: string) {
  return unwrap(api.POST("/api/v1/models/{model_id}/cancel", { params: { path: { model_id: modelId } } }));
}

/** Models side by side: what differs between them, what came of each, and their curves. */
export function modelTableQuery(options: { projectId: string; modelIds: readonly string[] }) {
  const { projectId, modelIds } = options;
  return queryOptions({
    queryKey: ["models", projectId, "table", ...modelIds],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/model-table", {
          params: { path: { project_id: projectId }, query: { ids: modelIds.join(",") } },
          signal,
        }),
      ),
  });
}
