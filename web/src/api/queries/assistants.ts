/** Assistants of a labelling task: how far they are, and what they would say of the rest. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { Assistant, AssistantCreate, AssistantUpdate, LabelRest } from "../schema.gen";

const POLL_MS = 2000;
const SLOW_POLL_MS = 10_000;

/** The assistants of a task. While one trains they are asked for often, since its proposals are about to come. */
export function assistantsQuery(taskId: string) {
  return queryOptions({
    queryKey: ["assistants", taskId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/tasks/{task_id}/assistants", { params: { path: { task_id: taskId } }, signal }),
      ),
    refetchInterval: ({ state }) => pollEvery(state.data),
  });
}

function pollEvery(assistants: readonly Assistant[] | undefined): number | false {
  if (assistants === undefined || assistants.every(({ status }) => status === "stopped")) return false;
  return assistants.some(({ status }) => status === "training") ? POLL_MS : SLOW_POLL_MS;
}

export function createAssistant({ taskId, ...body }: Partial<AssistantCreate> & { taskId: string }) {
  const full = {
    adapts: true,
    again_after: 0.5,
    min_confidence: 0.3,
    budget_seconds: 120,
    reorders: true,
    ...body,
  };
  return unwrap(
    api.POST("/api/v1/tasks/{task_id}/assistants", { params: { path: { task_id: taskId } }, body: full }),
  );
}

export function updateAssistant({ id, ...body }: AssistantUpdate & { id: string }) {
  return unwrap(
    api.PATCH("/api/v1/assistants/{assistant_id}", { params: { path: { assistant_id: id } }, body }),
  );
}

export function deleteAssistant(id: string) {
  return unwrap(api.DELETE("/api/v1/assistants/{assistant_id}", { params: { path: { assistant_id: id } } }));
}

/** What labelling the rest would give, over the threshold. */
export function restQuery(id: string) {
  return queryOptions({
    queryKey: ["assistants", "rest", id],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/assistants/{assistant_id}/rest", {
          params: { path: { assistant_id: id } },
          signal,
        }),
      ),
  });
}

export function labelRest({ id, ...body }: LabelRest & { id: string }) {
  return unwrap(
    api.POST("/api/v1/assistants/{assistant_id}/label-rest", {
      params: { path: { assistant_id: id } },
      body,
    }),
  );
}
