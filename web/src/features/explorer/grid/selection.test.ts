import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  add,
  isAll,
  isSelected,
  NOTHING,
  rectangle,
  selectAll,
  selectOnly,
  sizeOf,
  stretch,
  toggle,
} from "./selection";

describe("selection", () => {
  it("agrees with a set of positions, whatever is toggled and added", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("toggle" as const), at: fc.nat(30) }),
      fc.record({ kind: fc.constant("add" as const), at: fc.nat(30), length: fc.nat(10) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const expected = new Set<number>();
        let selection = NOTHING;
        for (const one of steps) {
          if (one.kind === "toggle") {
            if (!expected.delete(one.at)) expected.add(one.at);
            selection = toggle(selection, one.at);
          } else {
            for (let n = one.at; n < one.at + one.length; n += 1) expected.add(n);
            selection = add(selection, [{ start: one.at, end: one.at + one.length }]);
          }
        }
        const found = Array.from({ length: 45 }, (_, n) => n).filter((n) => isSelected(selection, n));
        expect(found).toEqual([...expected].sort((a, b) => a - b));
        expect(sizeOf(selection)).toBe(expected.size);
        for (let n = 1; n < selection.spans.length; n += 1) {
          expect(selection.spans[n]!.start).toBeGreaterThan(selection.spans[n - 1]!.end);
        }
      }),
    );
  });

  it("stretches from the anchor both ways", () => {
    const from = selectOnly(10);
    expect(stretch(from, 13).spans).toEqual([{ start: 10, end: 14 }]);
    expect(stretch(stretch(from, 13), 7)).toEqual({ spans: [{ start: 7, end: 11 }], anchor: 10 });
  });

  it("all of a million is one span; less one is two", () => {
    const all = selectAll(1_000_000);
    expect(isAll(all, 1_000_000)).toBe(true);
    const less = toggle(all, 500);
    expect(less.spans).toEqual([
      { start: 0, end: 500 },
      { start: 501, end: 1_000_000 },
    ]);
    expect(isAll(less, 1_000_000)).toBe(false);
  });

  it("a rectangle takes its columns of each row, and ends with the list", () => {
    const spans = rectangle({
      from: { row: 1, column: 3 },
      to: { row: 3, column: 1 },
      columns: 5,
      count: 17,
    });
    expect(spans).toEqual([
      { start: 6, end: 9 },
      { start: 11, end: 14 },
      { start: 16, end: 17 },
    ]);
  });
});
