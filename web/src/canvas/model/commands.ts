/** Doing, undoing and joining commands. A command holds all it needs, so it is JSON and undone exactly. */

import { decodeTile, encodeTile } from "../masks/tileRuns";
import type { Command, PaintedTile, ShapeId } from "../types";
import { ChangeCollector, type DocumentChange } from "./change";
import type { ShapeDocument } from "./document";

/** A command that does not fit the document it was given to; the document is as before. */
export class CommandMismatch extends Error {
  override readonly name = "CommandMismatch";
}

/**
 * Do a command. A group is done whole or not at all, and told to followers as one change.
 *
 * Throws CommandMismatch when the document is not one the command was made for.
 */
export function applyCommand(doc: ShapeDocument, command: Command): DocumentChange {
  const collector = new ChangeCollector();
  perform(doc, command, collector);
  return doc.publish((version) => collector.at(version));
}

/** The command that takes this one back. */
export function invertCommand(command: Command): Command {
  switch (command.kind) {
    case "add":
      return { kind: "remove", removed: command.shapes.map((shape, i) => ({ at: command.at + i, shape })) };
    case "remove":
      return addBack(command.removed);
    case "change":
      return {
        kind: "change",
        changes: command.changes.map(({ before, after }) => ({ before: after, after: before })),
      };
    case "reorder":
      return { kind: "reorder", before: command.after, after: command.before };
    case "paint":
      return { kind: "paint", id: command.id, tiles: command.tiles.map(turnTile) };
    case "group":
      return { kind: "group", name: command.name, commands: command.commands.map(invertCommand).reverse() };
  }
}

/** One command that does `first`, then `second`; a drag's many small changes become one. */
export function composeCommands(first: Command, second: Command): Command {
  const name = first.kind === "group" ? first.name : second.kind === "group" ? second.name : "";
  const steps = [...partsOf(first)];
  for (const part of partsOf(second)) {
    const last = steps.pop();
    if (last !== undefined) steps.push(...joined(last, part));
    else steps.push(part);
  }
  const [only] = steps;
  return steps.length === 1 && only !== undefined ? only : { kind: "group", name, commands: steps };
}

/** Whether doing the command would leave every document as it is. */
export function isEmptyCommand(command: Command): boolean {
  switch (command.kind) {
    case "add":
      return command.shapes.length === 0;
    case "remove":
      return command.removed.length === 0;
    case "change":
      return command.changes.length === 0;
    case "reorder":
      return command.before.every((id, i) => id === command.after[i]);
    case "paint":
      return command.tiles.length === 0;
    case "group":
      return command.commands.every(isEmptyCommand);
  }
}

function perform(doc: ShapeDocument, command: Command, collector: ChangeCollector): void {
  switch (command.kind) {
    case "add":
      return performAdd(doc, command, collector);
    case "remove":
      return performRemove(doc, command, collector);
    case "change":
      return performChange(doc, command, collector);
    case "reorder":
      return performReorder(doc, command, collector);
    case "paint":
      return performPaint(doc, command, collector);
    case "group":
      return performGroup(doc, command, collector);
  }
}

type CommandOf<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;

function performAdd(doc: ShapeDocument, command: CommandOf<"add">, collector: ChangeCollector): void {
  const { at, shapes } = command;
  if (at < 0 || at > doc.count)
    throw new CommandMismatch(`There is no place ${at} among ${doc.count} shapes.`);
  const fresh = new Set<ShapeId>();
  for (const { id } of shapes) {
    if (fresh.has(id) || doc.peek(id) !== null)
      throw new CommandMismatch(`There is already a shape with the id ${id}.`);
    fresh.add(id);
  }
  doc.insert(at, shapes);
  for (const shape of shapes) collector.note(shape.id, { before: null, after: shape });
}

function performRemove(doc: ShapeDocument, command: CommandOf<"remove">, collector: ChangeCollector): void {
  for (const { at, shape } of command.removed) {
    if (doc.placeOf(shape.id) !== at)
      throw new CommandMismatch(`The shape ${shape.id} does not lie at place ${at}.`);
  }
  const ids = new Set(command.removed.map(({ shape }) => shape.id));
  for (const id of ids) collector.note(id, { before: doc.peek(id), after: null });
  doc.drop(ids);
}

function performChange(doc: ShapeDocument, command: CommandOf<"change">, collector: ChangeCollector): void {
  for (const { before, after } of command.changes) {
    if (before.id !== after.id)
      throw new CommandMismatch(`A shape keeps its id: ${before.id}, not ${after.id}.`);
    if (doc.peek(after.id) === null) throw new CommandMismatch(`There is no shape with the id ${after.id}.`);
  }
  for (const change of command.changes) {
    const before = doc.peek(change.after.id);
    doc.replace(change);
    collector.note(change.after.id, { before, after: doc.peek(change.after.id) });
  }
}

