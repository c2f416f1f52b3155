import { describe, expect, it } from "vitest";

import { Desk } from "../testing/desk";
import { box, makeDocument, makeShape, polygon, square } from "../testing/shapes";

describe("box", () => {
  it("by a drag gives exactly one add", () => {
    const desk = new Desk("box");
    desk.drag([10, 20], [60, 50]);
    const shape = makeShape("new1", { geometry: box(10, 20, [50, 30]) });
    expect(desk.commands).toEqual([{ kind: "add", at: 0, shapes: [shape] }]);
    expect(desk.log).toEqual([{ op: "do", command: desk.commands[0] }]);
    expect(desk.selected).toEqual(["new1"]);
  });

  it("by two clicks, in any direction, with the box shown on the way", () => {
    const desk = new Desk("box");
    desk.click(60, 50);
    expect(desk.commands).toEqual([]);
    desk.move(20, 30);
    expect(desk.preview.shapes).toEqual([{ geometry: box(20, 30, [40, 20]), label: "cat", replaces: null }]);
    desk.click(10, 20);
    expect(desk.geometries).toEqual([box(10, 20, [50, 30])]);
  });

  it("stays chosen for the next", () => {
    const desk = new Desk("box");
    desk.drag([10, 10], [20, 20]);
    desk.drag([30, 30], [40, 40]);
    expect(desk.geometries).toEqual([box(10, 10, [10, 10]), box(30, 30, [10, 10])]);
    expect(desk.selected).toEqual(["new2"]);
  });

  it("is clamped to the image, whatever the pointer does", () => {
    const desk = new Desk("box");
    desk.drag([-50, 300], [9000, 9000]);
    expect(desk.geometries).toEqual([box(0, 300, [640, 100])]);
  });

  it("with Shift is a square that stays in the image", () => {
    const desk = new Desk("box");
    desk.drag([600, 100], [630, 180], { shift: true });
    expect(desk.geometries).toEqual([box(600, 100, [40, 40])]);
  });

  it.each([
    ["a double click on one spot", [5, 5], [5, 5]],
    ["a line", [5, 5], [60, 5]],
    ["a drag outside the image", [-20, 10], [-5, 60]],
  ] as const)("of %s is dropped with a reason", (_, from, to) => {
    const desk = new Desk("box");
    desk.click(from[0], from[1]);
    desk.click(to[0], to[1]);
    expect(desk.commands).toEqual([]);
    expect(desk.dropped).toEqual(["It has no area, so nothing was made."]);
    expect(desk.isIdle).toBe(true);
  });

  it("without a class is dropped with a reason", () => {
    const desk = new Desk("box", { label: null });
    desk.drag([10, 10], [20, 20]);
    expect([desk.commands, desk.dropped]).toEqual([[], ["Choose a class first."]]);
  });

  it("is given up by Escape; the next Escape is the page's", () => {
    const desk = new Desk("box");
    desk.click(10, 10);
    expect(desk.key("Escape").isHandled).toBe(true);
    expect(desk.key("Escape").isHandled).toBe(false);
    desk.click(50, 50);
    expect(desk.commands).toEqual([]);
  });

  it("takes its first corner back by the right button", () => {
    const desk = new Desk("box");
    desk.click(10, 10);
    desk.click(12, 12, { button: 2 });
    expect(desk.isIdle).toBe(true);
    desk.drag([30, 30], [40, 40]);
    expect(desk.geometries).toEqual([box(30, 30, [10, 10])]);
  });

  it("counts a drag in pixels of the screen", () => {
    const desk = new Desk("box", { zoom: 8 });
    desk.drag([10, 10], [12, 11.5]);
    expect(desk.geometries).toEqual([box(10, 10, [2, 1.5])]);
  });

  it("ignores shapes that are there", () => {
    const desk = new Desk("box", {
      doc: makeDocument([makeShape("a", { geometry: box(0, 0, [200, 200]) })]),
    });
    desk.drag([50, 50], [90, 90]);
    expect(desk.geometries).toEqual([box(0, 0, [200, 200]), box(50, 50, [40, 40])]);
  });
});

