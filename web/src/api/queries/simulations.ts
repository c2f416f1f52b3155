/** Simulations: a labelled dataset replayed as if nothing were labelled. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { SimulationDraft } from "../schema.gen";

export function simulationsQuery(projectId: string) {
  return infiniteQueryOptions({
    queryKey: ["simulations", projectId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/simulations", {
          params: { path: { project_id: projectId }, query: { cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function simulationQuery(simulationId: string) {
  return queryOptions({
    queryKey: ["simulation", simulationId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/simulations/{simulation_id}", {
          params: { path: { simulation_id: simulationId } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

/** Start a simulation; the job's result holds `simulation_id`. */
export function createSimulation({ projectId, draft }: { projectId: string; draft: SimulationDraft }) {
  return unwrap(
    api.POST("/api/v1/projects/{project_id}/simulations", {
      params: { path: { project_id: projectId } },
      body: draft,
    }),
  );
}

export function deleteSimulation(simulationId: string) {
  return unwrap(
    api.DELETE("/api/v1/simulations/{simulation_id}", {
      params: { path: { simulation_id: simulationId } },
    }),
  );
}
