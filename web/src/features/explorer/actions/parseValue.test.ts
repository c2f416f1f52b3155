import { expect, it } from "vitest";

import { parseValue } from "./parseValue";

it.each([
  ["night", "night"],
  [" 3 ", 3],
  ["-2.5e3", -2500],
  ["true", true],
  ["", null],
  ['"3"', "3"],
  ["1e999", "1e999"],
  ["2026-01-01", "2026-01-01"],
])("%s is %s", (written, value) => {
  expect(parseValue(written)).toBe(value);
});
