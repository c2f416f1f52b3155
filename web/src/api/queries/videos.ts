/** Frames of videos, and trackers that carry shapes on through them. */
import { queryOptions } from "@tanstack/react-query";

import { api, ApiProblem, toProblem, unwrap } from "../client";
import type { VideoInfo } from "../schema.gen";

/** Times of frames that the server gives at once. */
const TIMES_AT_ONCE = 20_000;

export function isVideo(item: { readonly media_type: string }): boolean {
  return item.media_type.startsWith("video/");
}

/** What is known of a video; never changes for an item. */
export function videoQuery(itemId: string) {
  return queryOptions({
    queryKey: ["video", itemId],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<VideoInfo> => {
      const path = { item_id: itemId };
      const info = await unwrap(api.GET("/api/v1/items/{item_id}/video", { params: { path }, signal }));
      const times = [...(info.times_s ?? [])];
      while (info.times_s && times.length > 0 && times.length < info.n_frames) {
        const query = { times_start: times.length, times_count: TIMES_AT_ONCE };
        const more = await unwrap(
          api.GET("/api/v1/items/{item_id}/video", { params: { path, query }, signal }),
        );
        if (!more.times_s || more.times_s.length === 0) break;
        times.push(...more.times_s);
      }
      return { ...info, times_s: info.times_s ? times : null };
    },
  });
}

function framesUrl(itemId: string): string {
  return `/api/v1/items/${encodeURIComponent(itemId)}/frames`;
}

/** One frame as a JPEG, at least so many pixels wide. */
export function frameUrl(itemId: string, frame: number, width: number | null): string {
  const query = width === null ? "" : `?width=${String(Math.round(width))}`;
  return `${framesUrl(itemId)}/${String(frame)}${query}`;
}

/** Frames as one pack of JPEGs. Rejects with ApiProblem. */
export async function fetchFrames(options: {
  readonly itemId: string;
  readonly start: number;
  readonly count: number;
  readonly width: number | null;
  readonly signal: AbortSignal;
}): Promise<ArrayBuffer> {
  const { itemId, start, count, width, signal } = options;
  const query = new URLSearchParams({ start: String(start), count: String(count) });
  if (width !== null) query.set("width", String(width));
  const response = await fetch(`${framesUrl(itemId)}?${query.toString()}`, {
    signal,
    credentials: "same-origin",
  }).catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiProblem({ status: 0, code: "unreachable", detail: "the server cannot be reached" });
  });
  if (response.ok) return response.arrayBuffer();
  const said: unknown = await response.json().catch(() => null);
  throw toProblem(said, response.status);
}
