import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fitCells, GAP_PX } from "../fit";

import { layCells, stepFrom, tileOrder, type Cell } from "./cells";
import { tile } from "./testing";

const TILES = [
  tile("a", { proposed: ["dog", 0.5] }),
  tile("b"),
  tile("c", { proposed: ["cat", 0.7] }),
  tile("d", { proposed: ["dog", 0.9] }),
];
const options = { modelId: null, labels: ["cat", "dog"] };
const words = (cells: readonly Cell[]) =>
  cells.map((cell) => (cell.kind === "tile" ? cell.itemId : `[${cell.label ?? "?"}]`)).join(" ");

describe("layCells", () => {
  it("groups by class in the ontology's order, the surest first, the unknown last", () => {
    expect(words(layCells(TILES, { ...options, sorting: "class" }))).toBe("[cat] c [dog] d a [?] b");
  });

  it("puts the least sure first", () => {
    expect(words(layCells(TILES, { ...options, sorting: "doubt" }))).toBe("b a c d");
  });

  it("keeps the order of the queue, and needs no heads without proposals", () => {
    expect(words(layCells(TILES, { ...options, sorting: "queue" }))).toBe("a b c d");
    expect(words(layCells([tile("x"), tile("y")], { ...options, sorting: "class" }))).toBe("x y");
  });

  it("shows every tile once, whatever the order", () => {
    const pages = fc.array(fc.option(fc.constantFrom("cat", "dog", "owl"), { nil: undefined }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        pages,
        fc.constantFrom("class" as const, "doubt" as const, "queue" as const),
        (labels, sorting) => {
          const tiles = labels.map((label, at) =>
            tile(String(at), label === undefined ? {} : { proposed: [label, (at % 7) / 7] }),
          );
          const order = tileOrder(layCells(tiles, { ...options, sorting }));
          expect([...order].sort()).toEqual(tiles.map(({ itemId }) => itemId).sort());
        },
      ),
    );
  });
});

describe("stepFrom", () => {
  // [cat] c [dog]
  // d     a [?]
  // b
  const cells = layCells(TILES, { ...options, sorting: "class" });
  const go = (from: string | null, to: Parameters<typeof stepFrom>[1]["to"]) =>
    stepFrom(cells, { from, columns: 3, to });

  it("steps over the heads of groups", () => {
    expect([go("c", "right"), go("d", "left")]).toEqual(["d", "c"]);
  });

  it("goes up and down in its column, and stays at the edge", () => {
    expect([go("c", "down"), go("d", "down"), go("b", "up"), go("c", "up"), go("b", "down")]).toEqual([
      "a",
      "b",
      "d",
      "c",
      "b",
    ]);
  });

  it("takes the next tile where a head lies above", () => {
    expect(go("d", "up")).toBe("c");
  });

  it("begins at the first tile", () => {
    expect([go(null, "down"), go("a", "first"), go("c", "last")]).toEqual(["c", "c", "b"]);
  });
});

describe("fitCells", () => {
  it("fits the page where the smallest cells would fit at all", () => {
    const areas = fc.record({
      width: fc.integer({ min: 300, max: 2000 }),
      height: fc.integer({ min: 300, max: 1400 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 110 }), areas, (count, area) => {
        const { columns, side } = fitCells(count, area);
        const rows = Math.ceil(count / columns);
        expect(columns * (side + GAP_PX) - GAP_PX).toBeLessThanOrEqual(area.width);
        if (side > 72) expect(rows * (side + GAP_PX) - GAP_PX).toBeLessThanOrEqual(area.height);
      }),
    );
  });
});