describe("with Alt held, a drawing tool", () => {
  const shapes = () => makeDocument([makeShape("a", { geometry: box(0, 0, [200, 200]) })]);

  it("selects and moves, then draws again", () => {
    const desk = new Desk("box", { doc: shapes() });
    desk.drag([50, 50], [60, 55], { alt: true });
    expect(desk.geometries).toEqual([box(10, 5, [200, 200])]);
    expect(desk.selected).toEqual(["a"]);
    desk.drag([300, 300], [310, 310]);
    expect(desk.geometries).toEqual([box(10, 5, [200, 200]), box(300, 300, [10, 10])]);
  });

  it("goes on drawing when something is half drawn", () => {
    const desk = new Desk("box", { doc: shapes() });
    desk.click(50, 50);
    desk.click(90, 90, { alt: true });
    expect(desk.geometries[1]).toEqual(box(50, 50, [40, 40]));
  });

  it("lets Escape give up a move", () => {
    const desk = new Desk("box", { doc: shapes() });
    desk.down(50, 50, { alt: true });
    desk.move(90, 90, { alt: true });
    desk.key("Escape");
    desk.up(90, 90);
    expect(desk.geometries).toEqual([box(0, 0, [200, 200])]);
  });
});

describe("extreme box", () => {
  it("is the box around four clicks", () => {
    const desk = new Desk("extreme_box");
    for (const [x, y] of [[50, 10], [90, 40], [45, 80], [20, 30]] as const) desk.click(x, y); // prettier-ignore
    expect(desk.geometries).toEqual([box(20, 10, [70, 70])]);
  });

  it("takes back the last click by Backspace", () => {
    const desk = new Desk("extreme_box");
    for (const [x, y] of [[50, 10], [500, 390]] as const) desk.click(x, y); // prettier-ignore
    desk.key("Backspace");
    for (const [x, y] of [[90, 40], [45, 80], [20, 30]] as const) desk.click(x, y); // prettier-ignore
    expect(desk.geometries).toEqual([box(20, 10, [70, 70])]);
  });
});

describe("rotated box", () => {
  it("is one side and a depth", () => {
    const desk = new Desk("rotated_box");
    for (const [x, y] of [[100, 100], [100, 160], [70, 130]] as const) desk.click(x, y); // prettier-ignore
    expect(desk.geometries).toEqual([
      { type: "rotated_box", cx: 85, cy: 130, width: 60, height: 30, angle: 90 },
    ]);
  });

  it("with Shift has its side on a main direction", () => {
    const desk = new Desk("rotated_box");
    desk.click(100, 100);
    desk.click(160, 103, { shift: true });
    desk.click(130, 120);
    expect(desk.geometries).toEqual([
      { type: "rotated_box", cx: 130.04, cy: 110, width: 60.07, height: 20, angle: 0 },
    ]);
  });

  it("without depth is dropped", () => {
    const desk = new Desk("rotated_box");
    for (const [x, y] of [[100, 100], [160, 100], [130, 100]] as const) desk.click(x, y); // prettier-ignore
    expect(desk.dropped).toEqual(["It has no area, so nothing was made."]);
  });
});

