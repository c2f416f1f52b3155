/** Labels, attributes and recipes of a project. */
import { queryOptions } from "@tanstack/react-query";

import { ApiProblem, api, unwrap } from "../client";
import type { Ontology, OntologyDraft, RecipeDraft } from "../schema.gen";

/** The newest ontology, null when the project has none yet. */
export function ontologyQuery(projectId: string) {
  return queryOptions({
    queryKey: ["ontology", projectId],
    queryFn: async ({ signal }): Promise<Ontology | null> => {
      try {
        return await unwrap(
          api.GET("/api/v1/projects/{project_id}/ontology", {
            params: { path: { project_id: projectId } },
            signal,
          }),
        );
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

export function ontologiesQuery(projectId: string) {
  return queryOptions({
    queryKey: ["ontologies", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/ontologies", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

/** Save a new version; 409 when somebody saved another since `baseVersion`. */
export function saveOntology(options: {
  projectId: string;
  draft: OntologyDraft;
  baseVersion: number | null;
}) {
  const { projectId, draft, baseVersion } = options;
  return unwrap(
    api.PUT("/api/v1/projects/{project_id}/ontology", {
      params: { path: { project_id: projectId }, query: { base_version: baseVersion ?? undefined } },
      body: draft,
    }),
  );
}

export function recipesQuery(projectId: string) {
  return queryOptions({
    queryKey: ["recipes", projectId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/recipes", {
          params: { path: { project_id: projectId } },
          signal,
        }),
      ),
  });
}

export function createRecipe({ projectId, ...body }: RecipeDraft & { projectId: string }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/recipes", { params: { path: { project_id: projectId } }, body }),
  );
}
