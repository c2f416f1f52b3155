/** What a reviewer sees: what changed since the model's proposal, or since the review before. */
import { api, unwrap } from "@/api/client";
import { exactly } from "@/api/exact";
import type { Annotation } from "@/api/schema.gen";
import { isSameAttributes, isSameGeometry } from "@/canvas/geometry/same";
import { readAnnotations, readGeometry, type WireBase } from "@/canvas/model/wire";
import type { Shape, ShapeId } from "@/canvas/types";

import type { ItemContent, StudioServer } from "./session/server";

export type ChangeKind = "added" | "removed" | "changed" | "relabelled" | "same";

/** Layers of the review's overlay, by their shapes' source. */
export const CHANGE_SOURCE = "change:";

export const CHANGES: readonly {
  readonly kind: ChangeKind;
  readonly name: string;
  readonly color: string;
}[] = [
  { kind: "added", name: "Added", color: "#2f9e44" },
  { kind: "removed", name: "Removed", color: "#e03131" },
  { kind: "changed", name: "Changed", color: "#f08c00" },
  { kind: "relabelled", name: "Other class", color: "#9c36b5" },
  { kind: "same", name: "As it was", color: "#868e96" },
];

export function changeColor(source: string): string {
  return CHANGES.find(({ kind }) => source === `${CHANGE_SOURCE}${kind}`)?.color ?? "#0c8599";
}

/** A server whose items come with what stood at the last review. */
export function reviewServer(server: StudioServer, reviewedTaskId: string): StudioServer {
  return {
    ...server,
    read: async (itemId) => {
      const [content, before] = await Promise.all([
        server.read(itemId),
        readBefore(itemId, reviewedTaskId).catch(() => null),
      ]);
      return { ...content, before };
    },
  };
}

/** The ground truth as it stood when the last issue of the item was raised; null when there was none. */
async function readBefore(itemId: string, taskId: string): Promise<readonly Annotation[] | null> {
  const issues = await unwrap(
    api.GET("/api/v1/tasks/{task_id}/issues", {
      params: { path: { task_id: taskId }, query: { item_id: itemId } },
    }),
  );
  const last = issues
    .map((issue) => issue.created_at)
    .sort()
    .at(-1);
  if (last === undefined) return null;
  const path = { item_id: itemId };
  const history = await unwrap(api.GET("/api/v1/items/{item_id}/history", { params: { path } }));
  const then = history.filter((event) => event.at <= last).map((event) => event.revision);
  if (then.length === 0) return null;
  return exactly<Annotation[]>(
    unwrap(
      api.GET("/api/v1/items/{item_id}/annotations/as-of/{revision}", {
        params: { path: { ...path, revision: Math.max(...then) } },
      }),
    ),
  );
}

/**
 * The shapes of a reviewed item: each in the layer of what became of it, with what was removed as references.
 *
 * Measured against the last review where there was one, else against the models' proposals.
 */
export function readForReview(content: ItemContent): WireBase {
  const before = content.before ?? null;
  const truth = readAnnotations([...content.annotations]);
  const origins = new Map((before ?? content.predictions).map((one) => [one.id, one]));
  const pairs = new Map<ShapeId, Annotation>();
  const pair = (originOf: (shape: Shape) => Annotation | undefined): void => {
    for (const shape of truth.shapes) {
      const origin = pairs.has(shape.id) ? undefined : originOf(shape);
      if (origin !== undefined && origins.delete(origin.id)) pairs.set(shape.id, origin);
    }
  };
  pair((shape) => origins.get(before === null ? (shape.fromPrediction ?? "") : shape.id));
  // Work that was drawn anew at the same place is no removal and no addition.
  pair((shape) =>
    [...origins.values()].find((one) => isSameGeometry(shape.geometry, readGeometry(one.geometry))),
  );
  const shapes = truth.shapes.map((shape): Shape => ({
    ...shape,
    source: `${CHANGE_SOURCE}${changeOf(shape, pairs.get(shape.id))}`,
  }));
  const removed = [...origins.values()].map(toRemoved);
  return { shapes: [...removed, ...shapes], hidden: truth.hidden };
}

function changeOf(shape: Shape, origin: Annotation | undefined): ChangeKind {
  if (origin === undefined) return "added";
  if (origin.label !== shape.label) return "relabelled";
  const isSame =
    isSameGeometry(shape.geometry, readGeometry(origin.geometry)) &&
    isSameAttributes(shape.attributes, plain(origin.attributes ?? {}));
  return isSame ? "same" : "changed";
}

function toRemoved(one: Annotation): Shape {
  return {
    id: `removed ${one.id}` satisfies ShapeId,
    label: one.label,
    geometry: readGeometry(one.geometry),
    attributes: {},
    confidence: one.confidence ?? null,
    standing: "reference",
    source: `${CHANGE_SOURCE}removed`,
    fromPrediction: null,
    annotationId: null,
  };
}

function plain(attributes: Readonly<Record<string, unknown>>): Shape["attributes"] {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string | number | boolean | null] =>
        entry[1] === null || ["string", "number", "boolean"].includes(typeof entry[1]),
    ),
  );
}
