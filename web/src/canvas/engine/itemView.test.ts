import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { acceptProposalsAbove } from "../model/proposals";
import { addShapes, removeShapes, setGeometry, setLabel } from "../model/edits";
import { History } from "../model/history";
import type { BrushImage } from "../render/brush";
import type { StaticLayer } from "../render/staticLayer";
import { box, makeDocument, makeProposal, makeShape } from "../testing/shapes";
import type { Command, Rect, Shape } from "../types";
import { MaskWorker } from "../worker/maskWorker";
import { ItemView } from "./itemView";
import { DEFAULT_OPTIONS, type EngineOptions } from "./options";

const EVERYWHERE: Rect = { x0: 0, y0: 0, x1: 640, y1: 400 };

function desk(shapes: readonly Shape[]) {
  const doc = makeDocument(shapes);
  const history = new History(doc);
  const patched: Rect[] = [];
  const log: string[] = [];
  let options: EngineOptions = DEFAULT_OPTIONS;
  const held = { isBusy: false };
  const staticLayer: StaticLayer = {
    draw: () => log.push("draw"),
    refresh: () => log.push("refresh"),
    patch: (areas) => patched.push(...areas),
    move: () => undefined,
    paint: () => undefined,
    isBusy: false,
    destroy: () => undefined,
  };
  const image: BrushImage = Object.create(null);
  const view = new ItemView({
    doc,
    history,
    staticLayer,
    maskWorker: new MaskWorker(),
    tilePainter: { make: () => image, rgb: () => [0, 0, 0] },
    options: () => options,
    dpr: () => 1,
    onDirty: () => undefined,
    onPreviewReady: () => undefined,
    isBusy: () => held.isBusy,
  });
  return {
    doc,
    history,
    view,
    held,
    log,
    patches: () => patched.splice(0),
    run: (command: Command | null) => {
      if (command !== null) history.run(command);
    },
    atRest: () => view.scene.within(EVERYWHERE).map((one) => one.shape.id),
    live: () => view.live().map((one) => one.shape.id),
    set: (change: Partial<EngineOptions>) => {
      const before = options;
      options = { ...options, ...change };
      view.refilter(before, options);
    },
  };
}

describe("ItemView", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("a changed shape is erased where it lay, drawn live, and put to rest where it is", () => {
    const at = desk([makeShape("a"), makeShape("b", { geometry: box(100, 100, [50, 50]) })]);
    at.run(setGeometry(at.doc, "a", box(200, 200, [20, 20])));
    expect({ patches: at.patches(), live: at.live(), rest: at.atRest() }).toEqual({
      patches: [{ x0: 10, y0: 10, x1: 30, y1: 30 }],
      live: ["a"],
      rest: ["b"],
    });
    at.run(setGeometry(at.doc, "a", box(210, 200, [20, 20])));
    expect(at.patches()).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect({ patches: at.patches(), live: at.live(), rest: at.atRest() }).toEqual({
      patches: [{ x0: 210, y0: 200, x1: 230, y1: 220 }],
      live: [],
      rest: ["a", "b"],
    });
  });

  test("nothing is put to rest while a button is held", () => {
    const at = desk([makeShape("a")]);
    at.held.isBusy = true;
    at.run(setLabel(at.doc, ["a"], "dog"));
    vi.advanceTimersByTime(5000);
    expect(at.live()).toEqual(["a"]);
    at.held.isBusy = false;
    vi.advanceTimersByTime(1000);
    expect(at.live()).toEqual([]);
  });

  test("a shape taken away leaves no trace, live or at rest; undo brings it back", () => {
    const at = desk([makeShape("a"), makeShape("b")]);
    at.run(removeShapes(at.doc, ["a"]));
    expect({ patches: at.patches().length, live: at.live(), rest: at.atRest() }).toEqual({
      patches: 1,
      live: [],
      rest: ["b"],
    });
    at.history.undo();
    vi.advanceTimersByTime(1000);
    expect({ live: at.live(), rest: at.atRest() }).toEqual({ live: [], rest: ["a", "b"] });
  });

  test("what a tool shows in its place is left out until the tool lets go", () => {
    const at = desk([makeShape("a"), makeShape("b")]);
    at.view.replace(new Set(["a"]));
    expect({ patches: at.patches().length, live: at.live(), rest: at.atRest() }).toEqual({
      patches: 1,
      live: [],
      rest: ["b"],
    });
    at.view.replace(new Set());
    expect(at.live()).toEqual(["a"]);
    vi.advanceTimersByTime(1000);
    expect(at.atRest()).toEqual(["a", "b"]);
  });

  test("the confidence slider draws only the shapes that came or went; hidden ones are not hit", () => {
    const at = desk([
      makeShape("own"),
      makeProposal("weak", { confidence: 0.3, geometry: box(100, 100, [10, 10]) }),
      makeProposal("strong", { confidence: 0.9, geometry: box(200, 100, [10, 10]) }),
    ]);
    at.set({ threshold: 0.5 });
    expect(at.patches()).toEqual([{ x0: 100, y0: 100, x1: 110, y1: 110 }]);
    expect(at.atRest()).toEqual(["own", "strong"]);
    expect(at.view.finder.at({ x: 105, y: 105 }, 2)).toEqual([]);
    at.set({ threshold: 0.2 });
    expect(at.patches()).toEqual([{ x0: 100, y0: 100, x1: 110, y1: 110 }]);
    expect(at.view.finder.at({ x: 105, y: 105 }, 2).map((one) => one.id)).toEqual(["weak"]);
  });

  test("a change of hundreds of shapes is one new bitmap, not hundreds of live shapes", () => {
    const many = Array.from({ length: 300 }, (_, i) => makeProposal(`p${i}`));
    const at = desk(many);
    at.run(acceptProposalsAbove(at.doc, 0));
    expect({ log: at.log, live: at.live().length, rest: at.atRest().length }).toEqual({
      log: ["refresh"],
      live: 0,
      rest: 300,
    });
    at.run(addShapes(at.doc, [makeShape("new")]));
    expect(at.live()).toEqual(["new"]);
  });

  test("a mask with broken counts is left out and breaks nothing", () => {
    const broken = { type: "mask", width: 640, height: 400, counts: "~" } as const;
    const at = desk([makeShape("a"), makeShape("bad", { geometry: broken })]);
    expect(at.atRest()).toEqual(["a"]);
  });
});
