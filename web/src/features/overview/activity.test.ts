import { describe, expect, it } from "vitest";

import type { Event } from "@/api/schema.gen";

import { tellEvent } from "./activity";

const names = {
  names: new Map([
    ["mdl_1", "first"],
    ["mdl_2", "second"],
    ["pip_1", "loop"],
    ["tsk_1", "label"],
  ]),
};
const event = (kind: string, subject_id: string, payload: Record<string, unknown>): Event => ({
  id: "1",
  kind,
  subject_id,
  payload,
  actor_id: "per_1",
  cause: null,
  at: "2026-01-01T00:00:00Z",
});

describe("tellEvent", () => {
  it.each([
    [
      "comparison.decided",
      "cmp_1",
      { decision: "promote", challenger_id: "mdl_2", champion_id: "mdl_1" },
      "second beat first and was promoted",
    ],
    [
      "comparison.decided",
      "cmp_1",
      { decision: "promote", challenger_id: "mdl_1", champion_id: null },
      "first is the first champion",
    ],
    [
      "comparison.decided",
      "cmp_1",
      { decision: "tie", challenger_id: "mdl_2", champion_id: "mdl_1" },
      "second tied with first",
    ],
    ["model.trained", "mdl_1", { name: "first", n_items: 1200 }, "first was trained on 1,200 items"],
    ["variable.changed", "pip_1", { name: "champion", value: "mdl_2" }, "champion of loop is now second"],
    ["task.changed", "tsk_1", { added: 1 }, "1 item came to label"],
    ["round.closed", "run_1", { selected: 40 }, "A round of a pipeline is over: 40 images went through"],
    ["pipeline.notified", "mdl_1", { message: "The champion stays." }, "The champion stays."],
  ])("%s of %s", (...[kind, subject, payload, text]) => {
    expect(tellEvent(event(kind, subject, payload), names)?.text).toBe(text);
  });
  it("shows how much a notice matters and where it leads", () => {
    const notice = (payload: Record<string, string>) =>
      tellEvent(event("pipeline.notified", "mdl_1", { message: "Look.", ...payload }), names);
    expect(notice({ level: "warning", link: "/p/prj_1/tasks" })).toEqual({
      text: "Look.",
      tone: "warn",
      link: null,
      href: "/p/prj_1/tasks",
    });
    expect(notice({ level: "error", link: "https://example.org/x" })?.href).toBe("https://example.org/x");
    for (const link of ["javascript:alert(1)", "//evil.example", "/\\evil.example", "p/x"]) {
      expect(notice({ link })?.href).toBeUndefined();
    }
  });
  it("is silent about what people need not know", () => {
    expect(tellEvent(event("task.changed", "tsk_1", {}), names)).toBeNull();
    expect(tellEvent(event("something.new", "x", {}), names)).toBeNull();
  });
});