describe("polygon", () => {
  const triangle = [[100, 100], [200, 100], [150, 180]] as const; // prettier-ignore

  function sketched(): Desk {
    const desk = new Desk("polygon");
    for (const [x, y] of triangle) desk.click(x, y);
    return desk;
  }

  it("closes by Enter", () => {
    const desk = sketched();
    expect(desk.preview.marks.map(({ kind }) => kind)).toEqual(["first", "vertex", "vertex"]);
    desk.key("Enter");
    expect(desk.geometries).toEqual([polygon(triangle.map(([x, y]) => [x, y]))]);
    expect(desk.commands).toHaveLength(1);
  });

  it("closes by a double click, whose first click is its last vertex", () => {
    const desk = sketched();
    desk.down(150, 180, { clicks: 2 });
    desk.up(150, 180, { clicks: 2 });
    expect(desk.geometries).toEqual([polygon(triangle.map(([x, y]) => [x, y]))]);
  });

  it("closes by a click on the first vertex", () => {
    const desk = sketched();
    desk.click(103, 98);
    expect(desk.geometries).toEqual([polygon(triangle.map(([x, y]) => [x, y]))]);
  });

  it("loses its last vertex by the right button", () => {
    const desk = sketched();
    desk.click(400, 200);
    desk.click(400, 200, { button: 2 });
    desk.key("Enter");
    expect(desk.geometries).toEqual([polygon(triangle.map(([x, y]) => [x, y]))]);
  });

  it("is drawn freehand by a drag, thinned, with clicks before and after", () => {
    const desk = new Desk("polygon");
    desk.click(100, 100);
    desk.down(200, 100);
    for (let y = 105; y <= 200; y += 5) desk.move(200, y);
    desk.up(200, 200);
    desk.click(100, 200);
    desk.key("Enter");
    expect(desk.geometries).toEqual([polygon([[100, 100], [200, 100], [200, 200], [100, 200]])]); // prettier-ignore
  });

  it("snaps to neighbours' vertices and edges, not with Ctrl", () => {
    const desk = new Desk("polygon", {
      doc: makeDocument([makeShape("a", { geometry: polygon(square(100, 100, 50)) })]),
    });
    desk.click(103, 102);
    expect(desk.preview.marks).toContainEqual({ at: [100, 100], kind: "snap" });
    desk.click(125, 96);
    desk.click(125, 60);
    desk.click(148, 97, { ctrl: true });
    desk.key("Enter");
    expect(desk.geometries[1]).toEqual(polygon([[100, 100], [125, 100], [125, 60], [148, 97]])); // prettier-ignore
  });

  it("with Shift goes along main directions", () => {
    const desk = new Desk("polygon");
    desk.click(100, 100);
    desk.click(150, 104, { shift: true });
    desk.click(150, 180);
    desk.key("Enter");
    expect(desk.geometries).toEqual([polygon([[100, 100], [150.16, 100], [150, 180]])]); // prettier-ignore
  });

  it.each([
    ["two points", [[10, 10], [50, 50]], "A polygon needs three points, so nothing was made."],
    ["points on a line", [[10, 10], [50, 50], [90, 90]], "It has no area, so nothing was made."],
  ] as const)("of %s is dropped with a reason", (_, points, reason) => {
    const desk = new Desk("polygon");
    for (const [x, y] of points) desk.click(x, y);
    desk.key("Enter");
    expect([desk.commands, desk.dropped]).toEqual([[], [reason]]);
  }); // prettier-ignore

  it("is given up by Escape", () => {
    const desk = sketched();
    desk.key("Escape");
    expect(desk.isIdle).toBe(true);
    expect(desk.key("Enter").isHandled).toBe(false);
    expect(desk.commands).toEqual([]);
  });
});

describe("polyline", () => {
  it("ends by Enter or a double click", () => {
    const desk = new Desk("polyline");
    desk.click(10, 10);
    desk.click(60, 10);
    desk.key("Enter");
    desk.click(10, 50);
    desk.click(60, 50);
    desk.down(60, 50, { clicks: 2 });
    desk.up(60, 50);
    expect(desk.geometries).toEqual([
      { type: "polyline", points: [[10, 10], [60, 10]] },
      { type: "polyline", points: [[10, 50], [60, 50]] },
    ]); // prettier-ignore
  });

  it("of one point is dropped", () => {
    const desk = new Desk("polyline");
    desk.click(10, 10);
    desk.key("Enter");
    expect(desk.dropped).toEqual(["A line needs two points, so nothing was made."]);
  });
});

