import { describe, expect, test } from "vitest";

import type { Rect, Shape, XY } from "../types";
import type { Viewport } from "../viewport";
import { BakedLayer } from "./bakedLayer";
import { fakeBrush, fakeSurfaces, type DrawnCall } from "../testing/fakeBrush";
import { hashColor } from "./look";
import type { Scene, SceneShape } from "./staticLayer";

const IMAGE = { width: 1000, height: 1000 };
const VIEW: Viewport = { width: 200, height: 200, scale: 1, x: 400, y: 400 };

function polygon(id: string, x: number, y: number): SceneShape {
  const ring: XY[] = [
    [x, y],
    [x + 10, y],
    [x + 10, y + 10],
    [x, y + 10],
  ];
  const shape: Shape = {
    id,
    label: "cell",
    geometry: { type: "polygon", rings: [ring] },
    attributes: {},
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
  };
  return { shape, bounds: { x0: x, y0: y, x1: x + 10, y1: y + 10 } };
}

function touch(a: Rect, b: Rect): boolean {
  return a.x0 <= b.x1 && a.x1 >= b.x0 && a.y0 <= b.y1 && a.y1 >= b.y0;
}

function desk(shapes: SceneShape[]) {
  const surfaces = fakeSurfaces();
  const waiting: (() => void)[] = [];
  let time = 0;
  let changes = 0;
  const asked: Rect[] = [];
  const scene: Scene = {
    image: IMAGE,
    within: (area) => {
      asked.push(area);
      return shapes.filter((one) => touch(one.bounds, area));
    },
    look: () => ({
      color: hashColor("cell"),
      strokeWidth: 1.5,
      fillAlpha: 0.1,
      strokeAlpha: 1,
      dash: [],
      casingAlpha: 0,
    }),
    paintMask: () => [],
  };
  const layer = new BakedLayer({
    makeSurface: surfaces.make,
    clock: { now: () => (time += 0.01), post: (task) => waiting.push(task) },
    dpr: () => 1,
    onChange: () => (changes += 1),
  });
  const strokes = () =>
    surfaces.made.flatMap((one) => one.calls).filter((call) => call.name === "stroke").length;
  return {
    layer,
    scene,
    shapes,
    surfaces,
    asked,
    strokes,
    changes: () => changes,
    slices: () => waiting.length,
    /** Run everything that waits. */
    settle: () => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) task();
    },
    forget: () => surfaces.made.forEach((one) => one.calls.splice(0)),
    painted: (viewport: Viewport): DrawnCall[] => {
      const calls: DrawnCall[] = [];
      layer.paint(fakeBrush(calls), viewport);
      return calls;
    },
  };
}

