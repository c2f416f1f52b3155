import { describe, expect, it } from "vitest";

import type { Delivery } from "@/api/schema.gen";

import { readable, tellDelivery, tellTries } from "./words";

const NOW = Date.parse("2026-01-31T08:00:00Z");

function call(fields: Partial<Delivery>): Delivery {
  return {
    id: "dlv_1",
    pipeline_id: "pip_1",
    node: "tell",
    ref: "itm_1",
    url: "https://hooks.example.org/",
    body: "{}",
    state: "waiting",
    attempts: 0,
    status_code: null,
    response: null,
    error: null,
    created_at: "2026-01-31T08:00:00Z",
    tried_at: null,
    next_at: "2026-01-31T08:00:00Z",
    ...fields,
  };
}

describe("tellDelivery", () => {
  it.each([
    [call({}), "not called yet"],
    [call({ state: "delivered", attempts: 1, status_code: 204 }), "answered 204"],
    [
      call({ attempts: 1, status_code: 500, error: "the receiver answered 500" }),
      "the receiver answered 500",
    ],
    [call({ state: "failed", attempts: 1, error: "hook is at 10.0.0.1" }), "hook is at 10.0.0.1"],
  ])("says what came of it", (delivery, told) => {
    expect(tellDelivery(delivery)).toBe(told);
  });
});

describe("tellTries", () => {
  it.each([
    [call({ attempts: 0 }), "0 tries"],
    [call({ attempts: 1, next_at: "2026-01-31T08:00:10Z" }), "1 try, again at once"],
    [call({ attempts: 3, next_at: "2026-01-31T08:05:00Z" }), "3 tries, again in 5 min"],
    [call({ attempts: 6, next_at: "2026-01-31T14:00:00Z" }), "6 tries, again in 6 h"],
    [call({ attempts: 8, state: "failed", next_at: null }), "8 tries"],
    [call({ attempts: 1, state: "delivered", next_at: null }), "1 try"],
  ])("says when it is called again", (delivery, told) => {
    expect(tellTries(delivery, NOW)).toBe(told);
  });
});

describe("readable", () => {
  it("indents JSON and leaves the rest", () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable("{a")).toBe("{a");
  });
});
