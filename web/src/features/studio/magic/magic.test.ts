import { describe, expect, test, vi } from "vitest";

import { ApiProblem } from "@/api/client";
import type { SegmentAnswer, SegmentRequest } from "@/api/schema.gen";
import { acceptProposals, proposalIds } from "@/canvas/model/proposals";
import { ShapeDocument } from "@/canvas/model/document";
import { History } from "@/canvas/model/history";
import { changesSince } from "@/canvas/model/wire";
import { simplifyPolygon } from "@/canvas/geometry/simplify";
import type { Geometry, PolygonGeometry, Shape, XY } from "@/canvas/types";

import { alikeRequest, proposeAlike } from "./alike";
import { convertShapes, remarkOn } from "./convert";
import { askPath, askSegment, asSentence, requestOf } from "./magicServer";
import { Newest } from "./newest";

const IMAGE = { width: 100, height: 80 };

function own(id: string, geometry: Geometry): Shape {
  return {
    id,
    label: "cell",
    geometry,
    attributes: {},
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
  };
}

function box([x0, y0]: XY, [x1, y1]: XY): Geometry {
  return { type: "box", x0, y0, x1, y1 };
}

const RING: [number, number][] = [[10, 10], [30, 12], [28, 30]]; // prettier-ignore

function answer(rest: Partial<SegmentAnswer> = {}): SegmentAnswer {
  const geometry = { type: "polygon" as const, rings: [RING] };
  return { geometry, score: 0.9, segmenter: "grabcut", milliseconds: 20, problem: null, ...rest };
}

describe("asking for an outline", () => {
  const prompts = { include: [[5, 6]], exclude: [], box: { x0: 1, y0: 2, x1: 3, y1: 4 } } as const;
  const question = { itemId: "itm_1", request: 7, prompts, shape: "polygon", isPreparing: false } as const;

  test("prompts become the server's request", () => {
    expect(
      requestOf(
        {
          include: [],
          exclude: [],
          box: null,
          extremes: [
            [1, 2],
            [3, 4],
          ],
        },
        "mask",
      ),
    ).toEqual({
      // prettier-ignore
      engine: "auto",
      include: [],
      exclude: [],
      extremes: [[1, 2], [3, 4]], // prettier-ignore
      box: null,
      result: "mask",
      tolerance_px: 1,
    });
    expect(requestOf(prompts, "polygon").box).toEqual({ type: "box", x0: 1, y0: 2, x1: 3, y1: 4 });
  });

  test("an answer keeps the number of its request; a guess and GrabCut's stand-in are said", async () => {
    const plain = await askSegment(question, () => Promise.resolve(answer()));
    expect([plain.result.request, plain.result.geometry?.type, plain.remark]).toEqual([7, "polygon", null]);
    const guess = await askSegment(question, () => Promise.resolve(answer({ problem: "little stands out" })));
    expect(guess.remark).toBe("Little stands out.");
    const early = await askSegment({ ...question, isPreparing: true }, () => Promise.resolve(answer()));
    expect(early.remark).toContain("GrabCut");
    const sam = answer({ segmenter: "sam2-tiny" });
    expect((await askSegment({ ...question, isPreparing: true }, () => Promise.resolve(sam))).remark).toBe(
      null,
    );
  });

  test("a refusal and a server that is away are answers with a sentence", async () => {
    const problem = new ApiProblem({
      status: 422,
      code: "invalid_input",
      detail: "no box",
      hint: "drag one",
    });
    const refused = await askSegment(question, () => Promise.reject(problem));
    expect(refused.result).toMatchObject({ request: 7, geometry: null, problem: "No box. Drag one." });
    const away = await askPath("itm_1", { request: 3, from: [0, 0], to: [9, 9], isLive: true }, () =>
      Promise.reject(problem),
    );
    expect(away).toEqual({ kind: "path", request: 3, points: null });
  });

  test("sentences begin large and end", () => {
    expect([asSentence("what is it?"), asSentence(" "), asSentence("Done.")]).toEqual([
      "What is it?",
      "",
      "Done.",
    ]);
  });

  test("only the newest question waits while one is on its way", async () => {
    const asked: number[] = [];
    const free: (() => void)[] = [];
    const line = new Newest<number>((one) => {
      asked.push(one);
      return new Promise((done) => free.push(done));
    });
    for (const one of [1, 2, 3]) line.put(one);
    expect(asked).toEqual([1]);
    free[0]?.();
    await vi.waitFor(() => {
      expect(asked).toEqual([1, 3]);
    });
  });
});

