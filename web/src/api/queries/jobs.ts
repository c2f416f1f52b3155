/** Long pieces of work. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { Job } from "../schema.gen";

const POLL_MS = 800;

export function isActive(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running";
}

/** The project's newest jobs, of one kind when given. Progress between events is polled. */
export function jobsQuery(projectId: string, kind?: string) {
  return queryOptions({
    queryKey: ["jobs", projectId, kind ?? "all"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/jobs", {
          params: { path: { project_id: projectId }, query: { kind, limit: 50 } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) === true ? POLL_MS : false),
  });
}

export function jobQuery(jobId: string) {
  return queryOptions({
    queryKey: ["job", jobId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: jobId } }, signal })),
    refetchInterval: ({ state }) => (state.data === undefined || isActive(state.data) ? POLL_MS : false),
  });
}

export function jobLogQuery(jobId: string) {
  return queryOptions({
    queryKey: ["job", jobId, "log"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/jobs/{job_id}/log", { params: { path: { job_id: jobId } }, signal })),
  });
}

export function cancelJob(jobId: string) {
  return unwrap(api.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: jobId } } }));
}
