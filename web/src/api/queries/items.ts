/** Items: one by one, and changed by the thousand. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import type { ItemPatch } from "../schema.gen";

export function itemQuery(itemId: string) {
  return queryOptions({
    queryKey: ["item", itemId],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/items/{item_id}", { params: { path: { item_id: itemId } }, signal })),
  });
}

/** Where an item came from and what was made of it. */
export function itemLineageQuery(itemId: string) {
  return queryOptions({
    queryKey: ["item", itemId, "lineage"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/items/{item_id}/lineage", { params: { path: { item_id: itemId } }, signal })),
  });
}

/** Who changed an item and its annotations, newest first. */
export function itemHistoryQuery(itemId: string) {
  return queryOptions({
    queryKey: ["item", itemId, "history"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/items/{item_id}/history", { params: { path: { item_id: itemId } }, signal })),
  });
}

/** The same change to many items, in one revision; what the patch leaves out stays. */
export function patchItems(options: {
  datasetId: string;
  itemIds: readonly string[];
  patch: Partial<ItemPatch>;
  signal?: AbortSignal;
}) {
  const { datasetId, itemIds, patch, signal } = options;
  const patches = Object.fromEntries(itemIds.map((id) => [id, patch]));
  return unwrap(
    api.PATCH("/api/v1/datasets/{dataset_id}/items", {
      params: { path: { dataset_id: datasetId } },
      // The types ask for every field that has a default; the server tells one that is left out from its default.
      body: { patches: {} },
      bodySerializer: () => JSON.stringify({ patches }),
      signal,
    }),
  );
}

/** Remove items in one revision; earlier revisions still hold them. */
export function deleteItems(options: {
  datasetId: string;
  itemIds: readonly string[];
  signal?: AbortSignal;
}) {
  const { datasetId, itemIds, signal } = options;
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/items/delete", {
      params: { path: { dataset_id: datasetId } },
      body: { item_ids: [...itemIds] },
      signal,
    }),
  );
}
