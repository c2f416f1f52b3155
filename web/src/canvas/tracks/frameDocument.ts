/**
 * The tracks of an item as the shapes of one frame, and back.
 *
 * The canvas shows a document derived from the item's: every track that is seen in the frame as the shape it has there,
 * under the track's id. What a person does to that document becomes commands for the item's.
 */

import { isSameGeometry, isSameStatement } from "../geometry/same";
import { ShapeDocument, type DocumentReader } from "../model/document";
import { asOwn, isEditable } from "../model/edits";
import { applyCommand } from "../model/commands";
import type { Command, FrameShape, Geometry, Shape, ShapeId, TrackGeometry } from "../types";
import { personKeyframe, placedAt, type Keyframes } from "./edit";
import { stateAt } from "./interpolate";

/** The shapes of an item that are seen in a frame. What is no track belongs to the first frame. */
export function shapesInFrame(doc: DocumentReader, frame: number): readonly Shape[] {
  const shown: Shape[] = [];
  for (const id of doc.ids) {
    const shape = doc.peek(id);
    if (shape === null) continue;
    if (shape.geometry.type !== "track") {
      if (frame === 0 || shape.geometry.type === "class") shown.push(shape);
      continue;
    }
    const state = stateAt(shape.geometry.keyframes, frame);
    if (state !== null) shown.push({ ...shape, geometry: state.shape });
  }
  return shown;
}

/** A document that shows nothing yet. */
export function makeFrameDocument(doc: DocumentReader): ShapeDocument {
  return new ShapeDocument(doc.image);
}

/** Let a frame's document show these shapes, with as little change as does. */
export function showInFrame(frameDoc: ShapeDocument, wanted: readonly Shape[]): void {
  const command = differenceTo(frameDoc, wanted);
  if (command !== null) applyCommand(frameDoc, command);
}

function differenceTo(frameDoc: DocumentReader, wanted: readonly Shape[]): Command | null {
  const ids = new Set(wanted.map(({ id }) => id));
  const removed = frameDoc.ids.flatMap((id, at) => {
    const shape = ids.has(id) ? null : frameDoc.find(id);
    return shape === null ? [] : [{ at, shape }];
  });
  const changes: { before: Shape; after: Shape }[] = [];
  const added: Shape[] = [];
  for (const after of wanted) {
    const before = frameDoc.peek(after.id);
    if (before === null) added.push(after);
    else if (!isSameShown(before, after)) changes.push({ before, after });
  }
  const commands: Command[] = [];
  if (removed.length > 0) commands.push({ kind: "remove", removed });
  if (changes.length > 0) commands.push({ kind: "change", changes });
  if (added.length > 0) {
    commands.push({ kind: "add", at: frameDoc.count - removed.length, shapes: added });
  }
  const [only] = commands;
  if (only === undefined) return null;
  return commands.length === 1 ? only : { kind: "group", name: "frame", commands };
}

function isSameShown(a: Shape, b: Shape): boolean {
  return (
    isSameStatement(a, b) &&
    (a.isLocked ?? false) === (b.isLocked ?? false) &&
    a.annotationId === b.annotationId &&
    a.source === b.source
  );
}

/** What a gesture in a frame means for the item. */
export interface FrameEdit {
  readonly commands: readonly Command[];
  /** Shapes that were taken away in the frame: how far that reaches is still to be asked. */
  readonly deleted: readonly ShapeId[];
  /** Why a part of it came to nothing, as a sentence. */
  readonly refused: string | null;
}

/** Turn a command on a frame's document into commands on the item's. */
export function readFrameEdit(
  command: Command,
  item: { readonly doc: DocumentReader; readonly frame: number },
): FrameEdit {
  const { doc, frame } = item;
  const commands: Command[] = [];
  const deleted: ShapeId[] = [];
  let refused: string | null = null;
  for (const part of partsOf(command)) {
    if (part.kind === "add") {
      const shapes = part.shapes.flatMap((shape) => trackOf(shape, frame) ?? []);
      if (shapes.length < part.shapes.length) refused = "A mask cannot be followed through a video.";
      if (shapes.length > 0) commands.push({ kind: "add", at: doc.count + countAdded(commands), shapes });
    } else if (part.kind === "remove") {
      deleted.push(...part.removed.map(({ shape }) => shape.id));
    } else if (part.kind === "change") {
      const changes = part.changes.flatMap(({ after }) => changeOf({ doc, frame, after }) ?? []);
      if (changes.length > 0) commands.push({ kind: "change", changes });
    }
  }
  return { commands, deleted, refused };
}

function changeOf({
  doc,
  frame,
  after,
}: {
  readonly doc: DocumentReader;
  readonly frame: number;
  readonly after: Shape;
}): { readonly before: Shape; readonly after: Shape } | null {
  const before = doc.find(after.id);
  if (before === null) return null;
  const geometry = geometryAfter(before.geometry, { frame, drawn: after.geometry });
  return geometry === null ? null : { before, after: { ...after, geometry } };
}

function geometryAfter(
  before: Geometry,
  { frame, drawn }: { readonly frame: number; readonly drawn: Geometry },
): Geometry | null {
  if (before.type !== "track") return drawn;
  if (!isFrameShape(drawn)) return null;
  const state = stateAt(before.keyframes, frame);
  if (state !== null && isSameGeometry(state.shape, drawn)) return before;
  return { type: "track", keyframes: placedAt(before.keyframes, frame, drawn) };
}

/** A shape drawn in a frame as a new track; a class holds for the whole video. */
function trackOf(shape: Shape, frame: number): Shape | null {
  const { geometry } = shape;
  if (geometry.type === "class" || geometry.type === "track") return shape;
  if (!isFrameShape(geometry)) return null;
  return { ...shape, geometry: { type: "track", keyframes: [personKeyframe(frame, geometry)] } };
}

export function isFrameShape(geometry: Geometry): geometry is FrameShape {
  return geometry.type !== "class" && geometry.type !== "mask" && geometry.type !== "track";
}

/** Give tracks other keyframes: one command; a track whose keyframes are null goes. Null when nothing would change. */
export function changeTracks(
  doc: DocumentReader,
  ids: Iterable<ShapeId>,
  change: (keyframes: Keyframes, shape: Shape) => Keyframes | null,
): Command | null {
  const changes: { before: Shape; after: Shape }[] = [];
  const removed: { at: number; shape: Shape }[] = [];
  for (const id of new Set(ids)) {
    const before = doc.find(id);
    if (before?.geometry.type !== "track" || !isEditable(before)) continue;
    const keyframes = change(before.geometry.keyframes, before);
    if (keyframes === null) removed.push({ at: doc.placeOf(id), shape: before });
    else if (keyframes !== before.geometry.keyframes) {
      const geometry: TrackGeometry = { type: "track", keyframes };
      changes.push({ before, after: asOwn({ ...before, geometry }) });
    }
  }
  const commands: Command[] = [];
  if (changes.length > 0) commands.push({ kind: "change", changes });
  if (removed.length > 0) {
    commands.push({ kind: "remove", removed: removed.sort((a, b) => a.at - b.at) });
  }
  const [only] = commands;
  if (only === undefined) return null;
  return commands.length === 1 ? only : { kind: "group", name: "tracks", commands };
}

function countAdded(commands: readonly Command[]): number {
  return commands.reduce((sum, one) => sum + (one.kind === "add" ? one.shapes.length : 0), 0);
}

function partsOf(command: Command): readonly Command[] {
  return command.kind === "group" ? command.commands.flatMap(partsOf) : [command];
}
