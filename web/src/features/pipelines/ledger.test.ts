import { expect, it } from "vitest";

import { busyRows, perObject, sumWords } from "./ledger";

const row = { n_items: 0, n_objects: 0, human_seconds: 0, machine_seconds: 0 };

it("divides seconds only where there is something to divide", () => {
  expect(perObject({ ...row, human_seconds: 12, n_objects: 4 })).toBe(3);
  expect(perObject({ ...row, human_seconds: 12 })).toBeNull();
  expect(perObject({ ...row, n_objects: 4, machine_seconds: 9 })).toBeNull();
});

it("leaves out steps that did nothing", () => {
  expect(busyRows([row, { ...row, n_items: 1 }, { ...row, machine_seconds: 0.1 }]).length).toBe(2);
});

it("says what came out, and promises nothing before", () => {
  const ledger = {
    pipeline_id: "pip_1",
    rows: [],
    n_items: 1,
    n_objects: 0,
    n_missed: 0,
    human_seconds: 0,
    machine_seconds: 0,
    human_seconds_per_object: null,
  };
  expect(sumWords(ledger)).toBe("Nothing has come out as ground truth yet.");
  expect(sumWords({ ...ledger, human_seconds: 3 })).toContain("People have worked");
  expect(sumWords({ ...ledger, n_objects: 25, n_missed: 2 })).toContain("added 2");
  expect(sumWords({ ...ledger, n_objects: 1 })).toBe("1 object on 1 image came out as ground truth.");
});
