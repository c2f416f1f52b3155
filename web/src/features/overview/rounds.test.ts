import { describe, expect, it } from "vitest";

import { roundSeries, savingTone, saySaving, type Round } from "./rounds";

const round = (labels: number, changes: Partial<Round> = {}): Round => ({
  at: "2026-01-01T00:00:00Z",
  labels,
  metric_name: "accuracy",
  challenger: 0.8,
  champion: null,
  best: 0.8,
  decision: "promote",
  model_id: "mdl",
  comparison_id: "cmp",
  arm: "truth",
  is_control: false,
  ...changes,
});

describe("roundSeries", () => {
  it("draws champion, challenger and the control arm", () => {
    const series = roundSeries([
      round(80, { challenger: 0.85, best: 0.8, decision: "tie" }),
      round(40),
      round(40, { arm: "random", is_control: true, best: 0.6 }),
    ]);
    expect(series.map((one) => [one.name, one.isDashed === true])).toEqual([
      ["Champion", false],
      ["Challenger", false],
      ["Chosen at random", true],
    ]);
    expect(series[0]!.points).toEqual([
      { x: 40, y: 0.8 },
      { x: 80, y: 0.8 },
    ]);
    expect(series[1]!.points[1]).toEqual({ x: 80, y: 0.85, note: "tie", isStrong: false });
  });
  it("names arms when there are several", () => {
    expect(roundSeries([round(40), round(40, { arm: "other" })]).map((one) => one.name)).toEqual([
      "Champion, truth",
      "Challenger, truth",
      "Champion, other",
      "Challenger, other",
    ]);
  });
});

describe("labels saved", () => {
  it.each([
    [{ low: -0.04, high: 0.64, unproven: true }, "unproven", "may be chance"],
    [{ low: 0.1, high: 0.5, unproven: false }, "proven", "interval 10 % to 50 %"],
    [{ low: 0.1, high: 0.5, unproven: true }, "unproven", "too few rounds"],
    [{ low: -0.5, high: -0.1, unproven: false }, "costs labels", "random does better"],
  ])("%j is %s", (saving, word, phrase) => {
    expect(savingTone(saving).word).toBe(word);
    expect(saySaving(saving)).toContain(phrase);
  });
});
