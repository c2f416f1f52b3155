import { describe, expect, it } from "vitest";

import { begin, countChanged, draftOf, FIRST, randomWarning, readExamples, whyNot } from "./form";

describe("draftOf", () => {
  it("is ready as it stands: a first user changes one number", () => {
    expect(draftOf({ ...FIRST, count: 40 })).toEqual({
      name: null,
      strategy: "auto",
      params: {},
      budget: { count: 40 },
      quotas: [],
      filter: null,
      pool: "unlabelled",
      space: null,
      model: null,
      random_share: 0.1,
      examples: null,
      target: null,
      without_duplicates: true,
      without_bad: false,
      seed: 0,
    });
  });

  it("asks for one budget only, in the unit chosen", () => {
    expect(draftOf({ ...FIRST, unit: "bytes", megabytes: 2.5 })?.budget).toEqual({ bytes: 2_500_000 });
    expect(draftOf({ ...FIRST, unit: "seconds", hours: 2, secondsPerItem: 12 })?.budget).toEqual({
      seconds: 7200,
      seconds_per_item: 12,
    });
  });

  it("writes limits as a number or as a share", () => {
    const quotas = [
      { field: " metadata.camera ", kind: "most", amount: 20.4 },
      { field: "day", kind: "share", amount: 150 },
    ] as const;
    expect(draftOf({ ...FIRST, quotas })?.quotas).toEqual([
      { field: "metadata.camera", most: 20 },
      { field: "day", share: 1 },
    ]);
  });

  it("gives wished shares to the strategy that takes them, and to no other", () => {
    const target = [
      { label: "cat", percent: 30 },
      { label: "dog", percent: null },
    ];
    expect(draftOf({ ...FIRST, target, strategy: "class_balance" })?.target).toEqual({ cat: 0.3 });
    expect(draftOf({ ...FIRST, target })?.target).toBeNull();
  });

  it("trims the filter and the name", () => {
    const draft = draftOf({ ...FIRST, q: "  folder:a ", name: " first " });
    expect([draft?.filter, draft?.name]).toEqual(["folder:a", "first"]);
  });
});

describe("whyNot", () => {
  it.each([
    [{ count: null }, "Say how many first."],
    [{ count: 0 }, "Say how many first."],
    [{ unit: "seconds", hours: -1 }, "Say how many first."],
    [{ strategy: "similarity" }, "Give examples to look alike, below Advanced."],
    [{ quotas: [{ field: "", kind: "most", amount: 3 }] }, "A limit names a field and a number."],
    [{ quotas: [{ field: "day", kind: "most", amount: null }] }, "A limit names a field and a number."],
  ] as const)("%j: %s", (changes, said) => {
    expect(whyNot({ ...FIRST, ...changes })).toBe(said);
    expect(draftOf({ ...FIRST, ...changes })).toBeNull();
  });
});

it("finds the ids of examples in whatever was pasted, each once", () => {
  expect(readExamples("itm_a1, itm_b2\nhttp://x/items/itm_a1?x")).toEqual(["itm_a1", "itm_b2"]);
});

it("counts what was changed below Advanced", () => {
  expect(countChanged(FIRST)).toBe(0);
  expect(countChanged({ ...FIRST, count: 3, strategy: "random" })).toBe(0);
  expect(countChanged({ ...FIRST, seed: 3, examples: "itm_a" })).toBe(2);
});

it("begins with what a link brings", () => {
  expect(begin({ q: "folder:a", like: "" })).toEqual({ ...FIRST, q: "folder:a" });
  const form = begin({ q: "", like: "itm_a,itm_b" });
  expect([form.strategy, draftOf(form)?.examples]).toEqual(["similarity", ["itm_a", "itm_b"]]);
});

it("says when too few are drawn by chance for a proof", () => {
  expect(randomWarning(FIRST, 500)).toBeNull();
  expect(randomWarning(FIRST, 0)).toBeNull();
  expect(randomWarning({ ...FIRST, strategy: "random" }, 10)).toBeNull();
  expect(randomWarning(FIRST, 60)).toBe(
    "6 drawn by chance are too few to prove what it saves: 20 are needed. " +
      "Draw 35 % by chance (Advanced), or choose more; later selections add theirs.",
  );
  expect(randomWarning(FIRST, 30)).toBe(
    "3 drawn by chance are too few to prove what it saves: 20 are needed. Choose more; later selections add theirs.",
  );
  expect(randomWarning({ ...FIRST, randomPercent: 0 }, 500)).toBe(
    "None is drawn by chance, so nobody can ever measure what this choice saved.",
  );
});
