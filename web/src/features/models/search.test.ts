import { describe, expect, it } from "vitest";

import { readSearch } from "./search";

describe("readSearch", () => {
  it("lists what was tried and names the winner", () => {
    const trials = [
      {
        number: 0,
        architecture: "builtin:linear",
        params: { features: "hog" },
        state: "done",
        score: 0.7,
        seconds: 2,
      },
      { number: 1, architecture: "builtin:linear", params: {}, state: "pruned", score: 0.4, seconds: 1 },
      { number: 2, architecture: "builtin:linear", params: {}, state: "failed", score: null, error: "no" },
    ];
    const search = readSearch({ search: { metric: "accuracy", best: 0, trials } });
    expect([search?.metric, search?.best]).toEqual(["accuracy", 0]);
    expect(search?.trials.map((one) => [one.at, one.params, one.score, one.state, one.error])).toEqual([
      [0, "features hog", 0.7, "done", ""],
      [1, "", 0.4, "ended early", ""],
      [2, "", null, "failed", "no"],
    ]);
  });
  it("is none for a model that was trained directly", () => {
    expect(readSearch({ accuracy: 0.9 })).toBeNull();
    expect(readSearch({ search: "yes" })).toBeNull();
  });
});
