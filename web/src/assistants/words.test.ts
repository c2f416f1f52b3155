import { describe, expect, it } from "vitest";

import type { AssistantRound } from "@/api/schema.gen";

import { acceptance, acceptancePoints, pointAt, precisionWords, shortWords, stateWords } from "./words";

function round(number: number, rest: Partial<AssistantRound> = {}): AssistantRound {
  return {
    round: number,
    model_id: `mdl_${String(number)}`,
    n_items: 10 * number,
    n_objects: 30,
    n_proposed: 5,
    seconds: 4,
    metrics: {},
    accepted: 0,
    edited: 0,
    rejected: 0,
    created_at: "2026-01-01T00:00:00Z",
    ...rest,
  };
}

const waiting = {
  status: "waiting",
  kind: "box",
  n_finished: 6,
  n_needed: 10,
  rounds: [],
  error: null,
} as const;

describe("what is said of an assistant", () => {
  it("counts to the first suggestions, and never beyond", () => {
    expect(stateWords({ ...waiting, rounds: [] })).toBe("6 of 10 images to the first suggestions");
    expect(shortWords({ ...waiting, rounds: [], n_finished: 12 })).toBe(
      "10 of 10 images to the first suggestions",
    );
  });

  it("gives the reason of a failure as it is", () => {
    expect(stateWords({ ...waiting, rounds: [], status: "failed", error: "It does not learn this." })).toBe(
      "It does not learn this.",
    );
    expect(stateWords({ ...waiting, rounds: [], status: "failed" })).toBe("Its training failed.");
  });

  it("tells the acceptance of the newest round once there is one", () => {
    const rounds = [round(1, { accepted: 1 }), round(2, { accepted: 6, edited: 2, rejected: 2 })];
    expect(shortWords({ ...waiting, status: "ready", rounds })).toBe("80 % of its suggestions taken");
    expect(shortWords({ ...waiting, status: "ready", rounds: [round(1)] })).toBe("suggesting");
  });
});

it("counts mended suggestions as taken, and says nothing of none", () => {
  expect(acceptance({ accepted: 1, edited: 1, rejected: 2 })).toBe(0.5);
  expect(acceptance({ accepted: 0, edited: 0, rejected: 0 })).toBeNull();
  expect(acceptancePoints([round(1), round(2, { accepted: 3 })]).map(({ x, y }) => [x, y])).toEqual([
    [1, null],
    [2, 1],
  ]);
});

describe("the rest", () => {
  const at = (threshold: number) => ({ threshold, n_items: 1, n_objects: 2, precision: null, n_decided: 0 });

  it("is read at the threshold or the next surer one", () => {
    const preview = { n_items: 9, n_looked_at: 9, points: [at(0.5), at(0.3), at(0.9)] };
    expect(pointAt(preview, 0.3)?.threshold).toBe(0.3);
    expect(pointAt(preview, 0.35)?.threshold).toBe(0.5);
    expect(pointAt(preview, 0.99)?.threshold).toBe(0.9);
    expect(pointAt({ ...preview, points: [] }, 0.5)).toBeNull();
  });

  it("promises nothing where too little was decided", () => {
    expect(precisionWords({ precision: null, n_decided: 0 })).toContain("not known");
    expect(precisionWords({ precision: null, n_decided: 7 })).toContain("Only 7");
    expect(precisionWords({ precision: 0.876, n_decided: 50 })).toContain("About 88 %");
    expect(precisionWords({ precision: 0.876, n_decided: 50 })).toContain("of 50");
  });
});
