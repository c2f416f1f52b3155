/** Projects. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

export function projectsQuery() {
  return queryOptions({
    queryKey: ["projects"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/projects", { params: { query: { limit: 200 } }, signal })),
  });
}

export function projectQuery(projectId: string) {
  return queryOptions({
    queryKey: ["project", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}", { params: { path: { project_id: projectId } }, signal }),
      ),
  });
}

export function createProject(name: string) {
  return unwrap(api.POST("/api/v1/projects", { body: { name } }));
}
