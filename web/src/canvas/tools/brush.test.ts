import { describe, expect, it } from "vitest";

import { MaskEdit } from "../masks/edit";
import { MaskRaster } from "../masks/raster";
import { maskFromRaster, rasterFromMask } from "../masks/rle";
import { strokePath } from "../masks/strokes";
import { areaOf } from "../geometry/measure";
import { Desk } from "../testing/desk";
import {
  box,
  contentOf,
  IMAGE,
  makeDocument,
  makeProposal,
  makeShape,
  maskOf,
  square,
} from "../testing/shapes";
import type { MaskGeometry, XY } from "../types";

const BLOCK = maskOf(square(100, 100, 80));

function stroked(
  path: readonly XY[],
  options: { on?: MaskGeometry; value?: 0 | 1; radius?: number } = {},
): MaskGeometry {
  const raster = options.on ? rasterFromMask(options.on) : new MaskRaster(IMAGE.width, IMAGE.height);
  const edit = new MaskEdit(raster, options.value ?? 1);
  strokePath(edit, path, options.radius ?? 12);
  edit.writeTo(raster);
  return maskFromRaster(raster);
}

describe("brush", () => {
  it("begins a mask, paints at once and is one step of undo", () => {
    const desk = new Desk("brush");
    const before = contentOf(desk.doc);
    desk.down(100, 100);
    desk.move(140, 100);
    expect(desk.doc.pixels("new1")?.has(120, 100)).toBe(true);
    desk.move(140, 160);
    expect(desk.log).toEqual([]);
    desk.up(140, 160);
    expect(desk.geometries).toEqual([stroked([[100, 100], [140, 100], [140, 160]])]); // prettier-ignore
    expect(desk.log).toHaveLength(1);
    expect(desk.selected).toEqual(["new1"]);
    desk.history.undo();
    expect(contentOf(desk.doc)).toEqual(before);
    desk.history.redo();
    expect(desk.geometries).toEqual([stroked([[100, 100], [140, 100], [140, 160]])]); // prettier-ignore
  });

  it("goes on with the mask that is selected until Enter lets it go", () => {
    const desk = new Desk("brush");
    desk.drag([100, 100], [120, 100]);
    desk.drag([100, 140], [120, 140]);
    expect(desk.doc.count).toBe(1);
    expect(desk.log).toHaveLength(2);
    expect(desk.key("Enter").isHandled).toBe(true);
    desk.drag([300, 100], [320, 100]);
    expect(desk.doc.count).toBe(2);
  });

  it("replayed from the log gives the same pixels", () => {
    const desk = new Desk("brush");
    desk.drag([100, 100], [300, 260]);
    desk.drag([100, 300], [300, 220], { button: 2 });
    const again = new Desk("brush");
    for (const op of desk.log) if (op.op === "do") again.history.run(JSON.parse(JSON.stringify(op.command)));
    expect(contentOf(again.doc)).toEqual(contentOf(desk.doc));
  });

  it("rubs out by the right button", () => {
    const desk = new Desk("brush", { doc: makeDocument([makeShape("m", { geometry: BLOCK })]) });
    desk.selection.change({ kind: "set", ids: ["m"] });
    desk.drag([90, 140], [190, 140], { button: 2 });
    expect(desk.geometries).toEqual([stroked([[90, 140], [140, 140], [190, 140]], { on: BLOCK, value: 0 })]); // prettier-ignore
  });

  it("with Shift goes straight on from where the last stroke ended", () => {
    const desk = new Desk("brush");
    desk.drag([100, 100], [120, 100]);
    desk.click(300, 200, { shift: true });
    expect(desk.doc.pixels("new1")?.has(210, 150)).toBe(true);
  });

  it("given up by Escape leaves no trace", () => {
    const desk = new Desk("brush");
    desk.down(100, 100);
    desk.move(140, 100);
    desk.key("Escape");
    desk.up(140, 100);
    expect([desk.doc.count, desk.history.canUndo, desk.log]).toEqual([0, false, []]);
  });

  it("outside the image makes nothing", () => {
    const desk = new Desk("brush");
    desk.drag([-100, -100], [-50, -100]);
    expect([desk.doc.count, desk.history.canUndo]).toEqual([0, false]);
    expect(desk.dropped).toEqual(["The stroke lies outside the image, so nothing was made."]);
  });

  it("on a proposal accepts it", () => {
    const proposal = makeProposal("p", { geometry: BLOCK });
    const desk = new Desk("brush", { doc: makeDocument([proposal]) });
    desk.selection.change({ kind: "set", ids: ["p"] });
    desk.drag([180, 140], [220, 140]);
    expect(desk.doc.find("p")).toMatchObject({ standing: "own", fromPrediction: "p" });
    desk.history.undo();
    expect(desk.doc.shapes()).toEqual([proposal]);
  });

  it("does not paint locked masks and needs a class for a new one", () => {
    const locked = makeShape("m", { geometry: BLOCK, isLocked: true });
    const desk = new Desk("brush", { doc: makeDocument([locked]), label: null });
    desk.selection.change({ kind: "set", ids: ["m"] });
    desk.drag([180, 140], [220, 140]);
    expect([desk.commands, desk.dropped]).toEqual([[], ["Choose a class first."]]);
  });

  it("ends when its mask is gone", () => {
    const desk = new Desk("brush");
    desk.down(100, 100);
    desk.history.undo();
    desk.move(140, 100);
    desk.up(140, 100);
    expect([desk.doc.count, desk.isIdle]).toEqual([0, true]);
  });

  it("shows its size, and that it rubs out", () => {
    const desk = new Desk("brush", { settings: { brushRadius: 30 } });
    desk.move(50, 60);
    expect(desk.preview.brush).toEqual({ at: [50, 60], radius: 30, isErasing: false });
    desk.click(50, 60);
    desk.down(70, 60, { button: 2 });
    expect(desk.preview.brush?.isErasing).toBe(true);
    desk.up(70, 60);
    desk.send({ kind: "leave" });
    expect(desk.preview.brush).toBeNull();
  });
});

