/** What a pipeline's labels cost: seconds of people and of machines, by step. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

export function ledgerQuery(pipelineId: string) {
  return queryOptions({
    queryKey: ["ledger", pipelineId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/ledger", {
          params: { path: { pipeline_id: pipelineId } },
          signal,
        }),
      ),
  });
}
