/** Calls of webhooks: what was sent, what came back, and the secret that signs them. */
import { infiniteQueryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { FIRST_PAGE } from "../pages";
import type { Delivery } from "../schema.gen";

/** Calls go out after the step, without an event of their own. */
const POLL_MS = 5000;

export type DeliveryState = Delivery["state"];

export function deliveriesQuery(options: { pipelineId: string; state: DeliveryState | null }) {
  const { pipelineId, state } = options;
  return infiniteQueryOptions({
    queryKey: ["pipeline", pipelineId, "deliveries", state],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/v1/pipelines/{pipeline_id}/deliveries", {
          params: {
            path: { pipeline_id: pipelineId },
            query: { state: state ?? undefined, cursor: pageParam, limit: 50 },
          },
          signal,
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: POLL_MS,
  });
}

/** Make a call again now, under the same id. */
export function retryDelivery(deliveryId: string) {
  return unwrap(
    api.POST("/api/v1/deliveries/{delivery_id}/retry", { params: { path: { delivery_id: deliveryId } } }),
  );
}

/** The secret that the calls are signed with; with `renew`, a new one in its place. */
export function askWebhookSecret({ pipelineId, renew }: { pipelineId: string; renew: boolean }) {
  return unwrap(
    api.POST("/api/v1/pipelines/{pipeline_id}/webhook-secret", {
      params: { path: { pipeline_id: pipelineId } },
      body: { renew },
    }),
  );
}
