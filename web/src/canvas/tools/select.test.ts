import { describe, expect, it } from "vitest";

import { Desk } from "../testing/desk";
import {
  box,
  contentOf,
  makeDocument,
  makeProposal,
  makeShape,
  maskOf,
  polygon,
  square,
} from "../testing/shapes";
import type { Shape } from "../types";

const LARGE = makeShape("large", { geometry: box(50, 50, [200, 200]) });
const SMALL = makeShape("small", { geometry: box(100, 100, [50, 50]) });

function desk(shapes: readonly Shape[] = [LARGE, SMALL], selected: readonly string[] = []): Desk {
  const made = new Desk("select", { doc: makeDocument(shapes) });
  made.selection.change({ kind: "set", ids: selected });
  return made;
}

describe("a click", () => {
  it("selects the smallest, on nothing none", () => {
    const on = desk();
    on.click(125, 125);
    expect(on.selected).toEqual(["small"]);
    on.click(60, 60);
    expect(on.selected).toEqual(["large"]);
    on.click(500, 300);
    expect(on.selected).toEqual([]);
    expect(on.commands).toEqual([]);
  });

  it("with Shift adds and takes away", () => {
    const on = desk();
    on.click(125, 125);
    on.click(60, 60, { shift: true });
    expect(on.selected).toEqual(["small", "large"]);
    on.click(125, 125, { shift: true });
    expect(on.selected).toEqual(["large"]);
  });

  it("with Alt reaches for the one beneath, and round", () => {
    const on = desk();
    on.click(125, 125);
    on.click(125, 125, { alt: true });
    expect(on.selected).toEqual(["large"]);
    on.click(125, 125, { alt: true });
    expect(on.selected).toEqual(["small"]);
  });

  it("that trembles is no drag", () => {
    const on = desk();
    on.drag([125, 125], [127, 127]);
    expect([on.commands, on.selected]).toEqual([[], ["small"]]);
  });
});

describe("a drag", () => {
  it("moves what it began on, in one command, and shows it on the way", () => {
    const on = desk();
    on.down(125, 125);
    on.move(145, 130);
    expect(on.preview.shapes).toEqual([
      { geometry: box(120, 105, [50, 50]), label: "cat", replaces: "small" },
    ]);
    expect(on.commands).toEqual([]);
    on.up(145, 130);
    const after = { ...SMALL, geometry: box(120, 105, [50, 50]) };
    expect(on.commands).toEqual([{ kind: "change", changes: [{ before: SMALL, after }] }]);
    expect(on.preview.shapes).toEqual([]);
  });

  it("moves all that is selected, even when it begins on a smaller shape", () => {
    const on = desk(
      [LARGE, SMALL, makeShape("far", { geometry: box(400, 300, [20, 20]) })],
      ["large", "far"],
    );
    on.drag([125, 125], [135, 125]);
    expect(on.geometries).toEqual([box(60, 50, [200, 200]), SMALL.geometry, box(410, 300, [20, 20])]);
    expect(on.selected).toEqual(["large", "far"]);
  });

  it("stops at the border of the image", () => {
    const on = desk();
    on.drag([125, 125], [-300, 9000]);
    expect(on.geometries[1]).toEqual(box(0, 350, [50, 50]));
  });

  it("of a mask moves its pixels", () => {
    const on = desk([makeShape("m", { geometry: maskOf(square(100, 100, 20)) })]);
    on.drag([110, 110], [130, 105]);
    expect(on.geometries).toEqual([maskOf(square(120, 95, 20))]);
    on.history.undo();
    expect(on.geometries).toEqual([maskOf(square(100, 100, 20))]);
  });

  it("is given up by Escape", () => {
    const on = desk();
    on.down(125, 125);
    on.move(300, 200);
    on.key("Escape");
    on.up(300, 200);
    expect(on.commands).toEqual([]);
  });

  it.each([
    ["locked", { isLocked: true }],
    ["a reference", { standing: "reference" }],
  ] as const)("of what is %s says why nothing happens", (_, rest) => {
    const on = desk([{ ...SMALL, ...rest }]);
    on.drag([125, 125], [300, 200]);
    expect([on.commands, on.dropped]).toEqual([[], ["This shape is locked or only shown for comparison."]]);
  });
});

