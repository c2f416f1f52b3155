/**
 * From the server's annotations to shapes and back to what has to be saved.
 *
 * The types describe the server's models by their structure; the generated ones fit without a cast.
 */

import { isSameStatement } from "../geometry/same";
import type { AttributeValue, FrameShape, Geometry, Keyframe, Shape, ShapeId, XY } from "../types";
import type { DocumentReader } from "./document";
import { outcomesOf } from "./proposals";

export type WireGeometry =
  | { type: "class" }
  | { type: "box"; x0: number; y0: number; x1: number; y1: number }
  | { type: "rotated_box"; cx: number; cy: number; width: number; height: number; angle: number }
  | { type: "polygon"; rings: [number, number][][] }
  | { type: "polyline"; points: [number, number][] }
  | { type: "points"; points: [number, number][] }
  | { type: "mask"; width: number; height: number; counts: string }
  | { type: "track"; keyframes: WireKeyframe[] };

export type WireFrameShape = Exclude<WireGeometry, { type: "class" | "mask" | "track" }>;

export interface WireKeyframe {
  frame: number;
  shape?: WireFrameShape | null;
  is_outside: boolean;
  by: "person" | "tracker" | "import";
  confidence?: number | null;
}

/** The part of the server's Annotation that is read. */
export interface WireAnnotation {
  readonly id: string;
  readonly label: string;
  readonly geometry: WireGeometry;
  readonly layer: "truth" | "prediction";
  readonly author_id: string;
  readonly confidence?: number | null;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly from_prediction?: string | null;
}

/** The server's AnnotationDraft. */
export interface WireDraft {
  id: string | null;
  label: string;
  geometry: WireGeometry;
  attributes: Record<string, unknown>;
  confidence: number | null;
  from_prediction: string | null;
}

/** Unfinished work as the server keeps it; drafts may leave out what has a default. */
export interface WireSavedDraft {
  readonly annotations: readonly (Pick<WireDraft, "label" | "geometry"> & Partial<WireDraft>)[];
  readonly removed_ids?: readonly string[];
  readonly rejected_ids?: readonly string[];
}

/** What the work on an item began from. */
export interface WireBase {
  readonly shapes: readonly Shape[];
  /** Attributes that are no plain value, by shape: not shown, and given back unchanged. */
  readonly hidden: ReadonlyMap<ShapeId, Readonly<Record<string, unknown>>>;
}

export interface ReadOptions {
  /** Authors whose predictions are proposals; the others' are references. All are proposals when left out. */
  readonly proposalAuthors?: ReadonlySet<string>;
}

/**
 * Shapes of an item's annotations, references below, then truth, then proposals.
 *
 * A prediction that an annotation was already made from is left out: it has been decided about.
 */
export function readAnnotations(annotations: readonly WireAnnotation[], options: ReadOptions = {}): WireBase {
  const decided = new Set(
    annotations.flatMap((one) => (one.layer === "truth" ? (one.from_prediction ?? []) : [])),
  );
  const hidden = new Map<ShapeId, Record<string, unknown>>();
  const shapes = annotations
    .filter((one) => one.layer === "truth" || !decided.has(one.id))
    .map((one): Shape => {
      const { shown, rest } = splitAttributes(one.attributes ?? {});
      if (Object.keys(rest).length > 0) hidden.set(one.id, rest);
      const standing = standingOf(one, options);
      return {
        id: one.id,
        label: one.label,
        geometry: readGeometry(one.geometry),
        attributes: shown,
        confidence: one.confidence ?? null,
        standing,
        source: one.layer === "truth" ? "truth" : one.author_id,
        fromPrediction: one.from_prediction ?? null,
        annotationId: standing === "own" ? one.id : null,
      };
    });
  const floor = { reference: 0, own: 1, proposal: 2 } as const;
  return { shapes: shapes.sort((a, b) => floor[a.standing] - floor[b.standing]), hidden };
}

/** What has to be saved, in the server's words. */
export interface WireChanges {
  /** New and changed annotations. */
  annotations: WireDraft[];
  /** Annotations to be removed. */
  removed_ids: string[];
  /** Predictions looked at and refused. */
  rejected_ids: string[];
}

/** What the document changed since the base. */
export function changesSince(base: WireBase, doc: DocumentReader): WireChanges {
  const before = new Map(base.shapes.map((shape) => [shape.id, shape]));
  const annotations: WireDraft[] = [];
  const standing = new Set<string>();
  for (const id of doc.ids) {
    const shape = doc.find(id);
    if (shape === null || shape.standing !== "own") continue;
    if (shape.annotationId !== null) standing.add(shape.annotationId);
    const old = before.get(id);
    if (old === undefined || !isSameStatement(old, shape))
      annotations.push(draftOf(shape, base.hidden.get(id)));
  }
  const removed = base.shapes.flatMap(({ annotationId }) =>
    annotationId === null || standing.has(annotationId) ? [] : [annotationId],
  );
  return { annotations, removed_ids: removed, rejected_ids: [...outcomesOf(base.shapes, doc).rejected] };
}

