/** Saved views: a filter and a lens under a name. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { SavedViewDraft, SavedViewPatch } from "../schema.gen";

export function viewsQuery(projectId: string) {
  return queryOptions({
    queryKey: ["views", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/views", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

export function createView({ projectId, ...body }: SavedViewDraft & { projectId: string }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/views", { params: { path: { project_id: projectId } }, body }),
  );
}

export function updateView({ viewId, ...body }: SavedViewPatch & { viewId: string }) {
  return unwrap(api.PATCH("/api/v1/views/{view_id}", { params: { path: { view_id: viewId } }, body }));
}

export function deleteView(viewId: string) {
  return unwrap(api.DELETE("/api/v1/views/{view_id}", { params: { path: { view_id: viewId } } }));
}
