/** Pipelines: their graphs, variables, runs and what went wrong. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { PipelineDefinition, RunRequest } from "../schema.gen";

/** Tokens move without an event for each step, so counts are also polled. */
const POLL_MS = 2500;

export function pipelinesQuery(projectId: string) {
  return queryOptions({
    queryKey: ["pipelines", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/pipelines", {
          params: { path: { project_id: projectId }, query: { limit: 200 } },
          signal,
        }),
      ),
  });
}

export function pipelineQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["pipeline", pipelineId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}", { params: { path: { pipeline_id: pipelineId } }, signal }),
      ),
  });
}

export function pipelineStatusQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["pipeline", pipelineId, "status"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/status", {
          params: { path: { pipeline_id: pipelineId } },
          signal,
        }),
      ),
    refetchInterval: POLL_MS,
  });
}

export function pipelineVersionsQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["pipeline", pipelineId, "versions"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/versions", {
          params: { path: { pipeline_id: pipelineId } },
          signal,
        }),
      ),
  });
}

/** The newest run, or none. */
export function lastRunQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["runs", pipelineId, "last"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/runs", {
          params: { path: { pipeline_id: pipelineId }, query: { limit: 1 } },
          signal,
        }),
      ),
  });
}

export type RunState = "active" | "done" | "failed";

export function runsQuery({ pipelineId, state }: { pipelineId: string; state: RunState | null }) {
  return infiniteQueryOptions({
    queryKey: ["runs", pipelineId, state ?? "all"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/runs", {
          params: {
            path: { pipeline_id: pipelineId },
            query: { cursor: pageParam, limit: 50, state: state ?? undefined },
          },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function stepsQuery(runId: string) {
  return queryOptions({
    queryKey: ["runs", "steps", runId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}/steps", { params: { path: { run_id: runId } }, signal })),
  });
}

export function deadLettersQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["pipeline", pipelineId, "dead-letters"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/dead-letters", {
          params: { path: { pipeline_id: pipelineId }, query: { limit: 200 } },
          signal,
        }),
      ),
  });
}

/** Try dead letters again; all of the pipeline when no ids are given. */
export function retryDeadLetters(options: { pipelineId: string; ids: number[] | null }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/dead-letters/retry", {
      params: { path: { pipeline_id: options.pipelineId } },
      body: { ids: options.ids },
    }),
  );
}

export function templatesQuery() {
  return queryOptions({
    queryKey: ["templates"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/pipeline-templates", { signal })),
    staleTime: Infinity,
  });
}

export function getTemplate(name: string) {
  return unwrap(api.GET("/api/v1/pipeline-templates/{name}", { params: { path: { name } } }));
}

export function nodeTypesQuery() {
  return queryOptions({
    queryKey: ["node-types"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/node-types", { signal })),
    staleTime: Infinity,
  });
}

export function applyPipeline(options: { projectId: string; definition: PipelineDefinition }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/pipelines", {
      params: { path: { project_id: options.projectId } },
      body: options.definition,
    }),
  );
}

export function setVariable(options: { pipelineId: string; name: string; value: unknown }) {
  return unwrap(
    api.PUT("/api/v1/pipelines/{pipeline_id}/variables/{name}", {
      params: { path: { pipeline_id: options.pipelineId, name: options.name } },
      body: { value: options.value },
    }),
  );
}

export function activatePipeline(pipelineId: string) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/activate", { params: { path: { pipeline_id: pipelineId } } }),
  );
}

export function pausePipeline(pipelineId: string) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/pause", { params: { path: { pipeline_id: pipelineId } } }),
  );
}

export function startRuns(options: { pipelineId: string; body: RunRequest }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/runs", {
      params: { path: { pipeline_id: options.pipelineId } },
      body: options.body,
    }),
  );
}
