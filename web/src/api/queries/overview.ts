/** Where a project's loop stands, and what happened lately. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

/** Stages, champion, rounds, label saving, what waits, running jobs; asked again soon while the saving is computed. */
export function overviewQuery(projectId: string) {
  return queryOptions({
    queryKey: ["overview", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/overview", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => {
      if (state.data?.label_saving_pending === true) return 2000;
      return (state.data?.jobs.length ?? 0) > 0 ? 1500 : 30_000;
    },
  });
}

/** What happened lately, newest first: milestones, not each image. */
export function activityQuery(projectId: string) {
  return queryOptions({
    queryKey: ["overview", projectId, "activity"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/activity", {
          params: { path: { project_id: projectId }, query: { limit: 14 } },
          signal,
        }),
      ),
  });
}
