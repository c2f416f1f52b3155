/** Endpoints: models at work, what they were asked, what people said of the answers, and what was flagged. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { exactly } from "../exact";
import { FIRST_PAGE } from "../pages";
import type {
  EndpointAnswer,
  EndpointCreate,
  EndpointUpdate,
  FeedbackCreate,
  FlagRuleUpdate,
  FlagRuleWrite,
  FlagsTask,
  PagePredictionLine,
  PredictionLine,
  RuleKind,
  ServeRequest,
  TokenCreate,
  Verdict,
} from "../schema.gen";

const POLL_MS = 5000;
const PAGE = 60;

export function endpointsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["endpoints", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/endpoints", {
          params: { path: { project_id: projectId }, query: { limit: 500 } },
          signal,
        }),
      ),
  });
}

export function endpointQuery(endpointId: string) {
  return queryOptions({
    queryKey: ["endpoint", endpointId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}", { params: { path: { endpoint_id: endpointId } }, signal }),
      ),
  });
}

/** Requests, errors and latency of the last minutes; asked anew while somebody looks. */
export function endpointMetricsQuery({ endpointId, minutes }: { endpointId: string; minutes: number }) {
  return queryOptions({
    queryKey: ["endpoint-metrics", endpointId, minutes],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/metrics", {
          params: { path: { endpoint_id: endpointId }, query: { minutes } },
          signal,
        }),
      ),
    refetchInterval: POLL_MS,
  });
}

export function endpointChangesQuery(endpointId: string) {
  return queryOptions({
    queryKey: ["endpoint", endpointId, "changes"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/changes", {
          params: { path: { endpoint_id: endpointId }, query: { limit: 1000 } },
          signal,
        }),
      ),
  });
}

export function endpointTokensQuery(endpointId: string) {
  return queryOptions({
    queryKey: ["endpoint", endpointId, "tokens"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/tokens", {
          params: { path: { endpoint_id: endpointId } },
          signal,
        }),
      ),
  });
}

/** Which lines of the log are wanted; null: any. */
export interface LogFilter {
  readonly verdict: Verdict | null;
  readonly flag: RuleKind | null;
  readonly label: string | null;
}

export function predictionsQuery({ endpointId, filter }: { endpointId: string; filter: LogFilter }) {
  const { verdict, flag, label } = filter;
  return infiniteQueryOptions({
    queryKey: ["endpoint-log", endpointId, "predictions", verdict, flag, label],
    queryFn: ({ pageParam, signal }) =>
      exactly<PagePredictionLine>(
        unwrap(
          api.GET("/api/v1/endpoints/{endpoint_id}/predictions", {
            params: {
              path: { endpoint_id: endpointId },
              query: {
                verdict: verdict ?? undefined,
                flag: flag ?? undefined,
                label: label ?? undefined,
                cursor: pageParam,
                limit: PAGE,
              },
            },
            signal,
          }),
        ),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function predictionQuery(predictionId: string) {
  return queryOptions({
    queryKey: ["endpoint-log", "prediction", predictionId],
    queryFn: ({ signal }) =>
      exactly<PredictionLine>(
        unwrap(
          api.GET("/api/v1/predictions/{prediction_id}", {
            params: { path: { prediction_id: predictionId } },
            signal,
          }),
        ),
      ),
  });
}

export function feedbackQuery(endpointId: string) {
  return infiniteQueryOptions({
    queryKey: ["endpoint-log", endpointId, "feedback"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/feedback", {
          params: { path: { endpoint_id: endpointId }, query: { cursor: pageParam, limit: 1000 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function flagRulesQuery(endpointId: string) {
  return queryOptions({
    queryKey: ["endpoint-log", endpointId, "rules"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/flag-rules", {
          params: { path: { endpoint_id: endpointId } },
          signal,
        }),
      ),
  });
}

export function flagsQuery(endpointId: string) {
  return infiniteQueryOptions({
    queryKey: ["endpoint-log", endpointId, "flags"],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/flags", {
          params: { path: { endpoint_id: endpointId }, query: { cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Groups of what was flagged; features of new images are computed for it, so it is asked for when somebody looks. */
export function flagCatalogueQuery(endpointId: string) {
  return queryOptions({
    queryKey: ["flag-catalogue", endpointId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/endpoints/{endpoint_id}/flag-catalogue", {
          params: { path: { endpoint_id: endpointId } },
          signal,
        }),
      ),
    refetchOnWindowFocus: false,
  });
}

export function createEndpoint({ projectId, body }: { projectId: string; body: EndpointCreate }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/endpoints", {
      params: { path: { project_id: projectId } },
      body,
    }),
  );
}

export function updateEndpoint({ endpointId, body }: { endpointId: string; body: EndpointUpdate }) {
  return unwrap(
    api.PATCH("/api/v1/endpoints/{endpoint_id}", { params: { path: { endpoint_id: endpointId } }, body }),
  );
}

export function deleteEndpoint(endpointId: string) {
  return unwrap(
    api.DELETE("/api/v1/endpoints/{endpoint_id}", { params: { path: { endpoint_id: endpointId } } }),
  );
}

/** Give a model a role, or take the role away with null. */
export function serveModel({ endpointId, body }: { endpointId: string; body: ServeRequest }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/serve", {
      params: { path: { endpoint_id: endpointId } },
      body,
    }),
  );
}

export function rollBackEndpoint(endpointId: string) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/rollback", { params: { path: { endpoint_id: endpointId } } }),
  );
}

export function createEndpointToken({ endpointId, ...body }: TokenCreate & { endpointId: string }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/tokens", {
      params: { path: { endpoint_id: endpointId } },
      body,
    }),
  );
}

