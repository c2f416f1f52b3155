import { describe, expect, it } from "vitest";

import type { Annotation } from "@/api/schema.gen";

import { CHANGE_SOURCE, readForReview } from "./review";
import { annotation, FakeServer } from "./session/testing/fakeServer";

async function changes(options: {
  readonly truth: Annotation[];
  readonly predictions?: Annotation[];
  readonly before?: Annotation[];
}): Promise<Record<string, string>> {
  const content = await new FakeServer(1).as("per_a").read("item_0");
  const { shapes } = readForReview({
    ...content,
    annotations: options.truth,
    predictions: options.predictions ?? [],
    before: options.before ?? null,
  });
  return Object.fromEntries(shapes.map((shape) => [shape.id, shape.source.replace(CHANGE_SOURCE, "")]));
}

const moved = { type: "box", x0: 3, y0: 2, x1: 33, y1: 40 } as const;
const far = { type: "box", x0: 50, y0: 50, x1: 60, y1: 60 } as const;

describe("what a reviewer sees", () => {
  it("measured against the models: taken, moved, renamed, added and refused", async () => {
    const proposal = (id: string, geometry: Annotation["geometry"]): Annotation => ({
      ...annotation(id),
      geometry,
      layer: "prediction",
    });
    const at = (x: number): Annotation["geometry"] => ({ type: "box", x0: x, y0: 0, x1: x + 5, y1: 5 });
    const from = (id: string, more: Partial<Annotation>): Annotation => ({ ...annotation(id), ...more });
    expect(
      await changes({
        predictions: [
          proposal("p1", at(0)),
          proposal("p2", at(10)),
          proposal("p3", at(20)),
          proposal("p4", at(30)),
        ],
        truth: [
          from("a", { from_prediction: "p1", geometry: at(0) }),
          from("b", { from_prediction: "p2", geometry: moved }),
          from("c", { from_prediction: "p3", geometry: at(20), label: "bus" }),
          from("d", { geometry: far }),
        ],
      }),
    ).toEqual({ a: "same", b: "changed", c: "relabelled", d: "added", "removed p4": "removed" });
  });

  it("measured against the last review, by id", async () => {
    expect(
      await changes({
        before: [annotation("a"), { ...annotation("b"), geometry: far }],
        truth: [{ ...annotation("a"), geometry: moved }],
      }),
    ).toEqual({ a: "changed", "removed b": "removed" });
  });

  it("does not call it removed and added when it was drawn anew at the same place", async () => {
    expect(await changes({ before: [annotation("old")], truth: [annotation("new")] })).toEqual({
      new: "same",
    });
  });
});
