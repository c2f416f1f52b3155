/** Models: what they are, how they were trained and judged, and what people do with them. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { CompareRequest, EvaluateRequest, ModelCreate } from "../schema.gen";

export function modelsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["models", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/models", {
          params: { path: { project_id: projectId }, query: { limit: 500 } },
          signal,
        }),
      ),
  });
}

export function modelQuery(modelId: string) {
  return queryOptions({
    queryKey: ["model", modelId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/models/{model_id}", { params: { path: { model_id: modelId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.status === "training" ? 2000 : false),
  });
}

/** What a training reported; asked anew while it runs. */
export function curvesQuery(options: { modelId: string; isLive: boolean }) {
  const { modelId, isLive } = options;
  return queryOptions({
    queryKey: ["model", modelId, "curves"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/models/{model_id}/curves", { params: { path: { model_id: modelId } }, signal }),
      ),
    refetchInterval: isLive ? 1000 : false,
  });
}

export function outcomesQuery(modelId: string) {
  return queryOptions({
    queryKey: ["model", modelId, "outcomes"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/models/{model_id}/outcomes", { params: { path: { model_id: modelId } }, signal }),
      ),
  });
}

export function evaluationsQuery(modelId: string) {
  return queryOptions({
    queryKey: ["evaluations", modelId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/models/{model_id}/evaluations", { params: { path: { model_id: modelId } }, signal }),
      ),
  });
}

/** Confusion, calibration and worst examples of one evaluation: they never change. */
export function examinationQuery(options: { evaluationId: string; scoreThreshold: number }) {
  const { evaluationId, scoreThreshold } = options;
  return queryOptions({
    queryKey: ["examination", evaluationId, scoreThreshold],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/evaluations/{evaluation_id}/examination", {
          params: { path: { evaluation_id: evaluationId }, query: { score_threshold: scoreThreshold } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function comparisonsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["comparisons", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/comparisons", {
          params: { path: { project_id: projectId }, query: { limit: 200 } },
          signal,
        }),
      ),
  });
}

export function comparisonQuery(comparisonId: string) {
  return queryOptions({
    queryKey: ["comparison", comparisonId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/comparisons/{comparison_id}", {
          params: { path: { comparison_id: comparisonId } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

/** On which test items the two models of a comparison differ; never asked where there was no champion. */
export function disagreementsQuery(comparisonId: string) {
  return queryOptions({
    queryKey: ["comparison", comparisonId, "disagreements"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/comparisons/{comparison_id}/disagreements", {
          params: { path: { comparison_id: comparisonId } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function championsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["champions", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/champions", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

/** Register a model and start its training; gives both. */
export async function trainNewModel(options: { projectId: string; body: ModelCreate }) {
  const model = await unwrap(
    api.POST("/api/v1/projects/{project_id}/models", {
      params: { path: { project_id: options.projectId } },
      body: options.body,
    }),
  );
  return { model, job: await trainModel(model.id) };
}

/** Start a training, or go on from its checkpoint. */
export function trainModel(modelId: string, isResumed = false) {
  return unwrap(
    api.POST("/api/v1/models/{model_id}/train", {
      params: { path: { model_id: modelId } },
      body: { resume: isResumed },
    }),
  );
}

export function evaluateModel(options: { modelId: string; body: EvaluateRequest }) {
  return unwrap(
    api.POST("/api/v1/models/{model_id}/evaluations", {
      params: { path: { model_id: options.modelId } },
      body: options.body,
    }),
  );
}

export function compareModels(options: { projectId: string; body: CompareRequest }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/comparisons", {
      params: { path: { project_id: options.projectId } },
      body: options.body,
    }),
  );
}

/** A place where a champion is written: a pipeline's variable, or the project's own setting. */
export interface ChampionPlace {
  readonly pipeline_id: string | null;
  readonly variable: string;
}

export function deployModel(options: { modelId: string; place: ChampionPlace }) {
  return unwrap(
    api.POST("/api/v1/models/{model_id}/deploy", {
      params: { path: { model_id: options.modelId } },
      body: { pipeline_id: options.place.pipeline_id, variable: options.place.variable },
    }),
  );
}

export function rollBackModel(options: { modelId: string; place: ChampionPlace }) {
  return unwrap(
    api.POST("/api/v1/models/{model_id}/rollback", {
      params: { path: { model_id: options.modelId } },
      body: { pipeline_id: options.place.pipeline_id, variable: options.place.variable },
    }),
  );
}

/** Where a model's folder can be fetched as a zip file. */
export function modelFolderAddress(modelId: string): string {
  return `/api/v1/models/${encodeURIComponent(modelId)}/folder`;
}

/** The small picture of an item. */
export function thumbnailAddress(itemId: string): string {
  return `/api/v1/items/${encodeURIComponent(itemId)}/thumbnail`;
}

/** Make a comparison's challenger the champion; a reason is asked for when the comparison says otherwise. */
export function promoteChallenger(options: {
  comparisonId: string;
  reason: string;
  /** Although the comparison kept the champion; asks for a reason. */
  isForced: boolean;
  place: ChampionPlace | undefined;
}) {
  const { comparisonId, reason, isForced, place } = options;
  return unwrap(
    api.POST("/api/v1/comparisons/{comparison_id}/promote", {
      params: { path: { comparison_id: comparisonId } },
      body: {
        force: isForced,
        reason: reason === "" ? null : reason,
        pipeline_id: place?.pipeline_id ?? null,
        variable: place?.variable ?? null,
      },
    }),
  );
}

/** A task with exactly the items on which the two models of a comparison differ. */
export function labelDisagreements(options: { comparisonId: string; name: string }) {
  const { comparisonId, name } = options;
  return unwrap(
    api.POST("/api/v1/comparisons/{comparison_id}/task", {
      params: { path: { comparison_id: comparisonId } },
      body: { name, limit: 200 },
    }),
  );
}
