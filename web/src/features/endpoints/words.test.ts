import { describe, expect, it } from "vitest";

import type { EndpointChange, EndpointPoint, PredictedAnnotation, ServingRole } from "@/api/schema.gen";
import { alignSeries } from "@/ui/charts/aligned";

import { goodShares } from "./feedback";
import { latencyLines, requestLines, stretchOf } from "./overview/traffic";
import { formatMs, formatRate, isEndpointName, predecessorOf, sayAnswer, sayRule, trafficOf } from "./words";

const NOW = Date.parse("2026-01-02T10:30:40Z");

function point(at: string, role: ServingRole, rest: Partial<EndpointPoint> = {}): EndpointPoint {
  const base = { model_id: role, requests: 10, errors: 0, dropped: 0, mean_ms: 5, p50_ms: 5, p99_ms: 9 };
  return { ...base, at, role, ...rest };
}

function change(model_id: string, previous_id: string | null, cause: string | null = null): EndpointChange {
  return { at: "2026-01-02T10:00:00Z", actor_id: "a", role: "champion", model_id, previous_id, cause };
}

function said(label: string, type: "class" | "box", confidence = 0.5): PredictedAnnotation {
  const geometry = type === "class" ? { type } : { type, x0: 0, y0: 0, x1: 1, y1: 1 };
  return { label, geometry, confidence };
}

describe("predecessorOf", () => {
  it("goes back through the champions, not back and forth", () => {
    const first = [change("a", null), change("b", "a"), change("c", "b")];
    expect(predecessorOf(first)).toBe("b");
    expect(predecessorOf([...first, change("b", "c", "rollback")])).toBe("a");
    expect(predecessorOf([...first, change("b", "c", "rollback"), change("a", "b", "rollback")])).toBeNull();
  });
  it("looks at champions only", () => {
    expect(predecessorOf([change("a", null), { ...change("c", "b"), role: "canary" }])).toBeNull();
  });
});

describe("trafficOf", () => {
  it("does not count a shadow's requests again, and takes the slowest of those who answer", () => {
    const totals = [
      point("2026-01-02T10:00:00Z", "champion", { requests: 90, errors: 2 }),
      point("2026-01-02T10:00:00Z", "canary", { requests: 30, p99_ms: 40 }),
      point("2026-01-02T10:00:00Z", "shadow", { requests: 120, errors: 7, p99_ms: 900 }),
    ];
    const found = trafficOf({ step_s: 60, points: [], totals, queue: 0 }, 60);
    expect(found).toEqual({ requests: 120, errors: 2, perMinute: 2, p99: 40 });
  });
  it("knows no latency without requests", () => {
    expect(trafficOf({ step_s: 60, points: [], totals: [], queue: 0 }, 60).p99).toBeNull();
  });
});

describe("requestLines", () => {
  const metrics = {
    step_s: 120,
    points: [point("2026-01-02T10:28:00Z", "champion", { errors: 4 })],
    totals: [point("2026-01-02T10:28:00Z", "champion")],
    queue: 0,
  };
  it("is zero where nobody asked, and counts by the minute whatever the step", () => {
    const stretch = stretchOf(metrics, 10, NOW);
    const [requests, errors] = requestLines(metrics, stretch);
    expect(requests?.points.map((one) => one.y)).toEqual([0, 0, 0, 0, 5, 0]);
    expect(errors?.points.map((one) => one.y)).toEqual([0, 0, 0, 0, 2, 0]);
  });
  it("has no line of errors where there was none", () => {
    const clean = { ...metrics, points: [] };
    expect(requestLines(clean, stretchOf(clean, 10, NOW)).map((one) => one.key)).toEqual(["champion"]);
  });
});

describe("latencyLines", () => {
  const [at, last] = ["2026-01-02T10:28:00Z", "2026-01-02T10:30:00Z"];
  it("reaches over the whole stretch and keeps what was measured in its last minute", () => {
    const points = [at, last].map((one) => point(one, "canary", { p50_ms: 3, p99_ms: 30 }));
    const metrics = { step_s: 60, points, totals: points, queue: 0 };
    const stretch = stretchOf(metrics, 10, NOW);
    const { xs, ys } = alignSeries(latencyLines(metrics, stretch));
    expect(xs).toEqual([stretch.start, stretch.end - 2, stretch.end]);
    expect(ys).toEqual([
      [null, 3, 3],
      [null, 30, 30],
    ]);
  });
});

describe("goodShares", () => {
  it("is the share among the newest, from the oldest on", () => {
    const listed = (["ok", "wrong", "ok", "correction"] as const).map((verdict, at) => ({
      verdict,
      at: new Date(NOW - at * 60_000).toISOString(),
    }));
    const found = goodShares(listed, 2);
    expect(found.map((one) => one.y)).toEqual([0, 0.5, 0.5, 0.5]);
    expect(found.map((one) => one.x)).toEqual([...found.map((one) => one.x)].sort((a, b) => a - b));
  });
});

describe("words", () => {
  it.each([
    [[], "nothing found"],
    [[said("cat", "class", 0.2), said("dog", "class", 0.8)], "dog"],
    [[said("car", "box"), said("bus", "box"), said("car", "box")], "2 car, 1 bus"],
  ])("say an answer", (annotations, words) => {
    expect(sayAnswer(annotations)).toBe(words);
  });
  it("say when a rule flags", () => {
    expect(sayRule({ kind: "confidence", below: 0.6, window: 50 })).toBe("under 0.6");
    expect(sayRule({ kind: "metric", below: 0.9, window: 50 })).toBe("under 0.9 over the last 50");
    expect(sayRule({ kind: "random", share: 0.02, window: 50 })).toBe("2.0 % of the requests");
  });
  it.each([
    [0, "0 ms"],
    [4.24, "4.2 ms"],
    [135.4, "135 ms"],
    [1800, "1.8 s"],
    [null, "–"],
  ])("format %s as a latency", (value, words) => {
    expect(formatMs(value)).toBe(words);
  });
  it("format a rate", () => {
    expect([0, 0.02, 1.66, 120.4].map(formatRate)).toEqual(["0", "< 0.1", "1.7", "120"]);
  });
  it.each([
    ["shelf-3", true],
    ["-shelf", false],
    ["Shelf", false],
    ["", false],
  ])("take %s as a name: %s", (name, isGood) => {
    expect(isEndpointName(name)).toBe(isGood);
  });
});
