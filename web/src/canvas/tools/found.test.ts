/** Tools whose shapes are found by somebody else: outline from four points, scissors. */
import { describe, expect, test } from "vitest";

import { Desk } from "../testing/desk";
import type { XY } from "../types";
import type { MagicPrompts, PathQuestion } from "./types";

const SQUARE = { type: "polygon", rings: [[[10, 10], [30, 10], [30, 30], [10, 30]]] } as const; // prettier-ignore

function prompts(desk: Desk): { request: number; prompts: MagicPrompts }[] {
  return desk.effects.flatMap((one) => (one.kind === "segment" ? [one] : []));
}

function fourClicks(desk: Desk, by = 0): void {
  for (const [x, y] of [[10, 20], [20, 10], [30, 20], [20, 30]] as const) desk.click(x + by, y); // prettier-ignore
}

describe("an outline from four points", () => {
  test("the fourth click asks, the answer makes the shape, one step of undo", () => {
    const desk = new Desk("extreme_polygon");
    fourClicks(desk);
    expect(prompts(desk).map(({ prompts: { extremes } }) => extremes)).toEqual([[[10, 20], [20, 10], [30, 20], [20, 30]]]); // prettier-ignore
    expect(desk.isIdle).toBe(false);
    desk.answer({ request: 1, geometry: SQUARE, score: 0.9, problem: null });
    expect(desk.geometries).toEqual([SQUARE]);
    expect([desk.log.length, desk.isIdle]).toEqual([1, true]);
  });

  test("the next object may be begun while the answer is awaited", () => {
    const desk = new Desk("extreme_polygon");
    fourClicks(desk);
    desk.click(50, 20);
    desk.answer({ request: 1, geometry: SQUARE, score: null, problem: null });
    expect(desk.preview.marks).toHaveLength(1);
    for (const [x, y] of [[60, 10], [70, 20], [60, 30]] as const) desk.click(x, y); // prettier-ignore
    desk.answer({ request: 2, geometry: SQUARE, score: null, problem: null });
    expect([desk.geometries.length, desk.log.length]).toEqual([2, 2]);
  });

  test("no outline says why, and nothing is made", () => {
    const desk = new Desk("extreme_polygon");
    fourClicks(desk);
    desk.answer({ request: 1, geometry: null, score: null, problem: "Only background here." });
    expect([desk.dropped, desk.geometries]).toEqual([["Only background here."], []]);
  });

  test("points on a line, no class, the right button and Escape", () => {
    const desk = new Desk("extreme_polygon");
    for (const x of [10, 20, 30, 40]) desk.click(x, 5);
    expect(prompts(desk)).toEqual([]);
    expect(desk.dropped[0]).toContain("one line");
    desk.click(10, 10);
    desk.click(20, 20);
    desk.down(1, 1, { button: 2 });
    expect(desk.preview.marks).toHaveLength(1);
    desk.key("Escape");
    expect([desk.isIdle, desk.key("Escape").isHandled]).toEqual([true, false]);
    const classless = new Desk("extreme_polygon", { label: null });
    fourClicks(classless);
    expect(classless.dropped).toEqual(["Choose a class first."]);
  });

  test("after Escape a late answer makes nothing", () => {
    const desk = new Desk("extreme_polygon");
    fourClicks(desk);
    desk.key("Escape");
    desk.answer({ request: 1, geometry: SQUARE, score: null, problem: null });
    expect(desk.geometries).toEqual([]);
  });
});

/** Answers a question with a line that bends once. */
function bent({ from, to }: PathQuestion): XY[] {
  return [from, [to[0], from[1]], to];
}

class Cutter {
  readonly desk = new Desk("scissors");
  #seen = 0;

  /** Answer what was asked since, or only the pieces that a click fixed. */
  answer(options: { readonly isLiveToo?: boolean } = {}): void {
    const asked = this.desk.effects.slice(this.#seen).flatMap((one) => (one.kind === "path" ? [one] : []));
    this.#seen = this.desk.effects.length;
    for (const one of asked) {
      if (one.isLive && options.isLiveToo === false) continue;
      this.desk.send({ kind: "path", request: one.request, points: bent(one) });
    }
  }
}

describe("scissors", () => {
  test("clicks fix pieces, Enter closes along the last one", () => {
    const cutter = new Cutter();
    const { desk } = cutter;
    desk.click(10, 10);
    desk.move(60, 30);
    cutter.answer();
    expect(desk.preview.lines).toEqual([[[10, 10], [60, 10], [60, 30]]]); // prettier-ignore
    desk.click(60, 30);
    desk.click(20, 60);
    cutter.answer();
    desk.key("Enter");
    expect(desk.geometries).toEqual([]);
    cutter.answer();
    const ring = [[10, 10], [60, 10], [60, 30], [20, 30], [20, 60], [10, 60]]; // prettier-ignore
    expect(desk.geometries).toEqual([{ type: "polygon", rings: [ring] }]);
    expect([desk.log.length, desk.isIdle]).toEqual([1, true]);
  });

  test("a click near the beginning and a double click close, too", () => {
    for (const close of ["first", "double"] as const) {
      const cutter = new Cutter();
      const { desk } = cutter;
      desk.click(10, 10);
      desk.click(60, 40);
      if (close === "first") desk.click(12, 11);
      else desk.down(60, 40, { clicks: 2 });
      cutter.answer();
      expect(desk.geometries).toHaveLength(1);
    }
  });

  test("answers that come late or twice change nothing", () => {
    const cutter = new Cutter();
    const { desk } = cutter;
    desk.click(10, 10);
    desk.move(40, 20);
    const [late] = desk.effects;
    desk.click(60, 40);
    cutter.answer({ isLiveToo: false });
    const shown = desk.preview.lines;
    if (late?.kind !== "path") throw new Error("no line was asked for");
    desk.send({ kind: "path", request: late.request, points: bent(late) });
    expect(desk.preview.lines).toEqual(shown);
  });

  test("Backspace takes the last piece back, then the beginning; Escape all", () => {
    const cutter = new Cutter();
    const { desk } = cutter;
    desk.click(10, 10);
    desk.click(60, 30);
    desk.click(10, 60);
    cutter.answer();
    desk.key("Backspace");
    expect(desk.preview.marks).toHaveLength(2);
    desk.key("Backspace");
    desk.key("Backspace");
    expect(desk.isIdle).toBe(true);
    desk.click(10, 10);
    desk.click(60, 30);
    desk.key("Escape");
    expect([desk.isIdle, desk.key("Enter").isHandled]).toEqual([true, false]);
    cutter.answer();
    expect(desk.geometries).toEqual([]);
  });

  test("a line that was not found is straight, and one that encloses nothing makes nothing", () => {
    const desk = new Desk("scissors");
    desk.click(10, 10);
    desk.click(60, 10);
    desk.key("Enter");
    for (const one of desk.effects)
      if (one.kind === "path") desk.send({ kind: "path", request: one.request, points: null });
    expect(desk.dropped).toEqual(["The line encloses nothing, so nothing was made."]);
    expect(desk.geometries).toEqual([]);
  });
});
