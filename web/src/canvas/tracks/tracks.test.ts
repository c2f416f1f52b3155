/** Tracks on the canvas: the document of a frame, gestures turned into keyframes, what a tracker found. */
import { describe, expect, it } from "vitest";

import { applyCommand } from "../model/commands";
import { moveShapes, removeShapes, setGeometry } from "../model/edits";
import { box, IMAGE, makeDocument, makeProposal, makeShape, maskOf, square } from "../testing/shapes";
import type { FrameShape, Geometry, Keyframe, Shape } from "../types";
import { accepted, cleared, copiedToNext, movedKeyframe, personKeyframe, toggledOutside } from "./edit";
import { changeTracks, makeFrameDocument, readFrameEdit, shapesInFrame, showInFrame } from "./frameDocument";
import { nextKeyframe, isLow, spansOf, steadiness, stripFrames } from "./look";
import { thinned, withPropagated } from "./propagated";

const HERE = box(0, 0, [10, 10]);
const THERE = box(100, 50, [10, 10]);

function tracker(frame: number, shape: FrameShape, confidence = 0.9): Keyframe {
  return { frame, shape, is_outside: false, by: "tracker", confidence };
}

const MOVING: readonly Keyframe[] = [personKeyframe(10, HERE), personKeyframe(20, THERE)];

function track(id: string, keyframes: readonly Keyframe[], rest: Partial<Shape> = {}): Shape {
  return makeShape(id, { geometry: { type: "track", keyframes }, ...rest });
}

function keyframesOf(geometry: Geometry | undefined): readonly Keyframe[] {
  return geometry?.type === "track" ? geometry.keyframes : [];
}

function frames(keyframes: readonly Keyframe[] | null): readonly number[] {
  return keyframes?.map(({ frame }) => frame) ?? [];
}