describe("a drag on nothing", () => {
  it("pans", () => {
    const on = desk();
    on.drag([400, 300], [420, 310]);
    expect(on.effects).toEqual([
      { kind: "pan", by: { x: 10, y: 5 } },
      { kind: "pan", by: { x: 20, y: 10 } },
    ]);
    expect(on.selected).toEqual([]);
  });

  it("with Shift adds what lies in the band, with Alt takes it away", () => {
    const on = desk([LARGE, SMALL, makeShape("far", { geometry: box(400, 300, [20, 20]) })], ["far"]);
    on.drag([20, 20], [160, 160], { shift: true });
    expect(on.selected).toEqual(["far", "small"]);
    on.drag([300, 280], [500, 390], { alt: true });
    expect(on.selected).toEqual(["small"]);
  });

  it("draws a band when the settings say so; a click there clears", () => {
    const on = desk();
    on.settings = { ...on.settings, dragOnEmpty: "band" };
    on.down(20, 20);
    on.move(300, 300);
    expect(on.preview.band).toEqual({ x0: 20, y0: 20, x1: 300, y1: 300 });
    on.up(300, 300);
    expect(on.selected).toEqual(["large", "small"]);
    on.click(500, 300);
    expect(on.selected).toEqual([]);
  });
});

describe("handles of the one selected shape", () => {
  it("resize a box, clamped to the image", () => {
    const on = desk([LARGE, SMALL], ["large"]);
    on.drag([251, 251], [900, 301]);
    expect(on.geometries[0]).toEqual(box(50, 50, [590, 250]));
  });

  it("pulled onto the other side leave the box as it was, with a reason", () => {
    const on = desk([LARGE], ["large"]);
    on.drag([250, 150], [50, 150]);
    expect([on.commands, on.dropped]).toEqual([[], ["It would have no area, so it stays as it was."]]);
  });

  it("turn a turned box, by 15 degrees with Shift", () => {
    const turned = makeShape("t", {
      geometry: { type: "rotated_box", cx: 200, cy: 200, width: 60, height: 40, angle: 0 },
    });
    const on = desk([turned], ["t"]);
    on.drag([200, 156], [245, 198], { shift: true });
    expect(on.geometries).toEqual([
      { type: "rotated_box", cx: 200, cy: 200, width: 60, height: 40, angle: 90 },
    ]);
  });

  it("move a vertex, snapping to a neighbour but not to its own shape", () => {
    const on = desk(
      [
        makeShape("a", { geometry: polygon(square(100, 100, 50)) }),
        makeShape("b", { geometry: polygon(square(200, 100, 50)) }),
      ],
      ["a"],
    );
    on.drag([150, 100], [198, 103]);
    expect(on.geometries[0]).toEqual(polygon([[100, 100], [200, 100], [150, 150], [100, 150]])); // prettier-ignore
  });

  it("make a vertex from the middle of an edge, which Delete takes away again", () => {
    const on = desk([makeShape("a", { geometry: polygon(square(100, 100, 50)) })], ["a"]);
    on.drag([125, 100], [125, 80]);
    expect(on.geometries[0]).toEqual(polygon([[100, 100], [125, 80], [150, 100], [150, 150], [100, 150]])); // prettier-ignore
    expect(on.key("Delete").isHandled).toBe(true);
    expect(on.geometries[0]).toEqual(polygon(square(100, 100, 50)));
    expect(on.key("Delete").isHandled).toBe(false);
  });

  it("take a vertex away by the right button or Alt, but not the last three", () => {
    const on = desk([makeShape("a", { geometry: polygon(square(100, 100, 50)) })], ["a"]);
    on.click(150, 100, { button: 2 });
    on.click(150, 150, { alt: true });
    expect(on.geometries[0]).toEqual(polygon([[100, 100], [150, 150], [100, 150]])); // prettier-ignore
    expect(on.dropped).toEqual(["A polygon needs three points; delete the whole shape instead."]);
  });

  it("are not there for two, for locked ones and for references", () => {
    for (const shape of [{ ...LARGE, isLocked: true }, { ...LARGE, standing: "reference" } as const]) {
      const on = desk([shape], ["large"]);
      on.drag([250, 250], [300, 300]);
      expect(on.commands).toEqual([]);
    }
    const two = desk([LARGE, SMALL], ["large", "small"]);
    two.drag([250, 250], [260, 250]);
    expect(two.geometries).toEqual([box(60, 50, [200, 200]), box(110, 100, [50, 50])]);
  });
});

