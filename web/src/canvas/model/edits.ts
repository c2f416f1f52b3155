/** Commands for what people do to shapes. Each gives null when nothing would change. */

import { isSameStatement } from "../geometry/same";
import { clampGeometry, clampMove, moveGeometry } from "../geometry/transform";
import { boundsOf } from "../geometry/measure";
import type { AttributeValue, Command, Geometry, Shape, ShapeId, Vec } from "../types";
import type { DocumentReader } from "./document";

/** Ids of shapes, in any order; those that are not in the document are left out. */
export type ShapeIds = Iterable<ShapeId>;

/** Whether people may change a shape: references are only looked at, locked shapes are left alone. */
export function isEditable(shape: Shape): boolean {
  return shape.standing !== "reference" && shape.isLocked !== true;
}

/** The shape as one's own work. A proposal that is accepted or edited keeps its id and remembers where it came from. */
export function asOwn(shape: Shape): Shape {
  if (shape.standing === "own") return shape;
  return {
    ...shape,
    standing: "own",
    source: "truth",
    confidence: null,
    // What was found on this image alone is no prediction of a model.
    fromPrediction: shape.source === ALIKE_SOURCE ? null : shape.id,
    annotationId: null,
  };
}

/** The source of proposals that look like a shape of the same image. They are known to nobody but this document. */
export const ALIKE_SOURCE = "alike";

/** Put new shapes on top. */
export function addShapes(doc: DocumentReader, shapes: readonly Shape[]): Command | null {
  return shapes.length === 0 ? null : { kind: "add", at: doc.count, shapes };
}

/** Take shapes away; locked ones and references stay. */
export function removeShapes(doc: DocumentReader, ids: ShapeIds): Command | null {
  const removed = placed(doc, ids).filter(({ shape }) => isEditable(shape));
  return removed.length === 0 ? null : { kind: "remove", removed };
}

/** Change shapes by a function; one that gives the same statement is left out. Editing a proposal accepts it. */
export function changeShapes(
  doc: DocumentReader,
  ids: ShapeIds,
  change: (shape: Shape) => Shape,
): Command | null {
  const changes = placed(doc, ids)
    .filter(({ shape }) => isEditable(shape))
    .map(({ shape }) => ({ before: shape, after: change(shape) }))
    .filter(({ before, after }) => !isSameStatement(before, after))
    .map(({ before, after }) => ({ before, after: asOwn(after) }));
  return changes.length === 0 ? null : { kind: "change", changes };
}

/** Give shapes another class. */
export function setLabel(doc: DocumentReader, ids: ShapeIds, label: string): Command | null {
  return changeShapes(doc, ids, (shape) => ({ ...shape, label }));
}

/** Set some attributes of shapes; `undefined` takes one away, those not named stay. */
export function setAttributes(
  doc: DocumentReader,
  ids: ShapeIds,
  attributes: Readonly<Record<string, AttributeValue | undefined>>,
): Command | null {
  return changeShapes(doc, ids, (shape) => {
    const next: Record<string, AttributeValue> = { ...shape.attributes };
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) Reflect.deleteProperty(next, name);
      else next[name] = value;
    }
    return { ...shape, attributes: next };
  });
}

/** Give a shape another geometry. */
export function setGeometry(doc: DocumentReader, id: ShapeId, geometry: Geometry): Command | null {
  return changeShapes(doc, [id], (shape) => ({ ...shape, geometry }));
}

/** Move shapes together, no further than keeps them all in the image. */
export function moveShapes(doc: DocumentReader, ids: ShapeIds, by: Vec): Command | null {
  const moving = placed(doc, ids).filter(({ shape }) => isEditable(shape));
  const step = moving.reduce((rest, { shape }) => {
    const bounds = boundsOf(shape.geometry);
    return bounds === null ? rest : clampMove(bounds, rest, doc.image);
  }, by);
  if (step.x === 0 && step.y === 0) return null;
  return changeShapes(
    doc,
    moving.map(({ shape }) => shape.id),
    (shape) => ({ ...shape, geometry: moveGeometry(shape.geometry, step) }),
  );
}

/** Lock shapes against changes, or unlock them. Not part of what is saved. */
export function setLocked(doc: DocumentReader, ids: ShapeIds, isLocked: boolean): Command | null {
  const changes = placed(doc, ids)
    .filter(({ shape }) => (shape.isLocked ?? false) !== isLocked)
    .map(({ shape }) => ({ before: shape, after: { ...shape, isLocked } }));
  return changes.length === 0 ? null : { kind: "change", changes };
}

