/**
 * Work on the tracks of an item, frame by frame.
 *
 * The canvas holds a document of the frame that is shown. A finished gesture on it becomes one step of the item's
 * history; whatever changes the item (undo, the list of objects, another frame) is shown in the frame again.
 */

import type { Engine } from "@/canvas/engine";
import type { ShapeDocument } from "@/canvas/model/document";
import { removeShapes } from "@/canvas/model/edits";
import { History, type HistoryOp } from "@/canvas/model/history";
import type { DeleteReach, Keyframes } from "@/canvas/tracks/edit";
import {
  accepted,
  cleared,
  copiedToNext,
  deleted,
  merged,
  movedKeyframe,
  placedAt,
  split,
  toggledOutside,
  whyNotMerged,
  withoutKeyframe,
} from "@/canvas/tracks/edit";
import {
  changeTracks,
  makeFrameDocument,
  readFrameEdit,
  shapesInFrame,
  showInFrame,
} from "@/canvas/tracks/frameDocument";
import { stateAt } from "@/canvas/tracks/interpolate";
import type { Command, Shape, ShapeId } from "@/canvas/types";

export interface DeskParts {
  readonly doc: ShapeDocument;
  /** The item's history; null where tracks are only looked at. */
  readonly history: History | null;
  readonly frameCount: number;
  readonly newId: () => ShapeId;
  /** Shapes were taken away in a frame: ask how far that reaches, or do what was chosen before. */
  readonly askDelete: (ids: readonly ShapeId[]) => void;
  readonly say: (text: string) => void;
}

export class TrackDesk {
  readonly doc: ShapeDocument;
  readonly frameDoc: ShapeDocument;
  readonly frameHistory: History;
  #frame = 0;
  #chosen: ReadonlySet<ShapeId> = new Set();
  #engine: Engine | null = null;
  #isShowing = false;
  #version = 0;
  readonly #followers = new Set<() => void>();
  readonly #stops: (() => void)[] = [];

  constructor(private readonly parts: DeskParts) {
    this.doc = parts.doc;
    this.frameDoc = makeFrameDocument(parts.doc);
    this.frameHistory = new History(this.frameDoc, { limit: 1 });
    this.#stops.push(
      this.frameHistory.follow((op) => {
        this.#gesture(op);
      }),
      this.doc.follow((change) => {
        const gone = change.removed.filter(({ id }) => this.#chosen.has(id));
        if (gone.length > 0) {
          this.#choose([...this.#chosen].filter((id) => this.doc.peek(id) !== null));
        }
        this.#show();
      }),
    );
    this.#show();
  }

  get frame(): number {
    return this.#frame;
  }

  /** The selected tracks, also where they are not seen in this frame. */
  get chosen(): ReadonlySet<ShapeId> {
    return this.#chosen;
  }

  get isEditable(): boolean {
    return this.parts.history !== null;
  }

  /** Counts what was told. */
  get version(): number {
    return this.#version;
  }

  get frameCount(): number {
    return this.parts.frameCount;
  }

  /** All tracks, in drawing order. */
  tracks(): readonly Shape[] {
    return this.doc.ids.flatMap((id) => {
      const shape = this.doc.peek(id);
      return shape?.geometry.type === "track" ? [shape] : [];
    });
  }

  keyframesOf(id: ShapeId): Keyframes {
    const geometry = this.doc.peek(id)?.geometry;
    return geometry?.type === "track" ? geometry.keyframes : [];
  }

