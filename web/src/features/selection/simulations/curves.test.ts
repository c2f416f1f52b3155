import { expect, it } from "vitest";

import type { SimulatedCurve, SimulatedSaving } from "@/api/schema.gen";

import { bestSaving, budgetsOf, curveSeries, forecastText, judge, readCurve, savingText } from "./curves";

function curve(strategy: string, labels: number[]): SimulatedCurve {
  const mean = labels.map((_, at) => 0.5 + at / 10);
  return {
    strategy,
    labels,
    mean,
    low: mean.map((one) => one - 0.1),
    high: mean.map((one) => one + 0.1),
    runs: [],
  };
}

function saving(strategy: string, share: number, value: number | null): SimulatedSaving {
  return {
    strategy,
    at_share: share,
    metric: 0.9,
    n_strategy: 10,
    n_random: 20,
    saving: value,
    low: null,
    high: null,
  };
}

it("draws chance last, grey and dashed", () => {
  const series = curveSeries([curve("random", [10]), curve("auto", [10, 20])]);
  expect(series.map((one) => [one.key, one.isDashed])).toEqual([
    ["auto", false],
    ["random", true],
  ]);
  expect(series[0]?.points[1]).toEqual({ x: 20, y: 0.6, low: 0.5, high: 0.7 });
});

it("reads a table beside the picture", () => {
  const [a, b] = [curve("auto", [10, 40]), curve("random", [10, 20])];
  expect(budgetsOf([a, b])).toEqual([10, 20, 40]);
  expect(readCurve(a, 40)).toEqual({ mean: 0.6, low: 0.5, high: 0.7 });
  expect(readCurve(a, 20)).toBeNull();
});

it.each([
  [{ saving: 0.4, low: 0.2, high: 0.5 }, "saves", "40 % (20 % to 50 %)"],
  [{ saving: 0.1, low: -0.2, high: 0.5 }, "not told apart", "10 % (-20 % to 50 %)"],
  [{ saving: -0.3, low: -0.5, high: -0.1 }, "costs more", "-30 % (-50 % to -10 %)"],
  [{ saving: null, low: null, high: null }, "never reached", "none"],
  [{ saving: 0.2, low: null, high: null }, "not told apart", "20 %"],
] as const)("%j is told as: %s", (given, word, text) => {
  expect(judge(given).text).toBe(word);
  expect(savingText(given)).toBe(text);
});

it("says what a target costs", () => {
  const forecast = {
    strategy: "auto",
    target: 0.9,
    labels: 1234.4,
    low: 1000,
    high: 1500,
    seconds: 7200,
    is_extrapolated: true,
    message: "",
  };
  expect(forecastText(forecast)).toBe("1,234 labels (1,000 to 1,500), 2 h of work");
  expect(forecastText({ ...forecast, labels: null })).toBe("not within reach");
});

it("names the best strategy at the highest share reached", () => {
  const savings = [
    saving("auto", 0.9, 0.5),
    saving("auto", 0.95, 0.3),
    saving("margin", 0.95, 0.35),
    saving("x", 1, null),
  ];
  expect(bestSaving({ savings })?.strategy).toBe("margin");
  expect(bestSaving({ savings: [saving("x", 1, null)] })).toBeNull();
});
