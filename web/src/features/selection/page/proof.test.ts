import { expect, it } from "vitest";

import type { SelectionProof } from "@/api/schema.gen";

import { armsOf, gainWords, savingWords } from "./proof";

const NOTHING: SelectionProof = {
  status: "waiting",
  message: "",
  n_chosen: 0,
  n_random: 0,
  n_test: 0,
  advice: "",
  is_pending: false,
};

it("says a saving with its interval, and when it is not proven", () => {
  expect(savingWords(NOTHING)).toBeNull();
  expect(savingWords({ ...NOTHING, saving: 0.42, low: 0.21, high: 0.55 })).toBe(
    "42 % of the labels saved against chance (95 % between 21 % and 55 %).",
  );
  expect(savingWords({ ...NOTHING, saving: 0.1, low: -0.2, high: 0.4 })).toBe(
    "10 % of the labels saved against chance (95 % between -20 % and 40 %). The interval reaches zero: it is not proven yet.",
  );
  expect(savingWords({ ...NOTHING, saving: -0.1 })).toBe(
    "Chance did better here: 10 % more labels were needed.",
  );
});

it("says what the next hundred labels promise", () => {
  expect(gainWords({ ...NOTHING, next_hundred: 0.0123, metric_name: "accuracy" })).toBe(
    "100 more labels promise about +0.012 accuracy.",
  );
  expect(gainWords({ ...NOTHING, next_hundred: 0.0001 })).toBe(
    "100 more labels promise next to nothing for the metric.",
  );
  expect(gainWords(NOTHING)).toBeNull();
});

it("draws the arms that have points", () => {
  const arms = armsOf({
    chosen: [
      [10, 0.5],
      [20, 0.7],
    ],
    random: [],
  });
  expect(arms.map((one) => [one.name, one.points])).toEqual([
    [
      "chosen",
      [
        { x: 10, y: 0.5 },
        { x: 20, y: 0.7 },
      ],
    ],
  ]);
});