/** The shapes named keep, between them, the places they hold. */
function performReorder(doc: ShapeDocument, command: CommandOf<"reorder">, collector: ChangeCollector): void {
  const { before, after } = command;
  const named = new Set(before);
  const isPermutation =
    named.size === before.length && before.length === after.length && after.every((id) => named.has(id));
  if (!isPermutation || new Set(after).size !== after.length) {
    throw new CommandMismatch("A new order must name the same shapes as the old one.");
  }
  const places = before.map((id) => doc.placeOf(id));
  const isAsFound = places.every((place, i) => place >= 0 && (i === 0 || place > (places[i - 1] ?? place)));
  if (!isAsFound) throw new CommandMismatch("The shapes do not lie in the order the command expects.");
  const ids = [...doc.ids];
  for (const [i, place] of places.entries()) ids[place] = after[i] ?? "";
  doc.setOrder(ids);
  collector.reorder();
}

function performPaint(doc: ShapeDocument, command: CommandOf<"paint">, collector: ChangeCollector): void {
  const raster = doc.rasterOf(command.id);
  if (raster === null) throw new CommandMismatch(`There is no mask with the id ${command.id}.`);
  const decoded = command.tiles.map((tile) => {
    if (tile.column < 0 || tile.row < 0 || tile.column >= raster.columns || tile.row >= raster.rows) {
      throw new CommandMismatch(`The mask has no tile ${tile.column}, ${tile.row}.`);
    }
    return decodeTile(tile.after);
  });
  for (const [i, bits] of decoded.entries()) {
    const tile = command.tiles[i];
    if (tile !== undefined) raster.setTile(tile, bits);
  }
  collector.paint(command.id, command.tiles);
}

function performGroup(doc: ShapeDocument, command: CommandOf<"group">, collector: ChangeCollector): void {
  const done: Command[] = [];
  try {
    for (const part of command.commands) {
      perform(doc, part, collector);
      done.push(part);
    }
  } catch (problem) {
    for (const part of done.reverse()) perform(doc, invertCommand(part), collector);
    throw problem;
  }
}

/** Shapes that lay side by side come back as one add; the rest one by one, lowest place first. */
function addBack(removed: CommandOf<"remove">["removed"]): Command {
  const sorted = [...removed].sort((a, b) => a.at - b.at);
  const runs: { at: number; shapes: CommandOf<"add">["shapes"][number][] }[] = [];
  for (const { at, shape } of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && last.at + last.shapes.length === at) last.shapes.push(shape);
    else runs.push({ at, shapes: [shape] });
  }
  const adds = runs.map((run): Command => ({ kind: "add", ...run }));
  const [only] = adds;
  return adds.length === 1 && only !== undefined
    ? only
    : { kind: "group", name: "bring back", commands: adds };
}

function turnTile(tile: PaintedTile): PaintedTile {
  return { column: tile.column, row: tile.row, before: tile.after, after: tile.before };
}

function partsOf(command: Command): readonly Command[] {
  return command.kind === "group" ? command.commands.flatMap(partsOf) : [command];
}

function joined(first: Command, second: Command): readonly Command[] {
  if (first.kind === "change" && second.kind === "change") return [joinChanges(first, second)];
  if (first.kind === "paint" && second.kind === "paint" && first.id === second.id)
    return [joinPaints(first, second)];
  return [first, second];
}

function joinChanges(first: CommandOf<"change">, second: CommandOf<"change">): Command {
  const changes = new Map(first.changes.map((one) => [one.after.id, one]));
  for (const { before, after } of second.changes) {
    changes.set(after.id, { before: changes.get(after.id)?.before ?? before, after });
  }
  return { kind: "change", changes: [...changes.values()] };
}

function joinPaints(first: CommandOf<"paint">, second: CommandOf<"paint">): Command {
  const tiles = new Map(first.tiles.map((tile) => [`${tile.column},${tile.row}`, tile]));
  for (const tile of second.tiles) {
    const key = `${tile.column},${tile.row}`;
    tiles.set(key, { ...tile, before: tiles.get(key)?.before ?? tile.before });
  }
  return { kind: "paint", id: first.id, tiles: [...tiles.values()] };
}

/** A paint command's tile from the bytes before and after. */
export function paintedTile(
  at: { readonly column: number; readonly row: number },
  bits: { readonly before: Uint8Array | null; readonly after: Uint8Array | null },
): PaintedTile {
  return { column: at.column, row: at.row, before: encodeTile(bits.before), after: encodeTile(bits.after) };
}