it("a double click on an edge of the selected polygon puts a vertex there", () => {
  const on = desk([makeShape("a", { geometry: polygon(square(100, 100, 80)) })], ["a"]);
  on.down(115, 101, { clicks: 2 });
  on.up(115, 101, { clicks: 2 });
  expect(on.geometries[0]).toEqual(polygon([[100, 100], [115, 101], [180, 100], [180, 180], [100, 180]])); // prettier-ignore
});

describe("proposals", () => {
  const proposal = makeProposal("p", { geometry: box(100, 100, [50, 50]) });

  it("are accepted by a click", () => {
    const on = desk([proposal]);
    on.click(125, 125);
    const after = { ...proposal, standing: "own", source: "truth", confidence: null, fromPrediction: "p" };
    expect(on.commands).toEqual([{ kind: "change", changes: [{ before: proposal, after }] }]);
  });

  it("are only selected when the settings say so", () => {
    const on = desk([proposal]);
    on.settings = { ...on.settings, clickAccepts: false };
    on.click(125, 125);
    expect([on.commands, on.selected]).toEqual([[], ["p"]]);
  });

  it("are accepted by editing them", () => {
    const on = desk([proposal]);
    on.drag([125, 125], [135, 125]);
    expect(on.doc.find("p")).toMatchObject({
      standing: "own",
      fromPrediction: "p",
      geometry: box(110, 100, [50, 50]),
    });
    on.history.undo();
    expect(on.doc.find("p")).toEqual(proposal);
  });
});

describe("keys", () => {
  it("move what is selected; a row of arrows is one step of undo", () => {
    const on = desk([LARGE, SMALL], ["small"]);
    const before = contentOf(on.doc);
    on.keys("3*ArrowRight", "2*ArrowUp");
    on.key("ArrowDown", { shift: true });
    expect(on.geometries[1]).toEqual(box(103, 108, [50, 50]));
    on.history.undo();
    expect(contentOf(on.doc)).toEqual(before);
  });

  it("with Ctrl pull the lower right corner of a box, not over the other", () => {
    const on = desk([SMALL], ["small"]);
    on.key("ArrowRight", { ctrl: true });
    on.key("ArrowDown", { ctrl: true, shift: true });
    expect(on.geometries).toEqual([box(100, 100, [51, 60])]);
    for (let i = 0; i < 8; i += 1) on.key("ArrowLeft", { ctrl: true, shift: true });
    expect(on.geometries).toEqual([box(100, 100, [1, 60])]);
    expect(on.dropped).toEqual(new Array(3).fill("It would have no area, so it stays as it was."));
    on.history.undo();
    expect(on.geometries).toEqual([SMALL.geometry]);
  });

  it("with Ctrl pull a turned box along its own sides", () => {
    const geometry = { type: "rotated_box", cx: 200, cy: 200, width: 60, height: 40, angle: 90 } as const;
    const on = desk([makeShape("t", { geometry })], ["t"]);
    on.key("ArrowRight", { ctrl: true, shift: true });
    expect(on.geometries).toEqual([{ ...geometry, cy: 205, width: 70 }]);
  });

  it("with Ctrl say what they are for", () => {
    const on = desk([makeShape("a", { geometry: polygon(square(100, 100, 50)) }), SMALL], ["a"]);
    on.key("ArrowRight", { ctrl: true });
    on.selection.change({ kind: "add", ids: ["small"] });
    on.key("ArrowRight", { ctrl: true });
    expect(on.dropped).toEqual([
      "Only boxes change their size by keys.",
      "Select one box to change its size.",
    ]);
  });

  it("are the page's when nothing is selected", () => {
    const on = desk();
    expect(on.key("ArrowRight").isHandled).toBe(false);
    expect(on.key("Escape").isHandled).toBe(false);
  });

  it("Escape lets go of the vertex, then of the selection, then is the page's", () => {
    const on = desk([makeShape("a", { geometry: polygon(square(100, 100, 50)) })], ["a"]);
    on.drag([150, 100], [190, 90]);
    expect([on.key("Escape").isHandled, on.selected]).toEqual([true, ["a"]]);
    expect([on.key("Escape").isHandled, on.selected]).toEqual([true, []]);
    expect(on.key("Escape").isHandled).toBe(false);
  });
});

it("shows what the pointer would do", () => {
  const on = desk([LARGE, SMALL], ["large"]);
  const cursors = [[500, 300], [125, 125], [60, 80], [250, 250], [250, 150]].map(([x = 0, y = 0]) => {
    on.move(x, y);
    return on.preview.cursor;
  }); // prettier-ignore
  expect(cursors).toEqual(["default", "pointer", "move", "nwse-resize", "ew-resize"]);
});