  /** Work with a canvas that shows `frameDoc`; gives the way to stop. */
  attach(engine: Engine): () => void {
    this.#engine = engine;
    const stop = engine.on("selection", (ids) => {
      if (!this.#isShowing && engine.document === this.frameDoc) this.#choose([...ids]);
    });
    this.#select();
    return () => {
      stop();
      this.#engine = null;
    };
  }

  /** Show another frame. What is half drawn is given up. */
  setFrame(frame: number): void {
    if (frame === this.#frame) return;
    this.finishGesture();
    this.#frame = frame;
    this.#show();
  }

  /** What is half drawn is given up, what is moved by keys is done. */
  finishGesture(): void {
    this.#engine?.abandon();
    this.frameHistory.seal();
  }

  /** Select tracks, wherever they are. */
  choose(ids: readonly ShapeId[]): void {
    this.#choose(ids);
    this.#select();
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  destroy(): void {
    for (const stop of this.#stops) stop();
    this.#followers.clear();
  }

  // ---- what is done to tracks: one step of undo each ----

  toggleOutside(ids: Iterable<ShapeId> = this.#chosen): boolean {
    return this.#edit("outside", ids, (keyframes) => toggledOutside(keyframes, this.#frame));
  }

  /** Take back what was said of this frame, or say what is seen as one's own word. */
  toggleKeyframe(ids: Iterable<ShapeId> = this.#chosen): boolean {
    return this.#edit("keyframe", ids, (keyframes) => {
      const state = stateAt(keyframes, this.#frame);
      const isSaid = keyframes.some((one) => one.frame === this.#frame);
      if (isSaid) return keyframes.length === 1 ? keyframes : withoutKeyframe(keyframes, this.#frame);
      return state === null ? keyframes : placedAt(keyframes, this.#frame, state.shape);
    });
  }

  delete(ids: Iterable<ShapeId>, reach: DeleteReach): boolean {
    const at = { frame: this.#frame, reach, frameCount: this.frameCount };
    const meant = [...ids];
    const isTrack = (id: ShapeId) => this.doc.peek(id)?.geometry.type === "track";
    return this.#commands("delete", () => {
      // First those that are changed, then those that go: their places still hold.
      const cut = changeTracks(this.doc, meant.filter(isTrack), (keyframes) => deleted(keyframes, at));
      const rest = cut === null ? removeShapes(this.doc, meant) : null;
      return cut ?? rest;
    });
  }

  moveKeyframe(id: ShapeId, move: { readonly from: number; readonly to: number }): boolean {
    return this.#edit("move keyframe", [id], (keyframes) =>
      movedKeyframe(keyframes, { ...move, frameCount: this.frameCount }),
    );
  }

  copyToNext(ids: Iterable<ShapeId> = this.#chosen): boolean {
    if (this.#frame + 1 >= this.frameCount) return false;
    return this.#edit("copy", ids, (keyframes) => copiedToNext(keyframes, this.#frame));
  }

  accept(ids: Iterable<ShapeId> = this.#chosen): boolean {
    return this.#edit("accept", ids, accepted);
  }

  clear(ids: Iterable<ShapeId> = this.#chosen): boolean {
    return this.#edit("clear", ids, cleared);
  }

  /** Give tracks other keyframes, as one step. */
  put(name: string, keyframesOf: ReadonlyMap<ShapeId, Keyframes>): boolean {
    return this.#edit(name, keyframesOf.keys(), (keyframes, shape) => keyframesOf.get(shape.id) ?? keyframes);
  }

  /** Make two tracks of each chosen one: up to this frame, and from it on. */
  split(ids: Iterable<ShapeId> = this.#chosen): boolean {
    const added: Shape[] = [];
    const done = this.#commands("split", () => {
      const change = changeTracks(this.doc, ids, (keyframes, shape) => {
        const parts = split(keyframes, this.#frame);
        if (parts === null) return keyframes;
        added.push({
          ...shape,
          id: this.parts.newId(),
          geometry: { type: "track", keyframes: parts[1] },
          standing: "own",
          source: "truth",
          confidence: null,
          fromPrediction: null,
          annotationId: null,
        });
        return parts[0];
      });
      if (change === null || added.length === 0) return null;
      const add: Command = { kind: "add", at: this.doc.count, shapes: added };
      return { kind: "group", name: "split", commands: [change, add] };
    });
    if (!done) this.parts.say("There is nothing to split here: go to a frame within the track.");
    else this.choose(added.map(({ id }) => id));
    return done;
  }

  /** Make one track of two that are selected; the first keeps its name and class. */
  merge(ids: Iterable<ShapeId> = this.#chosen): boolean {
    const [first, second, ...more] = [...ids].filter((id) => this.keyframesOf(id).length > 0);
    if (first === undefined || second === undefined || more.length > 0) {
      this.parts.say("Select the two tracks that are one object: Shift+click adds to the selection.");
      return false;
    }
    const why = whyNotMerged(this.keyframesOf(first), this.keyframesOf(second));
    if (why !== null) {
      this.parts.say(why);
      return false;
    }
    const done = this.#commands("merge", () => {
      const other = this.doc.find(second);
      const change = changeTracks(this.doc, [first], (keyframes) =>
        merged(keyframes, this.keyframesOf(second)),
      );
      if (other === null || change === null) return null;
      const gone: Command = { kind: "remove", removed: [{ at: this.doc.placeOf(second), shape: other }] };
      return { kind: "group", name: "merge", commands: [change, gone] };
    });
    if (done) this.choose([first]);
    return done;
  }

  // ---- inside ----

  #edit(
    name: string,
    ids: Iterable<ShapeId>,
    change: (keyframes: Keyframes, shape: Shape) => Keyframes | null,
  ): boolean {
    const meant = [...ids];
    return this.#commands(name, () => changeTracks(this.doc, meant, change));
  }

  #commands(name: string, make: () => Command | null): boolean {
    const { history } = this.parts;
    if (history === null) return false;
    const command = make();
    if (command === null) return false;
    history.group(`${name} at frame ${String(this.#frame)}`, () => {
      history.run(command);
    });
    return true;
  }

