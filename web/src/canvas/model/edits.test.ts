import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { drawnGeometry, shapeLists } from "../testing/arbitraries";
import { box, countingIds, makeDocument, makeProposal, makeShape, maskOf, square } from "../testing/shapes";
import type { Command } from "../types";
import { applyCommand } from "./commands";
import type { ShapeDocument } from "./document";
import {
  changeShapes,
  duplicateShapes,
  moveShapes,
  propagateShapes,
  removeShapes,
  reorderShapes,
  setAttributes,
  setGeometry,
  setLabel,
  setLocked,
} from "./edits";

const ids = (doc: ShapeDocument): string => doc.ids.join("");

function four(): ShapeDocument {
  return makeDocument(["a", "b", "c", "d"].map((id) => makeShape(id)));
}

function done(doc: ShapeDocument, command: Command | null): ShapeDocument {
  if (command !== null) applyCommand(doc, command);
  return doc;
}

describe("changing", () => {
  it("many labels and attributes at once, and only where something changes", () => {
    const doc = four();
    expect(setLabel(doc, ["a", "b"], "cat")).toBeNull();
    done(doc, setLabel(doc, ["a", "b", "nobody"], "dog"));
    expect(doc.shapes().map(({ label }) => label)).toEqual(["dog", "dog", "cat", "cat"]);
    done(doc, setAttributes(doc, ["a", "c"], { truncated: true, side: "left" }));
    done(doc, setAttributes(doc, ["c"], { side: undefined }));
    expect(doc.find("a")?.attributes).toEqual({ truncated: true, side: "left" });
    expect(doc.find("c")?.attributes).toEqual({ truncated: true });
  });

  it("leaves locked shapes and references alone", () => {
    const doc = makeDocument([makeShape("a", { isLocked: true }), makeShape("r", { standing: "reference" })]);
    expect(setLabel(doc, ["a", "r"], "dog")).toBeNull();
    expect(removeShapes(doc, ["a", "r"])).toBeNull();
    expect(moveShapes(doc, ["a", "r"], { x: 5, y: 5 })).toBeNull();
    done(doc, setLocked(doc, ["a"], false));
    done(doc, setLabel(doc, ["a"], "dog"));
    expect(doc.find("a")?.label).toBe("dog");
  });

  it("a proposal makes it one's own, by its prediction", () => {
    const doc = makeDocument([makeProposal("p")]);
    done(doc, setGeometry(doc, "p", box(1, 1, [9, 9])));
    expect(doc.find("p")).toEqual(makeShape("p", { geometry: box(1, 1, [9, 9]), fromPrediction: "p" }));
  });

  it("with nothing changed leaves a proposal a proposal", () => {
    const doc = makeDocument([makeProposal("p")]);
    expect(changeShapes(doc, ["p"], (shape) => ({ ...shape }))).toBeNull();
  });
});

describe("moving together", () => {
  it("keeps every shape in the image and their places to each other", () => {
    const geometries = shapeLists({ geometry: drawnGeometry, maxLength: 5 });
    fc.assert(
      fc.property(
        geometries,
        fc.integer({ min: -900, max: 900 }),
        fc.integer({ min: -900, max: 900 }),
        (shapes, x, y) => {
          const doc = makeDocument(shapes.map((one) => ({ ...one, standing: "own", isLocked: false })));
          const command = moveShapes(doc, doc.ids, { x, y });
          if (command?.kind !== "change") return;
          expect(command.changes).toHaveLength(shapes.length);
          const again = moveShapes(done(doc, command), doc.ids, { x: Math.sign(x), y: 0 });
          // Held back at the border once, held back again.
          if (Math.abs(x) === 900 && again !== null) expect(again.kind).toBe("change");
        },
      ),
    );
    const doc = makeDocument([
      makeShape("a", { geometry: box(5, 5, [10, 10]) }),
      makeShape("b", { geometry: box(50, 50, [10, 10]) }),
    ]);
    done(doc, moveShapes(doc, ["a", "b"], { x: -30, y: 2 }));
    expect(doc.shapes().map(({ geometry }) => geometry)).toEqual([
      box(0, 7, [10, 10]),
      box(45, 52, [10, 10]),
    ]);
  });
});

describe("copies", () => {
  const saved = makeShape("a", {
    annotationId: "a",
    fromPrediction: "p",
    attributes: { n: 1 },
    isLocked: true,
  });

  it("within the image are new work, a little aside", () => {
    const doc = makeDocument([saved]);
    const copies = duplicateShapes(doc, ["a"], { newId: countingIds(), by: { x: 8, y: 8 } });
    done(doc, copies.command);
    expect(copies.ids).toEqual(["new1"]);
    expect(doc.find("new1")).toEqual(
      makeShape("new1", { geometry: box(18, 18, [20, 20]), attributes: { n: 1 }, isLocked: false }),
    );
  });

  it("onto another image are cut to it, and what does not fit is told", () => {
    const from = makeDocument([
      saved,
      makeShape("far", { geometry: box(500, 300, [50, 50]) }),
      makeShape("m", { geometry: maskOf(square(5, 5, 20)) }),
      makeProposal("p", { geometry: box(90, 90, [30, 30]) }),
    ]);
    const to = makeDocument([makeShape("there")], { width: 100, height: 100 });
    const copies = propagateShapes({ doc: from, ids: from.ids }, to, { newId: countingIds() });
    done(to, copies.command);
    expect(to.ids).toEqual(["there", "new1", "new2"]);
    expect(to.find("new2")).toEqual(makeShape("new2", { geometry: box(90, 90, [10, 10]), isLocked: false }));
    expect(copies.dropped).toEqual([
      { id: "far", reason: "It lies outside the other image." },
      { id: "m", reason: "A mask fits only an image of the same size." },
    ]);
  });
});

describe("the drawing order", () => {
  it.each([
    ["front", ["a", "c"], "bdac"],
    ["back", ["b", "d"], "bdac"],
    ["forward", ["a"], "bacd"],
    ["forward", ["a", "b"], "cabd"],
    ["forward", ["d"], "abcd"],
    ["forward", ["c", "d"], "abcd"],
    ["backward", ["b", "d"], "badc"],
    ["backward", ["a"], "abcd"],
  ] as const)("to the %s of %s", (to, moving, expected) => {
    const doc = four();
    expect(ids(done(doc, reorderShapes(doc, moving, to)))).toBe(expected);
  });

  it("names only the shapes between", () => {
    expect(reorderShapes(four(), ["b"], "forward")).toEqual({
      kind: "reorder",
      before: ["b", "c"],
      after: ["c", "b"],
    });
  });
});

it("removing far apart and undoing puts each back in its place", () => {
  const doc = four();
  expect(removeShapes(doc, ["d", "a"])).toEqual({
    kind: "remove",
    removed: [
      { at: 0, shape: makeShape("a") },
      { at: 3, shape: makeShape("d") },
    ],
  });
});