describe("the document of a frame", () => {
  it("holds each track that is seen, under the track's id", () => {
    const doc = makeDocument([track("a", MOVING), track("b", [personKeyframe(30, HERE)])]);
    expect(shapesInFrame(doc, 5)).toEqual([]);
    expect(shapesInFrame(doc, 15).map(({ id, geometry }) => [id, geometry])).toEqual([
      ["a", box(50, 25, [10, 10])],
    ]);
    expect(shapesInFrame(doc, 40).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("is changed no more than it must be", () => {
    const doc = makeDocument([track("a", MOVING), track("b", [personKeyframe(0, HERE)])]);
    const frameDoc = makeFrameDocument(doc);
    const changes: string[] = [];
    frameDoc.follow(({ added, changed, removed }) => {
      const ids = [added, changed.map(({ after }) => after), removed].map((list) => list.map(({ id }) => id));
      changes.push(JSON.stringify(ids));
    });
    for (const frame of [0, 10, 11, 11, 5]) showInFrame(frameDoc, shapesInFrame(doc, frame));
    expect(changes).toEqual(['[["b"],[],[]]', '[["a"],[],[]]', '[[],["a"],[]]', '[[],[],["a"]]']);
  });

  it("turns a drawn shape into a track that begins here", () => {
    const doc = makeDocument([]);
    const added = makeShape("n", { geometry: HERE });
    const edit = readFrameEdit({ kind: "add", at: 0, shapes: [added] }, { doc, frame: 7 });
    for (const command of edit.commands) applyCommand(doc, command);
    expect(doc.find("n")?.geometry).toEqual({ type: "track", keyframes: [personKeyframe(7, HERE)] });
  });

  it("turns a move into a keyframe of this frame and leaves the others", () => {
    const doc = makeDocument([track("a", MOVING)]);
    const frameDoc = makeFrameDocument(doc);
    showInFrame(frameDoc, shapesInFrame(doc, 15));
    const move = moveShapes(frameDoc, ["a"], { x: 3, y: 4 });
    if (move === null) throw new Error("no move");
    for (const command of readFrameEdit(move, { doc, frame: 15 }).commands) applyCommand(doc, command);
    const keyframes = keyframesOf(doc.find("a")?.geometry);
    expect(keyframes).toEqual([MOVING[0], personKeyframe(15, box(53, 29, [10, 10])), MOVING[1]]);
  });

  it("lets another class change the track and set no keyframe", () => {
    const doc = makeDocument([track("a", MOVING)]);
    const [before] = shapesInFrame(doc, 15);
    if (before === undefined) throw new Error("nothing in the frame");
    const change = { before, after: { ...before, label: "dog" } };
    const edit = readFrameEdit({ kind: "change", changes: [change] }, { doc, frame: 15 });
    for (const command of edit.commands) applyCommand(doc, command);
    expect(doc.find("a")).toEqual(track("a", MOVING, { label: "dog" }));
  });

  it("asks how far a deletion reaches, and refuses masks with a sentence", () => {
    const doc = makeDocument([track("a", MOVING)]);
    const frameDoc = makeFrameDocument(doc);
    showInFrame(frameDoc, shapesInFrame(doc, 15));
    const gone = removeShapes(frameDoc, ["a"]);
    if (gone === null) throw new Error("nothing to remove");
    expect(readFrameEdit(gone, { doc, frame: 15 })).toEqual({ commands: [], deleted: ["a"], refused: null });
    const mask = makeShape("m", { geometry: maskOf(square(5, 5, 20)) });
    const edit = readFrameEdit({ kind: "add", at: 0, shapes: [mask] }, { doc, frame: 0 });
    expect(edit).toEqual({ commands: [], deleted: [], refused: expect.stringMatching(/mask/) });
  });

  it("takes a proposal for one's own when it is edited, and leaves locked tracks alone", () => {
    const geometry: Geometry = { type: "track", keyframes: MOVING };
    const locked = track("l", MOVING, { isLocked: true });
    const doc = makeDocument([locked, makeProposal("p", { geometry })]);
    const command = changeTracks(doc, ["l", "p"], (keyframes) => copiedToNext(keyframes, 12));
    if (command === null) throw new Error("nothing changed");
    applyCommand(doc, command);
    expect(doc.find("l")).toEqual(locked);
    expect([doc.find("p")?.standing, doc.find("p")?.fromPrediction]).toEqual(["own", "p"]);
  });

  it("shows what is no track in the first frame, where it can be changed as in an image", () => {
    const doc = makeDocument([makeShape("s", { geometry: HERE })]);
    expect(shapesInFrame(doc, 1)).toEqual([]);
    const frameDoc = makeFrameDocument(doc);
    showInFrame(frameDoc, shapesInFrame(doc, 0));
    const change = setGeometry(frameDoc, "s", THERE);
    if (change === null) throw new Error("nothing changed");
    for (const command of readFrameEdit(change, { doc, frame: 0 }).commands) applyCommand(doc, command);
    expect(doc.find("s")?.geometry).toEqual(THERE);
    expect(doc.image).toEqual(IMAGE);
  });
});

describe("edits", () => {
  it("is outside from here on and moves up to there as before; said again it is back", () => {
    const out = toggledOutside(MOVING, 15) ?? [];
    expect(out.map(({ frame, is_outside }) => [frame, is_outside])).toEqual([
      [10, false],
      [14, false],
      [15, true],
      [20, false],
    ]);
    expect(frames(toggledOutside(out, 17))).toEqual([10, 14, 15, 17, 20]);
  });

  it("moves a keyframe no further than its neighbours and the video", () => {
    const move = (from: number, to: number) => frames(movedKeyframe(MOVING, { from, to, frameCount: 100 }));
    expect([move(10, 12), move(10, 40), move(10, -5), move(20, 500), move(20, 3), move(11, 5)]).toEqual([
      [12, 20],
      [19, 20],
      [0, 20],
      [10, 99],
      [10, 11],
      [10, 20],
    ]);
  });

  it("accepts and forgets what trackers said", () => {
    const mixed = [personKeyframe(0, HERE), tracker(1, THERE, 0.3)];
    expect(accepted(mixed)).toEqual([personKeyframe(0, HERE), personKeyframe(1, THERE)]);
    expect(cleared(mixed)).toEqual([personKeyframe(0, HERE)]);
    expect(cleared([tracker(1, THERE)])).toBeNull();
  });
});

describe("what a tracker found", () => {
  const straight = Array.from({ length: 11 }, (_, i) => tracker(i, box(i * 10, i * 5, [10, 10])));

  it("keeps only what straight lines do not explain", () => {
    expect(frames(thinned(straight))).toEqual([0, 10]);
    const bent = straight.map((one) => (one.frame <= 5 ? one : tracker(one.frame, box(50, 25, [10, 10]))));
    expect(frames(thinned(bent))).toEqual([0, 5, 10]);
    const unsure = straight.map((one) => (one.frame === 4 ? { ...one, confidence: 0.2 } : one));
    expect(frames(thinned(unsure))).toEqual([0, 4, 5, 10]);
  });

  it("leaves what people said and replaces what trackers said there before", () => {
    const before = [personKeyframe(0, HERE), tracker(3, THERE), personKeyframe(6, THERE), tracker(20, HERE)];
    const dense = withPropagated(before, straight.slice(1), { isDense: true, from: 0 });
    expect(dense.map(({ frame, by }) => `${frame}${by[0]}`).join(" ")).toBe(
      "0p 1t 2t 3t 4t 5t 6p 7t 8t 9t 10t 20t",
    );
    expect(frames(withPropagated(before, [], { isDense: true, from: 0 }))).toEqual([0, 3, 6, 20]);
  });
});

describe("looking", () => {
  it("knows where a track is seen", () => {
    const gone = toggledOutside(MOVING, 30) ?? [];
    expect([spansOf(MOVING, 100), spansOf(gone, 100)]).toEqual([
      [{ from: 10, to: 99 }],
      [{ from: 10, to: 29 }],
    ]);
  });

  it("finds the next keyframe of any track, and the next unsure one", () => {
    const unsure = [personKeyframe(0, HERE), tracker(12, HERE, 0.2), tracker(40, HERE, 0.1)];
    const tracks = [MOVING, unsure];
    expect(nextKeyframe(tracks, { frame: 10, by: 1 })).toBe(12);
    expect(nextKeyframe(tracks, { frame: 10, by: -1 })).toBe(0);
    expect(nextKeyframe(tracks, { frame: 12, by: 1, isMeant: isLow })).toBe(40);
    expect(nextKeyframe(tracks, { frame: 40, by: 1 })).toBeNull();
  });

  it("measures how steadily it moves and shows it from end to end", () => {
    expect(steadiness([personKeyframe(0, HERE), personKeyframe(1, THERE)], 0)).toBe(0);
    expect(steadiness(MOVING, 20)).toBe(1);
    expect(steadiness(MOVING, 3)).toBeNull();
    const shown = stripFrames(MOVING, { frameCount: 1000, most: 4 });
    expect([shown[0], shown.at(-1), shown.length <= 5]).toEqual([10, 20, true]);
  });
});
