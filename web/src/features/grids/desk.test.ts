import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { choose, EMPTY_DESK, forget, redo, restore, targets, undo, type Desk } from "./desk";

const IDS = ["a", "b", "c", "d", "e"];
const step = fc.dictionary(
  fc.constantFrom(...IDS),
  fc.option(fc.constantFrom("cat", "dog", ""), { nil: null }),
);

function take(desk: Desk, classes: Record<string, string | null>): Desk {
  return choose(desk, { title: "step", classes: new Map(Object.entries(classes)) });
}

function run(steps: readonly Record<string, string | null>[]): Desk {
  return steps.reduce(take, EMPTY_DESK);
}

const said = (desk: Desk) => Object.fromEntries([...desk.choices].sort());

describe("choose", () => {
  it("gives items classes and takes them away, as one step", () => {
    const desk = run([
      { a: "cat", b: "dog" },
      { b: null, c: "cat" },
    ]);
    expect(said(desk)).toEqual({ a: "cat", c: "cat" });
    expect(desk.past.map(({ changes }) => changes.length)).toEqual([2, 2]);
  });

  it("makes no step where everything says so already", () => {
    const desk = run([{ a: "cat" }]);
    expect(take(desk, { a: "cat", b: null })).toBe(desk);
  });

  it("ends what could be done again", () => {
    const desk = take(undo(run([{ a: "cat" }])), { b: "dog" });
    expect(redo(desk)).toBe(desk);
  });
});

describe("undo", () => {
  it("of all steps gives the beginning, and redo of all the end, whatever they were", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const end = run(steps);
        let desk = end;
        for (let n = end.past.length; n > 0; n -= 1) desk = undo(desk);
        expect(said(desk)).toEqual({});
        expect(desk.past).toEqual([]);
        for (let n = end.past.length; n > 0; n -= 1) desk = redo(desk);
        expect(said(desk)).toEqual(said(end));
        expect(desk.past).toEqual(end.past);
      }),
    );
  });

  it("goes back exactly one step", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), step, (steps, last) => {
        const before = run(steps);
        const after = take(before, last);
        if (after !== before) expect(said(undo(after))).toEqual(said(before));
      }),
    );
  });

  it("shows what it changed", () => {
    expect([...undo(run([{ a: "cat", b: "cat" }])).selection]).toEqual(["a", "b"]);
    const one = undo(run([{ a: "cat" }]));
    expect([[...one.selection], one.focus]).toEqual([[], "a"]);
  });
});

describe("forget", () => {
  it("leaves no way back to an item that left the page", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.subarray(IDS), (steps, gone) => {
        let desk = forget(run(steps), gone);
        while (desk.past.length > 0) {
          desk = undo(desk);
          for (const id of gone) expect(desk.choices.has(id)).toBe(false);
        }
        expect(said(desk)).toEqual({});
      }),
    );
  });

  it("lets go of the selection and the focus", () => {
    const desk = { ...run([{ a: "cat" }]), selection: new Set(["a", "b"]), focus: "a", anchor: "b" };
    const left = forget(desk, ["a"]);
    expect([[...left.selection], left.focus, left.anchor]).toEqual([["b"], null, "b"]);
  });
});

describe("restore", () => {
  it("brings choices back without a step", () => {
    const desk = restore(EMPTY_DESK, new Map([["a", "cat"]]));
    expect(said(desk)).toEqual({ a: "cat" });
    expect(undo(desk)).toBe(desk);
  });
});

describe("targets", () => {
  it("are the selection, else the focus, else nothing", () => {
    expect(targets({ ...EMPTY_DESK, selection: new Set(["a", "c"]), focus: "b" })).toEqual(["a", "c"]);
    expect(targets({ ...EMPTY_DESK, focus: "b" })).toEqual(["b"]);
    expect(targets(EMPTY_DESK)).toEqual([]);
  });
});
