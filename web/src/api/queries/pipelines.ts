/** Pipelines: their graphs, variables, runs and what went wrong. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type {
  DryRunRequest,
  LogLine,
  NodeToken,
  PipelineDefinition,
  RunRequest,
  RunRerun,
} from "../schema.gen";

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

export type RunState = "active" | "done" | "failed" | "cancelled";

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

/** Save as the next version. `migrate` says where tokens of steps that vanish go: `old:new`, or `old:!` to end them. */
export function applyPipeline(options: {
  projectId: string;
  definition: PipelineDefinition;
  migrate?: readonly string[];
}) {
  const { projectId, definition, migrate = [] } = options;
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/pipelines", {
      params: { path: { project_id: projectId }, query: { migrate: [...migrate] } },
      body: definition,
    }),
  );
}

/** What keeps a definition from running. */
export function validateQuery(projectId: string, definition: PipelineDefinition) {
  return queryOptions({
    queryKey: ["pipeline-checks", projectId, definition],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/projects/{project_id}/pipelines/validate", {
          params: { path: { project_id: projectId } },
          body: definition,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  });
}

/** The definition in a file's text, read by the server, which knows YAML. Nothing is saved. */
export function readPipeline(options: { projectId: string; text: string; isYaml: boolean }) {
  const { projectId, text, isYaml } = options;
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/pipelines/read", {
      params: { path: { project_id: projectId } },
      // The text itself is sent, in place of this.
      body: { format: 1, name: "", description: "", nodes: [] },
      bodySerializer: () => text,
      headers: { "Content-Type": isYaml ? "application/yaml" : "application/json" },
    }),
  );
}

export function templateQuery(name: string) {
  return queryOptions({
    queryKey: ["templates", name],
    queryFn: () => getTemplate(name),
    staleTime: Infinity,
  });
}

/** Which events a trigger can wait for. */
export function triggerEventsQuery() {
  return queryOptions({
    queryKey: ["trigger-events"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/trigger-events", { signal })),
    staleTime: Infinity,
  });
}

export function setVariable(options: { pipelineId: string; name: string; value: unknown }) {
  return unwrap(
    api.PUT("/api/v1/pipelines/{pipeline_id}/variables/{name}", {
      params: { path: { pipeline_id: options.pipelineId, name: options.name } },
      body: { value: options.value },
    }),
  );
}

/** Let its triggers fire. */
export function activatePipeline(pipelineId: string) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/activate", { params: { path: { pipeline_id: pipelineId } } }),
  );
}

/** Stop its triggers; what is under way goes on. */
export function deactivatePipeline(pipelineId: string) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/deactivate", { params: { path: { pipeline_id: pipelineId } } }),
  );
}

/** Let no step take work; triggers go on beginning runs that wait, or are dropped. */
export function pausePipeline({ pipelineId, triggers }: { pipelineId: string; triggers: "keep" | "drop" }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/pause", {
      params: { path: { pipeline_id: pipelineId } },
      body: { triggers },
    }),
  );
}

/** Steps take work and triggers fire again. */
export function resumePipeline(pipelineId: string) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/resume", { params: { path: { pipeline_id: pipelineId } } }),
  );
}

export type TokenState = NodeToken["state"];

/** What is at one step in one state. */
export function tokensQuery(options: { pipelineId: string; node: string; state: TokenState }) {
  const { pipelineId, node, state } = options;
  return infiniteQueryOptions({
    queryKey: ["pipeline", pipelineId, "tokens", node, state],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/nodes/{node}/tokens", {
          params: { path: { pipeline_id: pipelineId, node }, query: { state, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export type LogLevel = LogLine["level"];

/** What its steps said, newest first. */
export function logsQuery(options: { pipelineId: string; node: string | null; level: LogLevel | null }) {
  const { pipelineId, node, level } = options;
  return infiniteQueryOptions({
    queryKey: ["pipeline", pipelineId, "logs", node, level],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/logs", {
          params: {
            path: { pipeline_id: pipelineId },
            query: { node: node ?? undefined, level: level ?? undefined, cursor: pageParam, limit: 100 },
          },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: POLL_MS * 2,
  });
}

export function runQuery(runId: string) {
  return queryOptions({
    queryKey: ["runs", "run", runId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/runs/{run_id}", { params: { path: { run_id: runId } }, signal })),
  });
}

export function rerunRun({ runId, body }: { runId: string; body: RunRerun }) {
  return unwrap(api.POST("/api/v1/runs/{run_id}/rerun", { params: { path: { run_id: runId } }, body }));
}

export function cancelRun(runId: string) {
  return unwrap(api.POST("/api/v1/runs/{run_id}/cancel", { params: { path: { run_id: runId } } }));
}

/** Try again what failed: everywhere, or at one step. */
export function rerunFailed({ pipelineId, node }: { pipelineId: string; node: string | null }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/rerun", {
      params: { path: { pipeline_id: pipelineId } },
      body: { state: "failed", node },
    }),
  );
}

/** Let a definition's steps work on a few images; nothing is written. */
export function tryPipeline({ projectId, body }: { projectId: string; body: DryRunRequest }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/pipelines/dry-run", {
      params: { path: { project_id: projectId } },
      body,
    }),
  );
}

export function versionQuery({ pipelineId, version }: { pipelineId: string; version: number }) {
  return queryOptions({
    queryKey: ["pipeline", pipelineId, "versions", version],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/versions/{version}", {
          params: { path: { pipeline_id: pipelineId, version } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function diffQuery(options: { pipelineId: string; from: number; to: number }) {
  const { pipelineId, from, to } = options;
  return queryOptions({
    queryKey: ["pipeline", pipelineId, "diff", from, to],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/diff", {
          params: { path: { pipeline_id: pipelineId }, query: { from_version: from, to_version: to } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function startRuns(options: { pipelineId: string; body: RunRequest }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/runs", {
      params: { path: { pipeline_id: options.pipelineId } },
      body: options.body,
    }),
  );
}
