import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyGeometry, commandOf, deeds, shapeLists } from "../testing/arbitraries";
import { box, contentOf, countingIds, makeDocument, makeShape, maskOf, square } from "../testing/shapes";
import type { Command, Shape } from "../types";
import type { DocumentChange } from "./change";
import { applyCommand, CommandMismatch, composeCommands, invertCommand } from "./commands";

const shapes = shapeLists({ geometry: anyGeometry, maxLength: 6 });

describe("every command", () => {
  it("undone restores the document exactly", () => {
    fc.assert(
      fc.property(shapes, deeds, (start, todo) => {
        const doc = makeDocument(start);
        const newId = countingIds();
        for (const deed of todo) {
          const before = contentOf(doc);
          const command = commandOf(deed, doc, newId);
          if (command === null) {
            expect(contentOf(doc)).toEqual(before);
            continue;
          }
          applyCommand(doc, command);
          const after = contentOf(doc);
          expect(after).not.toEqual(before);
          applyCommand(doc, invertCommand(command));
          expect(contentOf(doc)).toEqual(before);
          applyCommand(doc, command);
          expect(contentOf(doc)).toEqual(after);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("survives JSON", () => {
    fc.assert(
      fc.property(shapes, deeds, (start, todo) => {
        const [doc, twin] = [makeDocument(start), makeDocument(start)];
        const newId = countingIds();
        for (const deed of todo) {
          const command = commandOf(deed, doc, newId);
          if (command === null) continue;
          const copy: Command = JSON.parse(JSON.stringify(command));
          expect(copy).toEqual(command);
          applyCommand(doc, command);
          applyCommand(twin, copy);
        }
        expect(contentOf(twin)).toEqual(contentOf(doc));
      }),
      { numRuns: 40 },
    );
  });

  it("tells which shapes changed", () => {
    fc.assert(
      fc.property(shapes, deeds, (start, todo) => {
        const doc = makeDocument(start);
        const mirror = new Map(start.map((shape) => [shape.id, shape]));
        const painted = new Set<string>();
        doc.follow((change: DocumentChange) => {
          for (const shape of change.added) mirror.set(shape.id, shape);
          for (const shape of change.removed) mirror.delete(shape.id);
          for (const { after } of change.changed) mirror.set(after.id, after);
          for (const { id } of change.painted) painted.add(id);
        });
        const newId = countingIds();
        for (const deed of todo) {
          const command = commandOf(deed, doc, newId);
          if (command !== null) applyCommand(doc, command);
        }
        expect([...mirror.keys()].sort()).toEqual([...doc.ids].sort());
        for (const [id, shape] of mirror) {
          const standing = doc.find(id);
          if (painted.has(id)) expect(standing?.label).toBe(shape.label);
          else expect(standing).toEqual(shape);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("composeCommands", () => {
  it("does the first, then the second", () => {
    fc.assert(
      fc.property(shapes, deeds, (start, todo) => {
        const [doc, twin] = [makeDocument(start), makeDocument(start)];
        const newId = countingIds();
        let whole: Command | null = null;
        for (const deed of todo) {
          const command = commandOf(deed, doc, newId);
          if (command === null) continue;
          applyCommand(doc, command);
          whole = whole === null ? command : composeCommands(whole, command);
        }
        if (whole === null) return;
        applyCommand(twin, whole);
        expect(contentOf(twin)).toEqual(contentOf(doc));
        applyCommand(twin, invertCommand(whole));
        expect(contentOf(twin)).toEqual(contentOf(makeDocument(start)));
      }),
      { numRuns: 60 },
    );
  });

  it("makes one change of two", () => {
    const [a, b, c]: [Shape, Shape, Shape] = [
      makeShape("a"),
      makeShape("a", { label: "dog" }),
      makeShape("a", { label: "tree" }),
    ];
    const first: Command = { kind: "change", changes: [{ before: a, after: b }] };
    const second: Command = { kind: "change", changes: [{ before: b, after: c }] };
    expect(composeCommands(first, second)).toEqual({ kind: "change", changes: [{ before: a, after: c }] });
  });
});

describe("applyCommand refuses", () => {
  const doc = () => makeDocument([makeShape("a"), makeShape("b")]);
  const a = makeShape("a");
  const cases: [string, Command, string][] = [
    ["an id that is there", { kind: "add", at: 0, shapes: [a] }, "There is already a shape with the id a."],
    ["a place that is not", { kind: "add", at: 3, shapes: [] }, "There is no place 3 among 2 shapes."],
    ["the wrong place", { kind: "remove", removed: [{ at: 1, shape: a }] }, "The shape a does not lie at place 1."],
    ["an unknown shape", { kind: "change", changes: [{ before: makeShape("x"), after: makeShape("x") }] }, "There is no shape with the id x."],
    ["another id", { kind: "change", changes: [{ before: a, after: makeShape("b") }] }, "A shape keeps its id: a, not b."],
    ["another order", { kind: "reorder", before: ["b", "a"], after: ["a", "b"] }, "The shapes do not lie in the order the command expects."],
    ["other shapes in an order", { kind: "reorder", before: ["a", "b"], after: ["a", "x"] }, "A new order must name the same shapes as the old one."],
    ["paint on a box", { kind: "paint", id: "a", tiles: [] }, "There is no mask with the id a."],
  ]; // prettier-ignore

  it.each(cases)("%s", (_, command, message) => {
    const target = doc();
    const before = contentOf(target);
    expect(() => applyCommand(target, command)).toThrow(new CommandMismatch(message));
    expect(contentOf(target)).toEqual(before);
  });

  it("a tile outside the mask", () => {
    const target = makeDocument([makeShape("m", { geometry: maskOf(square(5, 5, 20)) })]);
    const tiles = [{ column: 9, row: 0, before: [65536], after: [65536] }];
    expect(() => applyCommand(target, { kind: "paint", id: "m", tiles })).toThrow(
      "The mask has no tile 9, 0.",
    );
  });

  it("half a group: what was done is taken back, and nobody is told", () => {
    const target = doc();
    const before = contentOf(target);
    let told = 0;
    target.follow(() => (told += 1));
    const commands: Command[] = [
      { kind: "add", at: 2, shapes: [makeShape("c", { geometry: box(1, 1, [2, 2]) })] },
      { kind: "add", at: 0, shapes: [a] },
    ];
    expect(() => applyCommand(target, { kind: "group", name: "two", commands })).toThrow(CommandMismatch);
    expect(contentOf(target)).toEqual(before);
    expect([told, target.version]).toEqual([0, 0]);
  });
});

describe("the document", () => {
  it("counts a version and tells one change for a group", () => {
    const target = makeDocument([makeShape("a")]);
    const changes: DocumentChange[] = [];
    target.follow((change) => changes.push(change));
    const b = makeShape("b");
    const tagged = { ...b, label: "dog" };
    const commands: Command[] = [
      { kind: "add", at: 1, shapes: [b] },
      { kind: "change", changes: [{ before: b, after: tagged }] },
      { kind: "reorder", before: ["a", "b"], after: ["b", "a"] },
    ];
    applyCommand(target, { kind: "group", name: "several", commands });
    expect(changes).toEqual([
      { version: 1, added: [tagged], removed: [], changed: [], painted: [], isReordered: true },
    ]);
    expect(target.ids).toEqual(["b", "a"]);
    expect(target.placeOf("a")).toBe(1);
    expect(target.placeOf("z")).toBe(-1);
  });

  it("brings the counts of a painted mask up to date when asked, and takes them from elsewhere", () => {
    const mask = maskOf(square(5, 5, 20));
    const target = makeDocument([makeShape("m", { geometry: mask })]);
    const after = new Array<number>();
    after.push(0, 65536);
    applyCommand(target, {
      kind: "paint",
      id: "m",
      tiles: [{ column: 0, row: 0, before: [65536], after }],
    });
    expect(target.isPainted("m")).toBe(true);
    expect(target.unencodedMasks()).toEqual(["m"]);
    expect(target.peek("m")?.geometry).toEqual(mask);
    const rasterVersion = target.pixels("m")!.version;
    target.takeEncoding("m", { mask, rasterVersion: rasterVersion - 1 });
    expect(target.isPainted("m")).toBe(true);
    expect(target.find("m")?.geometry).toEqual(maskOf(square(0, 0, 256)));
    expect(target.isPainted("m")).toBe(false);
    expect(target.peek("m")?.geometry).toEqual(maskOf(square(0, 0, 256)));
  });

  it.each([
    ["before", false],
    ["after", true],
  ])(
    "keeps painted pixels when a label is changed by a command of old, %s the counts are made",
    (_, isEncoded) => {
      const shape = makeShape("m", { geometry: maskOf(square(5, 5, 20)) });
      const target = makeDocument([shape]);
      applyCommand(target, {
        kind: "paint",
        id: "m",
        tiles: [{ column: 0, row: 0, before: [65536], after: [0, 65536] }],
      });
      if (isEncoded) target.find("m");
      applyCommand(target, {
        kind: "change",
        changes: [{ before: shape, after: { ...shape, label: "dog" } }],
      });
      expect(target.find("m")).toEqual({ ...shape, label: "dog", geometry: maskOf(square(0, 0, 256)) });
    },
  );
});
