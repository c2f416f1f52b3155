import { describe, expect, it } from "vitest";

import { classCounts } from "./classCounts";

describe("classCounts", () => {
  it("counts each class's findings, the worst first", () => {
    const matrix = [
      [9, 1, 2],
      [3, 5, 0],
      [0, 4, 0],
    ];
    expect(classCounts({ labels: ["car", "dog"], matrix, has_nothing: true, score_threshold: 0.25 })).toEqual(
      [
        { label: "dog", correct: 5, confused: 3, missed: 0, spurious: 4 },
        { label: "car", correct: 9, confused: 1, missed: 2, spurious: 0 },
      ],
    );
  });
  it("knows no missed ones where every item has one class", () => {
    const matrix = [
      [9, 1],
      [0, 5],
    ];
    const [first] = classCounts({ labels: ["a", "b"], matrix, has_nothing: false, score_threshold: null });
    expect(first).toEqual({ label: "a", correct: 9, confused: 1, missed: 0, spurious: 0 });
  });
  it("does not count pixels as findings", () => {
    expect(
      classCounts({
        labels: ["a"],
        matrix: [
          [1, 2],
          [3, 0],
        ],
        has_nothing: true,
        score_threshold: null,
      }),
    ).toEqual([]);
  });
});