describe("BakedLayer", () => {
  test("draws the shapes around the view once, one by one, and then only moves the bitmap", () => {
    const at = desk([polygon("a", 450, 450), polygon("b", 560, 560), polygon("far", 900, 900)]);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    expect({ strokes: at.strokes(), isBusy: at.layer.isBusy }).toEqual({ strokes: 2, isBusy: false });
    // 200 CSS pixels and a quarter of them on each side.
    expect(at.painted(VIEW)).toEqual([{ name: "drawImage", values: [50, 50, 200, 200, 0, 0, 200, 200] }]);

    at.forget();
    const panned = { ...VIEW, x: 410, y: 395 };
    at.layer.move(panned, { isMoving: true });
    expect(at.painted(panned)).toEqual([{ name: "drawImage", values: [60, 45, 200, 200, 0, 0, 200, 200] }]);
    expect(at.strokes()).toBe(0);
  });

  test("while zooming the old bitmap is scaled; at rest it is drawn anew at the new scale", () => {
    const at = desk([polygon("a", 450, 450)]);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    at.forget();
    const zoomed = { ...VIEW, scale: 2, x: 450, y: 450 };
    at.layer.move(zoomed, { isMoving: true });
    at.settle();
    expect(at.strokes()).toBe(0);
    expect(at.painted(zoomed)).toEqual([{ name: "drawImage", values: [100, 100, 100, 100, 0, 0, 200, 200] }]);
    at.layer.move(zoomed, { isMoving: false });
    at.settle();
    expect(at.strokes()).toBe(1);
    expect(at.painted(zoomed)).toEqual([{ name: "drawImage", values: [50, 50, 200, 200, 0, 0, 200, 200] }]);
  });

  test("an edit clears and draws its own region and nothing else", () => {
    const crowd = Array.from({ length: 100 }, (_, i) =>
      polygon(`p${i}`, 360 + (i % 10) * 28, 360 + Math.floor(i / 10) * 28),
    );
    const at = desk(crowd);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    at.forget();
    at.asked.splice(0);
    const [victim] = at.shapes.splice(55, 1);
    if (victim === undefined) throw new Error("no shape");
    at.layer.patch([victim.bounds]);
    at.settle();
    const cleared = at.surfaces.made.flatMap((one) => one.calls).filter((call) => call.name === "clearRect");
    expect(cleared).toEqual([{ name: "clearRect", values: [144, 144, 22, 22] }]);
    expect(at.strokes()).toBe(0);
    expect(at.asked.length).toBe(1);
  });

  test("a pan that uses up the margin copies what overlaps and draws the strips alone", () => {
    const at = desk([polygon("kept", 500, 500), polygon("new", 705, 500)]);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    at.forget();
    const panned = { ...VIEW, x: 440 };
    at.layer.move(panned, { isMoving: true });
    at.settle();
    const calls = at.surfaces.made.flatMap((one) => one.calls);
    expect(calls.filter((call) => call.name === "drawImage")).toEqual([
      { name: "drawImage", values: [-40, 0, 300, 300] },
    ]);
    expect(at.strokes()).toBe(0);
    const further = { ...VIEW, x: 480 };
    at.layer.move(further, { isMoving: true });
    at.settle();
    expect(at.strokes()).toBe(1);
    expect(at.layer.isBusy).toBe(false);
  });

  test("a large scene is drawn in slices and shown only when it is whole", () => {
    const crowd = Array.from({ length: 2000 }, (_, i) => polygon(`p${i}`, 400 + (i % 200), 400 + (i % 190)));
    const at = desk(crowd);
    at.layer.draw(at.scene, VIEW);
    expect(at.strokes()).toBeGreaterThan(0);
    expect(at.strokes()).toBeLessThan(2000);
    expect({ slices: at.slices(), shown: at.painted(VIEW).length }).toEqual({ slices: 1, shown: 0 });
    at.settle();
    expect({ strokes: at.strokes(), shown: at.painted(VIEW).length }).toEqual({ strokes: 2000, shown: 1 });
  });

  test("an edit in the middle of drawing is on the new bitmap too", () => {
    const crowd = Array.from({ length: 2000 }, (_, i) => polygon(`p${i}`, 400 + (i % 200), 400 + (i % 190)));
    const at = desk(crowd);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    at.layer.refresh();
    at.forget();
    at.shapes.splice(0, 2000);
    at.layer.patch([{ x0: 400, y0: 400, x1: 420, y1: 420 }]);
    at.settle();
    const cleared = at.surfaces.made.map(
      (one) => one.calls.filter((call) => call.name === "clearRect").length,
    );
    expect(cleared.filter((count) => count > 0).length).toBe(2);
    expect(at.layer.isBusy).toBe(false);
  });

  test("another scene hides the one before at once", () => {
    const at = desk([polygon("a", 450, 450)]);
    at.layer.draw(at.scene, VIEW);
    at.settle();
    const crowd = Array.from({ length: 2000 }, (_, i) => polygon(`p${i}`, 400 + (i % 200), 400 + (i % 190)));
    at.layer.draw({ ...at.scene, within: () => crowd }, VIEW);
    expect(at.painted(VIEW)).toEqual([]);
    at.settle();
    expect(at.painted(VIEW).length).toBe(1);
  });
});