  /** A gesture on the frame is complete. */
  #gesture(op: HistoryOp): void {
    const { history } = this.parts;
    if (op.op !== "do" || history === null) {
      this.#show();
      return;
    }
    const edit = readFrameEdit(op.command, { doc: this.doc, frame: this.#frame });
    if (edit.commands.length > 0) {
      history.group(`${wordsOf(edit.commands)} at frame ${String(this.#frame)}`, () => {
        for (const command of edit.commands) history.run(command);
      });
    }
    this.#show();
    if (edit.refused !== null) this.parts.say(edit.refused);
    if (edit.deleted.length > 0) this.parts.askDelete(edit.deleted);
  }

  /** Bring the frame's document to what the item says of this frame; the selection goes with its tracks. */
  #show(): void {
    if (this.#isShowing) return;
    this.#isShowing = true;
    try {
      const wanted = shapesInFrame(this.doc, this.#frame);
      showInFrame(this.frameDoc, this.parts.history === null ? wanted.map(locked) : wanted);
      this.#selectShown();
    } finally {
      this.#isShowing = false;
    }
    this.#tell();
  }

  #select(): void {
    this.#isShowing = true;
    try {
      this.#selectShown();
    } finally {
      this.#isShowing = false;
    }
  }

  #selectShown(): void {
    const engine = this.#engine;
    if (engine === null || engine.document !== this.frameDoc) return;
    engine.select([...this.#chosen].filter((id) => this.frameDoc.peek(id) !== null));
  }

  #choose(ids: readonly ShapeId[]): void {
    this.#chosen = new Set(ids.filter((id) => this.doc.peek(id) !== null));
    this.#tell();
  }

  #tell(): void {
    this.#version += 1;
    for (const follower of [...this.#followers]) follower();
  }
}

function wordsOf(commands: readonly Command[]): string {
  const shapes = commands.flatMap((one) =>
    one.kind === "add" ? one.shapes : one.kind === "change" ? one.changes.map(({ after }) => after) : [],
  );
  const [first] = shapes;
  const what = shapes.length === 1 && first !== undefined ? first.label : `${String(shapes.length)} tracks`;
  return `${commands.some(({ kind }) => kind === "add") ? "added" : "placed"} ${what}`;
}

function locked(shape: Shape): Shape {
  return { ...shape, isLocked: true };
}
