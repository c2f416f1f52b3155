import { describe, expect, it } from "vitest";

import { NOTHING, selectAll, selectOnly } from "../grid/selection";

import { gather, scopeOf, stretchesOf } from "./scope";

const listing = { id: "lst_1", dataset_id: "dst_1", revision: 3, count: 254, is_complete: true };

describe("scopeOf", () => {
  it("says what it works on", () => {
    const words = (q: string, selection = NOTHING) => scopeOf({ listing, q, selection }).words;
    expect(words("label:car")).toBe("254 items matching your filter");
    expect(words(" ")).toBe("all 254 items of this dataset");
    expect(words("label:car", selectOnly(4))).toBe("1 selected item");
    expect(words("label:car", { spans: [{ start: 0, end: 12 }], anchor: 0 })).toBe("12 selected items");
  });

  it("a selection of everything is the filter", () => {
    const scope = scopeOf({ listing, q: "label:car", selection: selectAll(254) });
    expect([scope.q, scope.count, scope.spans]).toEqual(["label:car", 254, [{ start: 0, end: 254 }]]);
  });
});

describe("batches", () => {
  it("cuts spans into stretches", () => {
    expect(
      stretchesOf(
        [
          { start: 5, end: 30 },
          { start: 40, end: 42 },
        ],
        10,
      ),
    ).toEqual([
      { start: 5, limit: 10 },
      { start: 15, limit: 10 },
      { start: 25, limit: 5 },
      { start: 40, limit: 2 },
    ]);
  });

  it("gathers what came in small lists, in order, losing nothing", async () => {
    async function* lists() {
      for (const list of [[1, 2, 3], [], [4], [5, 6, 7, 8, 9]]) yield await Promise.resolve(list);
    }
    const found: number[][] = [];
    for await (const list of gather(lists(), 4)) found.push(list);
    expect(found).toEqual([[1, 2, 3, 4], [5, 6, 7, 8], [9]]);
  });
});
