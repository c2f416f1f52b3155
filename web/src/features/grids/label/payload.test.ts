import { describe, expect, it } from "vitest";

import { bulkItem, readResults, restOf, unassigned } from "./payload";
import { classOf, lease, problem, tile } from "./testing";
import { draftedClass, makeTiles, proposalOf } from "./tile";

const options = { modelId: null, activeSeconds: 2 };
const draftOf = (item: ReturnType<typeof bulkItem>) => item.annotations?.[0];

describe("bulkItem", () => {
  it("accepts a proposal, so that its outcome counts", () => {
    const item = bulkItem(tile("a", { proposed: ["cat", 0.9] }), { ...options, chosen: "cat" });
    expect(item).toEqual({
      item_id: "a",
      lease_token: "token a",
      active_seconds: 2,
      base_revision: 7,
      annotations: [
        {
          id: null,
          label: "cat",
          geometry: { type: "class" },
          attributes: {},
          from_prediction: "prediction a",
        },
      ],
      removed_ids: [],
      rejected_ids: [],
    });
  });

  it("refuses the proposal when the class is another", () => {
    const item = bulkItem(tile("a", { proposed: ["cat", 0.9] }), { ...options, chosen: "dog" });
    expect([draftOf(item)?.from_prediction, item.rejected_ids]).toEqual([null, ["prediction a"]]);
  });

  it("changes the class that stands, and removes the others", () => {
    const standing = ["cat", "owl"].map((label) => ({ id: `ann ${label}`, label }));
    const item = bulkItem(tile("a", { standing }), { ...options, chosen: "dog" });
    expect([draftOf(item)?.id, item.removed_ids]).toEqual(["ann cat", ["ann owl"]]);
  });

  it("says nothing anew of a class that stands already", () => {
    const standing = ["cat", "owl"].map((label) => ({ id: `ann ${label}`, label }));
    const item = bulkItem(tile("a", { standing }), { ...options, chosen: "owl" });
    expect([item.annotations, item.removed_ids]).toEqual([[], ["ann cat"]]);
  });

  it("hands in what stands when nothing was chosen", () => {
    const item = bulkItem(tile("a", { standing: [{ id: "ann", label: "cat" }], proposed: ["dog", 0.5] }), {
      ...options,
      chosen: null,
    });
    expect([item.annotations, item.removed_ids, item.rejected_ids]).toEqual([[], [], []]);
  });

  it("takes shapes along that were drawn in the studio and not handed in", () => {
    const box = {
      label: "cat",
      geometry: { type: "box" as const, x0: 0, y0: 0, x1: 1, y1: 1 },
      attributes: {},
    };
    const draft = {
      annotations: [box, { label: "dog", geometry: { type: "class" as const }, attributes: {} }],
      removed_ids: ["old"],
      rejected_ids: ["refused"],
      base_revision: 3,
      version: 1,
      author_id: "per",
      saved_at: "2026-01-01T00:00:00Z",
    };
    const drawn = tile("a", { lease: lease("a", { draft }) });
    expect(draftedClass(drawn)).toBe("dog");
    const item = bulkItem(drawn, { ...options, chosen: "cat" });
    expect(item.annotations?.map(({ geometry }) => geometry.type)).toEqual(["box", "class"]);
    expect([item.base_revision, item.removed_ids, item.rejected_ids]).toEqual([3, ["old"], ["refused"]]);
  });
});

describe("readResults", () => {
  it("parts what is done from what can be tried again and what is lost", () => {
    const outcome = readResults([
      { item_id: "a", problem: null },
      { item_id: "b", problem: problem("lease_lost") },
      { item_id: "c", problem: problem("lease_lost", { is_elsewhere: true }) },
      { item_id: "d", problem: problem("stale_write") },
    ]);
    expect([outcome.done, outcome.lapsed, outcome.stale]).toEqual([["a"], ["b"], ["d"]]);
    expect([...outcome.refused].map(([id, { isLost }]) => [id, isLost])).toEqual([
      ["b", false],
      ["c", true],
      ["d", false],
    ]);
  });
});

describe("restOf", () => {
  const all = { choices: new Map<string, string>(), modelId: null };

  it("is nothing when all have a class, chosen or standing", () => {
    const tiles = [tile("a", { standing: [{ id: "x", label: "cat" }] }), tile("b")];
    expect(restOf(tiles, { ...all, choices: new Map([["b", "dog"]]) })).toEqual({ kind: "none" });
  });

  it("is one class when all the rest have the same proposal", () => {
    const tiles = [tile("a", { proposed: ["cat", 0.9] }), tile("b", { proposed: ["cat", 0.6] })];
    expect(restOf(tiles, all)).toEqual({ kind: "one", label: "cat", itemIds: ["a", "b"] });
  });

  it("is asked for when they differ, the most frequent first", () => {
    const tiles = [
      tile("a", { proposed: ["cat", 0.9] }),
      tile("b", { proposed: ["dog", 0.6] }),
      tile("c", { proposed: ["dog", 0.6] }),
      tile("d"),
    ];
    expect(restOf(tiles, all)).toEqual({
      kind: "ask",
      itemIds: ["a", "b", "c", "d"],
      labels: ["dog", "cat"],
      without: 1,
    });
  });

  it("is asked for when only some have a proposal", () => {
    expect(restOf([tile("a", { proposed: ["cat", 0.9] }), tile("b")], all).kind).toBe("ask");
  });
});

describe("makeTiles", () => {
  it("keeps the surest class of each model, and no shapes", () => {
    const predicted = { layer: "prediction", author_kind: "model", origin: "predicted" } as const;
    const [only] = makeTiles([lease("a")], {
      revision: 9,
      annotations: [
        classOf("a", "owl"),
        classOf("a", "cat", { ...predicted, author_id: "m1", confidence: 0.4 }),
        classOf("a", "dog", { ...predicted, author_id: "m1", confidence: 0.6 }),
        classOf("a", "cow", { ...predicted, author_id: "m2", confidence: 0.5 }),
        classOf("a", "box", { geometry: { type: "box", x0: 0, y0: 0, x1: 2, y1: 2 } }),
      ],
    });
    expect(only?.standing.map(({ label }) => label)).toEqual(["owl"]);
    expect(only?.proposals.map(({ label }) => label)).toEqual(["dog", "cow"]);
    expect(
      only === undefined ? null : [proposalOf(only, null)?.label, proposalOf(only, "m2")?.label],
    ).toEqual(["dog", "cow"]);
  });
});

describe("a yes or no", () => {
  it("hands in the answer with the revision that was looked at", () => {
    const asked = tile("a", { asked: "car" });
    const item = bulkItem(asked, { chosen: "No", modelId: null, activeSeconds: 2 });
    expect(item).toEqual({
      item_id: "a",
      lease_token: asked.lease.lease_token,
      active_seconds: 2,
      base_revision: 7,
      removed_ids: [],
      rejected_ids: [],
      answer: "no",
    });
    expect(bulkItem(asked, { chosen: "Yes", modelId: null, activeSeconds: 2 }).answer).toBe("yes");
  });

  it("is asked whatever stands or is proposed, and neither counts as an answer", () => {
    const read = {
      revision: 7,
      isAsking: true,
      annotations: [classOf("a", "car"), classOf("a", "bus", { layer: "prediction" })],
    };
    const [only] = makeTiles([lease("a")], read);
    expect(only).toMatchObject({ asked: "car, bus", standing: [], proposals: [] });
    if (only !== undefined) expect(unassigned([only], new Map())).toHaveLength(1);
  });
});
