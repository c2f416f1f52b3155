import { describe, expect, it } from "vitest";

import { Desk } from "../testing/desk";
import { box, makeDocument, makeShape, maskOf, polygon, square } from "../testing/shapes";

describe("by keyboard alone", () => {
  it("arrows move a crosshair from the middle, Shift further, Ctrl by a pixel", () => {
    const desk = new Desk("box", { zoom: 2 });
    desk.key("ArrowRight");
    expect(desk.preview.crosshair).toEqual([324, 200]);
    desk.key("ArrowUp", { shift: true });
    expect(desk.preview.crosshair).toEqual([324, 168]);
    desk.key("ArrowLeft", { ctrl: true });
    expect(desk.preview.crosshair).toEqual([323, 168]);
    for (let i = 0; i < 100; i += 1) desk.key("ArrowUp", { shift: true });
    expect(desk.preview.crosshair).toEqual([323, 0]);
  });

  it("a box is two Enters", () => {
    const desk = new Desk("box");
    desk.keys("ArrowRight", "Enter", "5*ArrowRight", "4*ArrowDown");
    expect(desk.preview.shapes).toEqual([
      { geometry: box(328, 200, [40, 32]), label: "cat", replaces: null },
    ]);
    desk.key("Enter");
    expect(desk.geometries).toEqual([box(328, 200, [40, 32])]);
  });

  it("a polygon is closed by Enter again at the same place", () => {
    const desk = new Desk("polygon");
    desk.keys("ArrowRight", "Enter", "10*ArrowRight", "Enter", "10*ArrowDown", "2*Enter");
    expect(desk.geometries).toEqual([polygon([[328, 200], [408, 200], [408, 280]])]); // prettier-ignore
    desk.keys("Enter", "10*ArrowLeft", "Enter", "10*ArrowUp", "2*Enter");
    expect(desk.doc.count).toBe(2);
  });

  it("Shift+Enter is the right button", () => {
    const desk = new Desk("polygon");
    desk.keys("ArrowRight", "Enter", "10*ArrowRight", "Enter", "ArrowDown");
    desk.key("Enter", { shift: true });
    desk.keys("Escape");
    expect(desk.isIdle).toBe(true);
    expect(desk.doc.count).toBe(0);
  });

  it("turned boxes, extreme boxes and points can be made", () => {
    const turned = new Desk("rotated_box");
    turned.keys("ArrowRight", "Enter", "5*ArrowRight", "Enter", "3*ArrowDown", "Enter");
    expect(turned.geometries).toEqual([
      { type: "rotated_box", cx: 348, cy: 212, width: 40, height: 24, angle: 0 },
    ]);
    const extreme = new Desk("extreme_box");
    extreme.keys(
      "ArrowUp",
      "Enter",
      "2*ArrowRight",
      "2*ArrowDown",
      "Enter",
      "2*ArrowDown",
      "2*ArrowLeft",
      "Enter",
    );
    extreme.keys("2*ArrowLeft", "2*ArrowUp", "Enter");
    expect(extreme.geometries).toEqual([box(304, 192, [32, 32])]);
    const points = new Desk("points", { settings: { pointCount: 2 } });
    points.keys("ArrowUp", "Enter", "ArrowUp", "Enter");
    expect(points.geometries).toEqual([{ type: "points", points: [[320, 192], [320, 184]] }]); // prettier-ignore
  });

  it("a brush is put down and lifted by Enter, and follows the crosshair", () => {
    const desk = new Desk("brush");
    desk.keys("ArrowRight", "Enter", "5*ArrowRight");
    expect(desk.doc.pixels("new1")?.has(360, 200)).toBe(true);
    expect(desk.log).toEqual([]);
    desk.keys("Enter", "5*ArrowDown");
    expect(desk.log).toHaveLength(1);
    expect(desk.doc.pixels("new1")?.has(368, 230)).toBe(false);
    desk.key("Enter", { shift: true });
    desk.keys("Enter");
    expect(desk.log).toHaveLength(1);
  });

  it("an eraser works the same", () => {
    const desk = new Desk("eraser", {
      doc: makeDocument([makeShape("m", { geometry: maskOf(square(300, 180, 60)) })]),
    });
    desk.keys("ArrowRight", "Enter", "ArrowRight", "Enter");
    expect(desk.doc.pixels("m")?.has(330, 200)).toBe(false);
    expect(desk.doc.pixels("m")?.has(301, 230)).toBe(true);
  });

  it("the model is asked by Enter, and its outline taken by Enter again", () => {
    const desk = new Desk("magic");
    desk.keys("ArrowRight", "Enter");
    expect(desk.effects).toEqual([
      { kind: "segment", request: 1, prompts: { include: [[328, 200]], exclude: [], box: null } },
    ]);
    desk.answer({ request: 1, geometry: polygon(square(300, 180, 60)), score: 1, problem: null });
    desk.key("Enter");
    expect(desk.geometries).toEqual([polygon(square(300, 180, 60))]);
  });

  it("Escape gives up the drawing, then the crosshair, then is the page's", () => {
    const desk = new Desk("box");
    desk.keys("ArrowRight", "Enter");
    expect(desk.key("Escape").isHandled).toBe(true);
    expect(desk.preview.crosshair).not.toBeNull();
    expect(desk.key("Escape").isHandled).toBe(true);
    expect(desk.preview.crosshair).toBeNull();
    expect(desk.key("Escape").isHandled).toBe(false);
    expect(desk.key("Enter").isHandled).toBe(false);
  });

  it("the pointer takes over when it moves", () => {
    const desk = new Desk("box");
    desk.keys("ArrowRight");
    desk.move(50, 50);
    expect(desk.key("Enter").isHandled).toBe(false);
    desk.send({ kind: "leave" });
    expect(desk.preview.crosshair).toBeNull();
  });

  it("arrows of the select tool stay its own", () => {
    const desk = new Desk("select", { doc: makeDocument([makeShape("a")]) });
    expect(desk.key("ArrowRight").isHandled).toBe(false);
    expect(desk.preview.crosshair).toBeNull();
  });
});
