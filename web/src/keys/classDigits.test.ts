import { expect, it } from "vitest";

import { classDigits } from "./classDigits";

it("gives the first nine classes the digits in order", () => {
  const names = Array.from({ length: 11 }, (_, at) => `class ${String(at)}`);
  expect(classDigits(names)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, null, null]);
});

it("gives a class that is called like a digit its own key, wherever it stands", () => {
  const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
  expect(classDigits(digits)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(classDigits(["cat", "1", "dog", "12"])).toEqual([null, 1, 3, 4]);
});