describe("points", () => {
  it("close by themselves at the fixed count", () => {
    const desk = new Desk("points", { settings: { pointCount: 3 } });
    for (const x of [10, 20, 30]) desk.click(x, 10);
    expect(desk.geometries).toEqual([{ type: "points", points: [[10, 10], [20, 10], [30, 10]] }]); // prettier-ignore
  });

  it("close by Enter without one", () => {
    const desk = new Desk("points");
    desk.click(10, 10);
    desk.key("Enter");
    expect(desk.geometries).toEqual([{ type: "points", points: [[10, 10]] }]);
  });

  it("too few are dropped with a reason", () => {
    const desk = new Desk("points", { settings: { pointCount: 3 } });
    desk.click(10, 10);
    desk.key("Enter");
    expect(desk.dropped).toEqual(["These are 1 of 3 points, so nothing was made."]);
  });
});

describe("tag", () => {
  it("is added, then taken back", () => {
    const desk = new Desk("tag");
    desk.click(10, 10);
    expect(desk.doc.shapes()).toEqual([makeShape("new1", { geometry: { type: "class" } })]);
    desk.key("Enter");
    expect(desk.doc.count).toBe(0);
  });

  it("that is proposed is accepted", () => {
    const proposed = makeShape("p", {
      geometry: { type: "class" },
      standing: "proposal",
      source: "m",
      confidence: 0.7,
    });
    const desk = new Desk("tag", { doc: makeDocument([proposed]) });
    desk.click(10, 10);
    expect(desk.doc.shapes()).toEqual([makeShape("p", { geometry: { type: "class" }, fromPrediction: "p" })]);
  });
});

describe("magic", () => {
  const outline = polygon(square(40, 40, 30));

  it("asks with each prompt and commits the answer by Enter", () => {
    const desk = new Desk("magic");
    desk.click(50, 50);
    desk.click(90, 90, { button: 2 });
    desk.drag([30, 30], [80, 80]);
    expect(desk.effects).toEqual([
      { kind: "segment", request: 1, prompts: { include: [[50, 50]], exclude: [], box: null } },
      { kind: "segment", request: 2, prompts: { include: [[50, 50]], exclude: [[90, 90]], box: null } },
      { kind: "segment", request: 3, prompts: { include: [[50, 50]], exclude: [[90, 90]], box: { x0: 30, y0: 30, x1: 80, y1: 80 } } },
    ]); // prettier-ignore
    desk.answer({ request: 3, geometry: outline, score: 0.9, problem: null });
    expect(desk.preview.shapes).toEqual([{ geometry: outline, label: "cat", replaces: null, isFound: true }]);
    desk.key("Enter");
    expect(desk.geometries).toEqual([outline]);
    expect(desk.isIdle).toBe(true);
  });

  it("leaves an answer to an older request, and one that comes too late", () => {
    const desk = new Desk("magic");
    desk.click(50, 50);
    desk.click(60, 60);
    desk.answer({ request: 1, geometry: outline, score: 0.9, problem: null });
    expect(desk.preview.shapes).toEqual([]);
    desk.key("Enter");
    expect(desk.dropped).toEqual(["There is no outline yet."]);
    desk.key("Escape");
    desk.answer({ request: 2, geometry: outline, score: 0.9, problem: null });
    expect(desk.preview.shapes).toEqual([]);
    expect(desk.commands).toEqual([]);
  });

  it("says why there is nothing", () => {
    const desk = new Desk("magic");
    desk.click(50, 50);
    desk.answer({ request: 1, geometry: null, score: null, problem: "The model is still loading." });
    expect(desk.dropped).toEqual(["The model is still loading."]);
  });

  it("takes back the last prompt by Backspace", () => {
    const desk = new Desk("magic");
    desk.click(50, 50);
    desk.click(60, 60);
    desk.key("Backspace");
    expect(desk.effects.at(-1)).toEqual({
      kind: "segment",
      request: 3,
      prompts: { include: [[50, 50]], exclude: [], box: null },
    });
    desk.key("Backspace");
    expect(desk.effects).toHaveLength(3);
    expect(desk.isIdle).toBe(true);
  });
});