/** Whether there is anything to save. */
export function isNothing(changes: WireChanges): boolean {
  return changes.annotations.length + changes.removed_ids.length + changes.rejected_ids.length === 0;
}

/**
 * The base with unfinished work of before laid over it: the shapes a document goes on from.
 *
 * Work on an annotation that somebody has removed meanwhile goes on as a new one.
 */
export function withDraft(base: WireBase, draft: WireSavedDraft, newId: () => ShapeId): Shape[] {
  const gone = new Set([...(draft.removed_ids ?? []), ...(draft.rejected_ids ?? [])]);
  const saved = new Set(base.shapes.flatMap(({ annotationId }) => annotationId ?? []));
  const shapes = new Map(base.shapes.filter(({ id }) => !gone.has(id)).map((shape) => [shape.id, shape]));
  for (const one of draft.annotations) {
    const from = one.from_prediction ?? null;
    const takesProposal = from !== null && shapes.get(from)?.standing === "proposal";
    const known = one.id ?? (takesProposal ? from : null);
    const id = known ?? newId();
    shapes.set(id, {
      id,
      label: one.label,
      geometry: readGeometry(one.geometry),
      attributes: splitAttributes(one.attributes ?? {}).shown,
      confidence: one.confidence ?? null,
      standing: "own",
      source: "truth",
      fromPrediction: from,
      annotationId: one.id !== undefined && one.id !== null && saved.has(one.id) ? one.id : null,
    });
  }
  return [...shapes.values()];
}

/** A geometry of the server as one of ours. */
export function readGeometry(wire: WireGeometry): Geometry {
  switch (wire.type) {
    case "class":
      return { type: "class" };
    case "mask":
      return { type: "mask", width: wire.width, height: wire.height, counts: wire.counts };
    case "track":
      return { type: "track", keyframes: wire.keyframes.map(readKeyframe) };
    default:
      return readFrameShape(wire);
  }
}

export function readKeyframe({ frame, shape, is_outside, by, confidence }: WireKeyframe): Keyframe {
  const seen = shape === undefined || shape === null ? null : readFrameShape(shape);
  return { frame, shape: seen, is_outside, by, confidence: confidence ?? null };
}

function readFrameShape(wire: WireFrameShape): FrameShape {
  switch (wire.type) {
    case "box":
      return { type: "box", x0: wire.x0, y0: wire.y0, x1: wire.x1, y1: wire.y1 };
    case "rotated_box": {
      const { cx, cy, width, height, angle } = wire;
      return { type: "rotated_box", cx, cy, width, height, angle };
    }
    case "polygon":
      return { type: "polygon", rings: wire.rings.map(pointsOf) };
    case "polyline":
    case "points":
      return { type: wire.type, points: pointsOf(wire.points) };
  }
}

/** One of our geometries as the server takes it. */
export function writeGeometry(geometry: Geometry): WireGeometry {
  switch (geometry.type) {
    case "class":
    case "mask":
      return { ...geometry };
    case "track":
      return { type: "track", keyframes: geometry.keyframes.map(writeKeyframe) };
    default:
      return writeFrameShape(geometry);
  }
}

function writeKeyframe(keyframe: Keyframe): WireKeyframe {
  return { ...keyframe, shape: keyframe.shape === null ? null : writeFrameShape(keyframe.shape) };
}

export function writeFrameShape(shape: FrameShape): WireFrameShape {
  switch (shape.type) {
    case "polygon":
      return { type: "polygon", rings: shape.rings.map(pointsOf) };
    case "polyline":
    case "points":
      return { type: shape.type, points: pointsOf(shape.points) };
    default:
      return { ...shape };
  }
}

function draftOf(shape: Shape, hidden: Readonly<Record<string, unknown>> | undefined): WireDraft {
  return {
    id: shape.annotationId,
    label: shape.label,
    geometry: writeGeometry(shape.geometry),
    attributes: { ...hidden, ...shape.attributes },
    confidence: shape.confidence,
    from_prediction: shape.fromPrediction,
  };
}

function standingOf(one: WireAnnotation, options: ReadOptions): Shape["standing"] {
  if (one.layer === "truth") return "own";
  return options.proposalAuthors?.has(one.author_id) === false ? "reference" : "proposal";
}

function splitAttributes(attributes: Readonly<Record<string, unknown>>): {
  readonly shown: Record<string, AttributeValue>;
  readonly rest: Record<string, unknown>;
} {
  const shown: Record<string, AttributeValue> = {};
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (
      value === null ||
      typeof value === "string" ||
      typeof value === "number" ||
      typeof value === "boolean"
    ) {
      shown[name] = value;
    } else {
      rest[name] = value;
    }
  }
  return { shown, rest };
}

function pointsOf(points: readonly XY[]): [number, number][] {
  return points.map(([x, y]) => [x, y]);
}