export function revokeEndpointToken({ endpointId, tokenId }: { endpointId: string; tokenId: string }) {
  return unwrap(
    api.DELETE("/api/v1/endpoints/{endpoint_id}/tokens/{token_id}", {
      params: { path: { endpoint_id: endpointId, token_id: tokenId } },
    }),
  );
}

/** Ask an endpoint about an image file, as any program would. */
export function predictImage({ endpointId, file }: { endpointId: string; file: File }) {
  return exactly<EndpointAnswer>(
    unwrap(
      api.POST("/api/v1/endpoints/{endpoint}/predict", {
        params: { path: { endpoint: endpointId } },
        // Described as text; the form carries the file itself.
        body: { file: file.name },
        bodySerializer: () => {
          const form = new FormData();
          form.append("file", file, file.name);
          form.append("metadata", JSON.stringify({ source: "browser" }));
          return form;
        },
      }),
    ),
  );
}

export function giveFeedback({ endpointId, body }: { endpointId: string; body: FeedbackCreate }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint}/feedback", { params: { path: { endpoint: endpointId } }, body }),
  );
}

export function createFlagRule({ endpointId, body }: { endpointId: string; body: FlagRuleWrite }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/flag-rules", {
      params: { path: { endpoint_id: endpointId } },
      body,
    }),
  );
}

export function updateFlagRule({ ruleId, body }: { ruleId: string; body: FlagRuleUpdate }) {
  return unwrap(
    api.PATCH("/api/v1/flag-rules/{flag_rule_id}", { params: { path: { flag_rule_id: ruleId } }, body }),
  );
}

export function deleteFlagRule(ruleId: string) {
  return unwrap(
    api.DELETE("/api/v1/flag-rules/{flag_rule_id}", { params: { path: { flag_rule_id: ruleId } } }),
  );
}

/** Put flagged images into a labelling task, with the answers as proposals. */
export function labelFlags({ endpointId, body }: { endpointId: string; body: FlagsTask }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/flags/task", {
      params: { path: { endpoint_id: endpointId } },
      body,
    }),
  );
}

/** Remove log lines past their retention; a dry run says how many that would be. */
export function prunePredictions({ endpointId, isDryRun }: { endpointId: string; isDryRun: boolean }) {
  return unwrap(
    api.POST("/api/v1/endpoints/{endpoint_id}/predictions/prune", {
      params: { path: { endpoint_id: endpointId }, query: { is_dry_run: isDryRun } },
    }),
  );
}

/** The image of a line of the log, as it came. */
export function predictionImageAddress(predictionId: string): string {
  return `/api/v1/predictions/${encodeURIComponent(predictionId)}/image`;
}