describe("a brush that stops at edges", () => {
  it("says so where the edges are not known, and paints freely", () => {
    const desk = new Desk("brush", { settings: { isEdgeSnapping: true, brushRadius: 5 } });
    desk.click(50, 50);
    expect(desk.dropped).toEqual([
      "The edges of this picture are not known yet, so the brush paints freely.",
    ]);
    expect(desk.geometries).toHaveLength(1);
  });
});

describe("eraser", () => {
  it("takes the mask under the pointer when none is selected", () => {
    const desk = new Desk("eraser", {
      doc: makeDocument([
        makeShape("b", { geometry: box(90, 90, [400, 200]) }),
        makeShape("m", { geometry: BLOCK }),
      ]),
    });
    desk.drag([110, 110], [150, 110]);
    expect(desk.selected).toEqual(["m"]);
    expect(desk.geometries[1]).toEqual(stroked([[110, 110], [130, 110], [150, 110]], { on: BLOCK, value: 0 })); // prettier-ignore
  });

  it("removes a mask of which nothing is left, and undo brings it back whole", () => {
    const desk = new Desk("eraser", {
      doc: makeDocument([makeShape("m", { geometry: BLOCK })]),
      settings: { brushRadius: 90 },
    });
    desk.drag([110, 110], [170, 170]);
    expect(desk.doc.count).toBe(0);
    expect(desk.dropped).toEqual(["Nothing of the mask is left, so it was removed."]);
    desk.history.undo();
    expect(desk.geometries).toEqual([BLOCK]);
    expect(areaOf(BLOCK)).toBe(6400);
  });

  it("on nothing says what to do", () => {
    const desk = new Desk("eraser");
    desk.drag([110, 110], [170, 170]);
    expect([desk.commands, desk.dropped]).toEqual([[], ["Select a mask to rub out of."]]);
  });
});

it("a stroke over a large mask costs little", () => {
  const image = { width: 4000, height: 3000 };
  const full = maskOf(square(0, 0, 4000), image);
  const desk = new Desk("brush", {
    doc: makeDocument([makeShape("m", { geometry: full })], image),
    settings: { brushRadius: 30 },
  });
  desk.selection.change({ kind: "set", ids: ["m"] });
  desk.down(200, 200, { button: 2 });
  const times = Array.from({ length: 30 }, (_, i) => {
    const start = performance.now();
    desk.move(225 + i * 25, 200 + i * 10);
    return performance.now() - start;
  });
  const start = performance.now();
  desk.up(975, 500);
  const end = performance.now() - start;
  times.sort((a, b) => a - b);
  console.log(
    `brush step on 4,000 x 3,000: p50 ${times[15]?.toFixed(2)} ms, worst ${times[29]?.toFixed(2)} ms, end ${end.toFixed(2)} ms`,
  );
  expect(times[15]).toBeLessThan(16);
  expect(end).toBeLessThan(50);
});
