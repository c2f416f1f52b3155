import { expect, test } from "vitest";

import { reportOf } from "@/api/queries/converting";

import { convertWords, refusedWords } from "./convertWords";

const REPORT = {
  dataset_id: "dst_1",
  is_dry_run: true,
  revision: null,
  n_items: 3,
  n_converted: 12,
  n_unchanged: 4,
  n_refused: 1,
  refused: { "a line has no area": 1, "the box is empty": 3 },
  examples: [],
  worst_iou: 0.934,
};

test("a report says what becomes of how many, and what it costs", () => {
  expect(convertWords(REPORT)).toBe(
    "Would convert 12 shapes on 3 items; 4 stay as they are, 1 cannot be converted. " +
      "The least overlap of a new shape with the old is 0.93.",
  );
  const one = {
    ...REPORT,
    is_dry_run: false,
    n_items: 1,
    n_converted: 1,
    n_unchanged: 0,
    n_refused: 0,
    worst_iou: null,
  };
  expect(convertWords(one)).toBe("Converted 1 shape on 1 item.");
  expect(convertWords({ ...one, n_converted: 0 })).toBe("There are no shapes here.");
  expect(refusedWords(REPORT)).toEqual(["3: the box is empty", "1: a line has no area"]);
});

test("a job's result is a report or nothing", () => {
  expect(reportOf({ result: { report: { n_converted: 1 } } })).toBe(null);
  expect(reportOf({ result: { report: REPORT } })?.n_converted).toBe(12);
  expect(reportOf({ result: undefined })).toBe(null);
});