describe("converting", () => {
  const ring: XY[] = [[50, 10], [90, 10], [90, 50], [50, 50]]; // prettier-ignore
  const hole: XY[] = [[60, 20], [70, 20], [70, 30], [60, 30]]; // prettier-ignore
  const shapes = () => [
    own("a", box([10, 10], [40, 40])),
    own("b", { type: "polygon", rings: [ring, hole] }),
  ];

  test("a box becomes the outline found in it, one step for all", async () => {
    const doc = new ShapeDocument(IMAGE, shapes());
    const history = new History(doc);
    const asked: SegmentRequest[] = [];
    const ask = (body: SegmentRequest) => {
      asked.push(body);
      return Promise.resolve(answer());
    };
    const made = await convertShapes(doc, ["a", "b"], { to: "polygon", ask });
    expect(asked.map((one) => one.box)).toEqual([{ type: "box", x0: 10, y0: 10, x1: 40, y1: 40 }]);
    if (made.command !== null) history.run(made.command);
    history.seal();
    expect([doc.find("a")?.geometry, remarkOn(made)]).toEqual([{ type: "polygon", rings: [RING] }, null]);
    history.undo();
    expect(doc.find("a")?.geometry).toEqual(box([10, 10], [40, 40]));
  });

  test("where nothing is found, or it is a guess, the sides are taken and that is said", async () => {
    for (const found of [answer({ geometry: null, problem: "nothing" }), answer({ problem: "a guess" })]) {
      const doc = new ShapeDocument(IMAGE, shapes());
      const made = await convertShapes(doc, ["a"], { to: "polygon", ask: () => Promise.resolve(found) });
      expect([made.notFound, remarkOn(made)]).toEqual([
        1,
        "In 1 box no object stood out: the sides were taken.",
      ]);
      expect(made.command?.kind).toBe("change");
    }
  });

  test("a hole stays through polygon, mask and back", async () => {
    const doc = new ShapeDocument(IMAGE, shapes());
    const history = new History(doc);
    for (const to of ["mask", "polygon"] as const) {
      const { command } = await convertShapes(doc, ["b"], { to, ask: null });
      if (command !== null) history.run(command);
    }
    const back = doc.find("b")?.geometry;
    expect(back?.type === "polygon" ? back.rings.length : 0).toBe(2);
  });

  test("a shape changed meanwhile is left alone, a line is refused", async () => {
    const doc = new ShapeDocument(IMAGE, [...shapes(), own("c", { type: "polyline", points: [[0, 0], [5, 5]] })]); // prettier-ignore
    const history = new History(doc);
    const ask = () => {
      const before = doc.find("a");
      if (before !== null)
        history.run({
          kind: "change",
          changes: [{ before, after: { ...before, geometry: box([1, 1], [5, 5]) } }],
        });
      return Promise.resolve(answer());
    };
    const made = await convertShapes(doc, ["a", "c"], { to: "polygon", ask });
    expect([made.command, made.refused]).toEqual([null, 1]);
  });

  test("simplifying states what it costs, and keeps holes", () => {
    const round: XY[] = Array.from({ length: 120 }, (_, i) => {
      const turn = (i / 120) * 2 * Math.PI;
      return [50 + 30 * Math.cos(turn), 40 + 30 * Math.sin(turn)];
    });
    const polygon: PolygonGeometry = {
      type: "polygon",
      rings: [round, hole.map(([x, y]): XY => [x - 20, y + 10])],
    };
    expect(simplifyPolygon(polygon, 0)).toEqual({ geometry: polygon, vertices: 124, iou: 1 });
    const little = simplifyPolygon(polygon, 0.5);
    const much = simplifyPolygon(polygon, 4);
    expect([little.geometry.rings.length, much.geometry.rings.length]).toEqual([2, 2]);
    expect(little.vertices).toBeGreaterThan(much.vertices);
    expect([little.iou > 0.97, much.iou > 0.7, much.iou < little.iou]).toEqual([true, true, true]);
  });
});

describe("the same object again", () => {
  const like = own("a", box([10, 10], [20, 20]));

  test("proposals of its class; what is marked already is left out; accepted they are new work", () => {
    const doc = new ShapeDocument(IMAGE, [like]);
    const history = new History(doc);
    const objects = [
      { geometry: { type: "box" as const, x0: 10.5, y0: 10, x1: 20, y1: 20 }, score: 0.99 },
      { geometry: { type: "box" as const, x0: 40, y0: 40, x1: 50, y1: 50 }, score: 0.8 },
      { geometry: { type: "box" as const, x0: 60, y0: 40, x1: 70, y1: 50 }, score: 0.6 },
    ];
    let count = 0;
    const newId = () => `n${String((count += 1))}`;
    const found = proposeAlike(doc, like, { answer: { objects, milliseconds: 1 }, newId });
    if (found.command !== null) history.run(found.command);
    history.seal();
    expect(proposalIds(doc, { from: 0.7 })).toEqual(["n1"]);
    expect(doc.find("n2")).toMatchObject({ label: "cell", confidence: 0.6, standing: "proposal" });
    const accept = acceptProposals(doc, ["n1"]);
    if (accept !== null) history.run(accept);
    const changes = changesSince({ shapes: [like], hidden: new Map() }, doc);
    // No model predicted it: the server would not know the number.
    expect(changes.annotations.map((one) => [one.id, one.from_prediction, one.label])).toEqual([
      [null, null, "cell"],
    ]);
    expect(changes.rejected_ids).toEqual([]);
    history.undo();
    history.undo();
    expect(doc.ids).toEqual(["a"]);
  });

  test("a polygon is asked with its outline, a box with its sides, a tag not at all", () => {
    expect(alikeRequest(like.geometry)).toMatchObject({ box: { x0: 10 }, polygon: null });
    expect(alikeRequest({ type: "polygon", rings: [RING] })).toMatchObject({
      box: null,
      polygon: { rings: [RING] },
    });
    expect(alikeRequest({ type: "class" })).toBe(null);
  });
});
