import { describe, expect, it } from "vitest";

import { shareDone } from "./JobRow";

const NOW = Date.parse("2026-01-01T00:00:30Z");
const running = { state: "running" as const, progress: 0, started_at: "2026-01-01T00:00:00Z" };

describe("shareDone", () => {
  it("takes the job's own word first", () => {
    expect(shareDone({ ...running, progress: 0.4 }, 60, NOW)).toBe(0.4);
  });
  it("else counts the seconds used, and never says it is over", () => {
    expect(shareDone(running, 60, NOW)).toBe(0.5);
    expect(shareDone(running, 10, NOW)).toBe(0.97);
  });
  it("else does not know", () => {
    expect(shareDone(running, null, NOW)).toBeNull();
  });
  it("has not begun in the queue", () => {
    expect(shareDone({ ...running, state: "queued", started_at: null }, 60, NOW)).toBe(0);
  });
});