/** A command and the ids of the shapes it makes. */
export interface Copies {
  readonly command: Command | null;
  readonly ids: readonly ShapeId[];
  /** Shapes that could not be copied, and why, as a sentence. */
  readonly dropped: readonly { readonly id: ShapeId; readonly reason: string }[];
}

export interface CopyOptions {
  readonly newId: () => ShapeId;
}

/** Copy shapes within the image, a little aside. A copy is new work: it replaces nothing and stems from no prediction. */
export function duplicateShapes(
  doc: DocumentReader,
  ids: ShapeIds,
  options: CopyOptions & { readonly by: Vec },
): Copies {
  const shapes = placed(doc, ids).map(({ shape }) => {
    const bounds = boundsOf(shape.geometry);
    const by = bounds === null ? options.by : clampMove(bounds, options.by, doc.image);
    return copyOf(shape, { id: options.newId(), geometry: moveGeometry(shape.geometry, by) });
  });
  return { command: addShapes(doc, shapes), ids: shapes.map(({ id }) => id), dropped: [] };
}

/** Copy shapes of one image onto another, such as the next of a series, at the same place. */
export function propagateShapes(
  from: { readonly doc: DocumentReader; readonly ids: ShapeIds },
  to: DocumentReader,
  options: CopyOptions,
): Copies {
  const shapes: Shape[] = [];
  const dropped: { id: ShapeId; reason: string }[] = [];
  for (const { shape } of placed(from.doc, from.ids)) {
    const { geometry } = shape;
    const isForeignMask =
      geometry.type === "mask" && (geometry.width !== to.image.width || geometry.height !== to.image.height);
    const fitted = isForeignMask ? null : clampGeometry(geometry, to.image);
    if (fitted !== null) shapes.push(copyOf(shape, { id: options.newId(), geometry: fitted }));
    else if (isForeignMask)
      dropped.push({ id: shape.id, reason: "A mask fits only an image of the same size." });
    else dropped.push({ id: shape.id, reason: "It lies outside the other image." });
  }
  return { command: addShapes(to, shapes), ids: shapes.map(({ id }) => id), dropped };
}

export type NewPlace = "front" | "back" | "forward" | "backward";

/** Change the drawing order; the shapes keep their order among themselves. */
export function reorderShapes(doc: DocumentReader, ids: ShapeIds, to: NewPlace): Command | null {
  const moving = new Set([...ids].filter((id) => doc.placeOf(id) >= 0));
  const after =
    to === "front" || to === "back" ? gathered(doc.ids, moving, to) : stepped(doc.ids, moving, to);
  const moved = doc.ids.flatMap((id, place) => (id === after[place] ? [] : [place]));
  const [first, last] = [moved[0], moved.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { kind: "reorder", before: doc.ids.slice(first, last + 1), after: after.slice(first, last + 1) };
}

function gathered(ids: readonly ShapeId[], moving: ReadonlySet<ShapeId>, to: "front" | "back"): ShapeId[] {
  const picked = ids.filter((id) => moving.has(id));
  const rest = ids.filter((id) => !moving.has(id));
  return to === "front" ? [...rest, ...picked] : [...picked, ...rest];
}

/** One place further, where the next shape is not one that moves too. */
function stepped(
  ids: readonly ShapeId[],
  moving: ReadonlySet<ShapeId>,
  to: "forward" | "backward",
): ShapeId[] {
  const line = to === "forward" ? [...ids].reverse() : [...ids];
  for (let place = 1; place < line.length; place += 1) {
    const [ahead, one] = [line[place - 1], line[place]];
    if (ahead === undefined || one === undefined || !moving.has(one) || moving.has(ahead)) continue;
    line[place - 1] = one;
    line[place] = ahead;
  }
  return to === "forward" ? line.reverse() : line;
}

function copyOf(shape: Shape, fresh: { readonly id: ShapeId; readonly geometry: Geometry }): Shape {
  return {
    ...shape,
    ...fresh,
    standing: "own",
    source: "truth",
    confidence: null,
    fromPrediction: null,
    annotationId: null,
    isLocked: false,
  };
}

/** Shapes by id with their places, lowest first. */
export function placed(doc: DocumentReader, ids: ShapeIds): { readonly at: number; readonly shape: Shape }[] {
  return [...new Set(ids)]
    .flatMap((id) => {
      const shape = doc.find(id);
      return shape === null ? [] : [{ at: doc.placeOf(id), shape }];
    })
    .sort((a, b) => a.at - b.at);
}
