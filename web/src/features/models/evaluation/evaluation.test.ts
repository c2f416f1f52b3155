import { describe, expect, it } from "vitest";

import { writeFinding } from "@/api/queryText";
import type { ClassRow, ThresholdRow } from "@/api/schema.gen";

import { findingOf, worstPairs } from "./confusion";
import { nearestRow } from "./costs";
import { sayAsked, sliceColor, sliceQuery } from "./slices";
import { nextSort, sortBy, sortClasses } from "./sorting";

const labels = ["cat", "dog"];

describe("findingOf", () => {
  it.each([
    [0, 0, { type: "correct", truth: "cat" }],
    [0, 1, { type: "confused", truth: "cat", predicted: "dog" }],
    [1, 2, { type: "missed", truth: "dog" }],
    [2, 0, { type: "spurious", predicted: "cat" }],
  ])("row %i, column %i", (row, column, finding) => {
    expect(findingOf({ labels }, { row, column })).toEqual(finding);
  });
  it("becomes a query that the explorer understands", () => {
    const text = writeFinding({ evaluationId: "evl_1", type: "confused", truth: "a b", predicted: "c|d" });
    expect(text).toBe('eval:evl_1 type:confused truth:"a b" predicted:"c|d"');
  });
});

describe("worstPairs", () => {
  it("names mistakes in words, most first, and leaves out what is right", () => {
    const matrix = [
      [9, 2, 1],
      [0, 5, 0],
      [4, 0, 0],
    ];
    expect(worstPairs({ labels, matrix }, 2).map((one) => [one.said, one.count])).toEqual([
      ["cat where nothing is", 4],
      ["cat taken for dog", 2],
    ]);
  });
});

describe("sorting", () => {
  const row = (label: string, metric: number | null): ClassRow => ({
    label,
    metric,
    n_truth: 1,
    n_predicted: 1,
  });
  const rows = [row("a", 0.5), row("b", null), row("c", 0.1)];
  it("puts what has no value last either way", () => {
    const names = (way: "ascending" | "descending") =>
      sortClasses(rows, { key: "metric", way }).map((one) => one.label);
    expect(names("ascending")).toEqual(["c", "a", "b"]);
    expect(names("descending")).toEqual(["a", "c", "b"]);
    expect(sortClasses(rows, null)).toBe(rows);
  });
  it("reads numbers in names", () => {
    expect(sortBy(["run 10", "run 9"], (one) => one, "ascending")).toEqual(["run 9", "run 10"]);
  });
  it("turns around, then lets go", () => {
    const once = nextSort(null, "metric");
    const twice = nextSort(once, "metric");
    expect([once?.way, twice?.way, nextSort(twice, "metric")]).toEqual(["ascending", "descending", null]);
    expect(nextSort(once, "label")).toEqual({ key: "label", way: "ascending" });
  });
});

describe("slices", () => {
  it("lead to their items", () => {
    const of = (field: string | null, value: string | number | boolean | null, query: string | null = null) =>
      sliceQuery({ field, value, query }, "evl_1");
    expect(of("metadata.camera", "north east")).toBe('metadata.camera:"north east" eval:evl_1');
    expect(of("metadata.frame", 3)).toBe("metadata.frame:3 eval:evl_1");
    expect(of("metadata.camera", null)).toBe("-has:metadata.camera eval:evl_1");
    expect(of(null, null, "width<64")).toBe("width<64 eval:evl_1");
  });
  it("are coloured only where chance does not explain the gap", () => {
    const color = (low: number, high: number, is_small = false) =>
      sliceColor({ delta_interval: { low, high, level: 0.95 }, is_small });
    expect([color(-0.2, -0.1), color(0.1, 0.2), color(-0.1, 0.1), color(-0.2, -0.1, true)]).toEqual([
      "red",
      "green",
      undefined,
      undefined,
    ]);
  });
  it("say what was asked", () => {
    expect([sayAsked("field:metadata.day"), sayAsked("query:width<64")]).toEqual([
      "by metadata.day",
      "width<64",
    ]);
  });
});

describe("nearestRow", () => {
  it("is the row of a threshold, however it was rounded", () => {
    const rows: ThresholdRow[] = [0.1, 0.5, 0.9].map((threshold) => ({
      threshold,
      precision: null,
      recall: null,
      f1: null,
      n_correct: 0,
      n_missed: 0,
      n_spurious: 0,
    }));
    expect(nearestRow(rows, 0.501)?.threshold).toBe(0.5);
    expect(nearestRow([], 0.5)).toBeNull();
  });
});
