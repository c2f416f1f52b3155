import { describe, expect, test } from "vitest";

import { Slicer, type SliceClock, type SliceJob } from "./slices";

/** A clock moved by hand: steps cost nothing while they run and `rasterMs` each when the task ends. */
function fakeClock(rasterMs: number): SliceClock & { runNext(): boolean; steps: number } {
  let time = 0;
  const waiting: (() => void)[] = [];
  const clock = {
    steps: 0,
    now: () => time,
    post: (task: () => void) => {
      waiting.push(task);
    },
    runNext(): boolean {
      const task = waiting.shift();
      if (task === undefined) return false;
      time += clock.steps * rasterMs;
      clock.steps = 0;
      task();
      return true;
    },
  };
  return clock;
}

function* job(clock: { steps: number }, count: number): SliceJob {
  for (let i = 0; i < count; i += 1) {
    clock.steps += 1;
    yield 1;
  }
}

describe("Slicer", () => {
  test("a small job is done at once", () => {
    const clock = fakeClock(0.04);
    let isDone = false;
    new Slicer(clock).start(job(clock, 50), { done: () => (isDone = true) });
    expect(isDone).toBe(true);
    expect(clock.runNext()).toBe(false);
  });

  test("a slice grows or shrinks until it takes the budget, raster included", () => {
    for (const rasterMs of [0.01, 0.04, 0.5]) {
      const clock = fakeClock(rasterMs);
      const slicer = new Slicer(clock);
      slicer.start(job(clock, 100_000), { done: () => undefined });
      for (let i = 0; i < 20; i += 1) clock.runNext();
      expect(slicer.costPerSlice * rasterMs).toBeGreaterThan(6);
      expect(slicer.costPerSlice * rasterMs).toBeLessThan(10);
    }
  });

  test("all steps are made, once each", () => {
    const clock = fakeClock(0);
    let made = 0;
    let isDone = false;
    const steps = (function* (): SliceJob {
      for (let i = 0; i < 1000; i += 1) {
        made += 1;
        yield 1;
      }
    })();
    new Slicer(clock).start(steps, { done: () => (isDone = true) });
    while (clock.runNext());
    expect({ made, isDone }).toEqual({ made: 1000, isDone: true });
  });

  test("pausing keeps the job, cancelling drops it", () => {
    const clock = fakeClock(0.04);
    const slicer = new Slicer(clock);
    let isDone = false;
    slicer.start(job(clock, 1000), { done: () => (isDone = true) });
    slicer.pause();
    while (clock.runNext());
    expect({ isDone, isBusy: slicer.isBusy }).toEqual({ isDone: false, isBusy: true });
    slicer.resume();
    while (clock.runNext());
    expect(isDone).toBe(true);

    isDone = false;
    slicer.start(job(clock, 1000), { done: () => (isDone = true) });
    slicer.cancel();
    while (clock.runNext());
    expect({ isDone, isBusy: slicer.isBusy }).toEqual({ isDone: false, isBusy: false });
  });
});
