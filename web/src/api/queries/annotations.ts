/** Annotations of one item: what people stand behind, and what models said. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";

export function itemTruthQuery(itemId: string) {
  return queryOptions({
    queryKey: ["annotations", itemId, "truth"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/items/{item_id}/annotations", { params: { path: { item_id: itemId } }, signal }),
      ),
  });
}

export function itemPredictionsQuery(itemId: string) {
  return queryOptions({
    queryKey: ["annotations", itemId, "predictions"],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/v1/items/{item_id}/annotations/predictions", {
          params: { path: { item_id: itemId } },
          signal,
        }),
      ),
  });
}

export function itemCommentsQuery(itemId: string) {
  return queryOptions({
    queryKey: ["comments", itemId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/items/{item_id}/comments", { params: { path: { item_id: itemId } }, signal })),
  });
}

export function addItemComment(options: { itemId: string; body: string }) {
  return unwrap(
    api.POST("/api/v1/items/{item_id}/comments", {
      params: { path: { item_id: options.itemId } },
      body: { body: options.body },
    }),
  );
}
