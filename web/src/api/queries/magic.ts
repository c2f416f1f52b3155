/** Shapes that the server finds: by SAM or GrabCut from a few clicks, along edges, and more of the same. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { exactly } from "../exact";
import type {
  AlikeAnswer,
  AlikeRequest,
  PathAnswer,
  PathRequest,
  SegmentAnswer,
  SegmentRequest,
} from "../schema.gen";

/** What the magic tools can do on this server. */
export function magicQuery() {
  return queryOptions({
    queryKey: ["magic"],
    queryFn: ({ signal }) => unwrap(api.GET("/api/v1/magic", { signal })),
    staleTime: 60_000,
  });
}

/** How often is asked whether an image is prepared. */
const PREPARING_MS = 1_500;

/** Has an image prepared for SAM, and asks again until it is; only where SAM is there. */
export function featuresQuery(itemId: string) {
  return queryOptions({
    queryKey: ["segment-features", itemId],
    queryFn: ({ signal }) =>
      unwrap(
        api.POST("/api/v1/items/{item_id}/segment-features", {
          params: { path: { item_id: itemId } },
          signal,
        }),
      ),
    refetchInterval: ({ state }) =>
      state.data?.state === "ready" || state.data?.state === "failed" || state.error !== null
        ? false
        : PREPARING_MS,
    staleTime: 30_000,
    retry: false,
  });
}

export function segment(options: { readonly itemId: string; readonly body: SegmentRequest }) {
  return exactly<SegmentAnswer>(
    unwrap(
      api.POST("/api/v1/items/{item_id}/segment", {
        params: { path: { item_id: options.itemId } },
        body: options.body,
      }),
    ),
  );
}

export function traceOutline(options: { readonly itemId: string; readonly body: PathRequest }) {
  return exactly<PathAnswer>(
    unwrap(
      api.POST("/api/v1/items/{item_id}/outline", {
        params: { path: { item_id: options.itemId } },
        body: options.body,
      }),
    ),
  );
}

export function listAlike(options: { readonly itemId: string; readonly body: AlikeRequest }) {
  return exactly<AlikeAnswer>(
    unwrap(
      api.POST("/api/v1/items/{item_id}/alike", {
        params: { path: { item_id: options.itemId } },
        body: options.body,
      }),
    ),
  );
}
