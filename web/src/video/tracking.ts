/** The server's trackers. */
import { api, unwrap } from "@/api/client";
import { readKeyframe, writeFrameShape, type WireFrameShape } from "@/canvas/model/wire";
import type { FrameShape, ShapeId } from "@/canvas/types";

import type { CarriedTrack } from "./carry";
import type { AskTracker } from "./useCarry";

/** The one that is always there: it follows the corners that move together. */
const TRACKER = "flow";

export const askTracker: AskTracker = async (request, { itemId, signal }) => {
  const answer = await unwrap(
    api.POST("/api/v1/items/{item_id}/propagate", {
      params: { path: { item_id: itemId } },
      body: {
        shapes: written(request.shapes),
        frame: request.frame,
        to_frame: request.toFrame,
        ends: written(request.ends),
        tracker: TRACKER,
      },
      signal,
    }),
  );
  return new Map(
    Object.entries(answer.tracks).map(([id, track]): [ShapeId, CarriedTrack] => [
      id,
      {
        keyframes: track.keyframes.map(readKeyframe),
        stoppedAt: track.stopped_at,
        reason: track.reason ?? null,
      },
    ]),
  );
};

function written(shapes: ReadonlyMap<ShapeId, FrameShape>): Record<string, WireFrameShape> {
  return Object.fromEntries([...shapes].map(([id, shape]) => [id, writeFrameShape(shape)]));
}
