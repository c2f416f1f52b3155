import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ActiveClock, IDLE_MS } from "./activeClock";

function at(): { now: number; clock: ActiveClock } {
  const time = { now: 0 };
  return Object.assign(time, { clock: new ActiveClock(() => time.now) });
}

describe("active seconds", () => {
  it("count the time between signs of life", () => {
    const bench = at();
    for (bench.now = 0; bench.now <= 10_000; bench.now += 500) bench.clock.touch();
    expect(bench.clock.take()).toBeCloseTo(10.5, 0);
  });

  it("leave out a long silence", () => {
    const bench = at();
    bench.clock.touch();
    bench.now = IDLE_MS + 1;
    bench.clock.touch();
    bench.now += 2000;
    bench.clock.touch();
    expect(bench.clock.take()).toBe(2);
  });

  it("stop while the page is hidden", () => {
    const bench = at();
    bench.clock.touch();
    bench.now = 3000;
    bench.clock.pause();
    bench.now = 30_000;
    bench.clock.touch();
    expect(bench.clock.take()).toBe(3);
  });

  it("are told once, and told again when the telling failed", () => {
    const bench = at();
    bench.clock.touch();
    bench.now = 4000;
    const seconds = bench.clock.take();
    expect([seconds, bench.clock.take()]).toEqual([4, 0]);
    bench.clock.giveBack(seconds);
    expect(bench.clock.take()).toBe(4);
  });

  it("are never more than the time that went by", () => {
    const steps = fc.array(fc.tuple(fc.constantFrom("touch", "pause", "take"), fc.nat(90_000)));
    fc.assert(
      fc.property(steps, (list) => {
        const bench = at();
        let told = 0;
        for (const [what, wait] of list) {
          if (what === "touch") bench.clock.touch();
          else if (what === "pause") bench.clock.pause();
          else told += bench.clock.take();
          bench.now += wait;
        }
        told += bench.clock.take();
        expect(told).toBeLessThanOrEqual(bench.now / 1000 + 1e-6);
      }),
    );
  });
});
