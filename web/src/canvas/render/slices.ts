/**
 * Long drawing cut into short pieces, so that the page answers in between.
 *
 * Time spent in drawing calls says little: a canvas writes them down and rasters them when the task ends, seven times
 * as long as the calls took. What counts is the time until the next task can start, so the number of steps in a slice
 * is set from that, not from a clock read inside the slice.
 */

export interface SliceClock {
  now(): number;
  /** Run `task` in a task of its own, after those already waiting. */
  post(task: () => void): void;
}

/** One job is a generator: each `yield` is a step and gives its cost, 1 for a usual shape. */
export type SliceJob = Generator<number, void, void>;

/** What a slice should take, raster included, in milliseconds. */
export const SLICE_BUDGET_MS = 8;

const FIRST_COST_PER_SLICE = 96;
const LEAST_COST = 8;
const MOST_COST = 4096;

export class Slicer {
  /** What a slice should take now; less while the page has frames to show. */
  budgetMs = SLICE_BUDGET_MS;
  #job: { readonly steps: SliceJob; readonly done: () => void } | null = null;
  #costPerSlice = FIRST_COST_PER_SLICE;
  #isPosted = false;
  #isPaused = false;
  #startedAt: number | null = null;
  #spentCost = 0;

  constructor(private readonly clock: SliceClock) {}

  get isBusy(): boolean {
    return this.#job !== null;
  }

  /** Cost that one slice may have now. */
  get costPerSlice(): number {
    return this.#costPerSlice;
  }

  /** Drop the present job and begin another; its first slice runs at once unless `isLater`, `done` after the last. */
  start(steps: SliceJob, options: { readonly done: () => void; readonly isLater?: boolean }): void {
    this.#job = { steps, done: options.done };
    if (this.#isPaused) return;
    if (options.isLater === true) this.#postNext();
    else this.#runSlice();
  }

  cancel(): void {
    this.#job = null;
    this.#startedAt = null;
  }

  /** Stop making steps until `resume`; the job is kept. */
  pause(): void {
    this.#isPaused = true;
    this.#startedAt = null;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#job !== null) this.#postNext();
  }

  #postNext(): void {
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.clock.post(() => {
      this.#isPosted = false;
      if (this.#isPaused || this.#job === null) return;
      this.#learn();
      this.#runSlice();
    });
  }

  #runSlice(): void {
    const job = this.#job;
    if (job === null) return;
    this.#startedAt = this.clock.now();
    this.#spentCost = 0;
    const most = (this.#costPerSlice * this.budgetMs) / SLICE_BUDGET_MS;
    while (this.#spentCost < most) {
      const step = job.steps.next();
      if (step.done === true) {
        this.#job = null;
        this.#startedAt = null;
        job.done();
        return;
      }
      this.#spentCost += step.value;
      if (this.clock.now() - this.#startedAt > this.budgetMs) break;
    }
    this.#postNext();
  }

  /** Move the slice's size halfway towards what would have taken the budget. */
  #learn(): void {
    if (this.#startedAt === null || this.#spentCost === 0) return;
    const took = Math.max(0.1, this.clock.now() - this.#startedAt);
    const fitting = (this.#spentCost * SLICE_BUDGET_MS) / took;
    const next = (this.#costPerSlice + Math.min(fitting, this.#costPerSlice * 3)) / 2;
    this.#costPerSlice = Math.min(MOST_COST, Math.max(LEAST_COST, next));
  }
}

/** The browser's clock: tasks go through a message channel, which is not held back as timers are. */
export function browserSliceClock(): SliceClock {
  const channel = new MessageChannel();
  const waiting: (() => void)[] = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  return {
    now: () => performance.now(),
    post(task) {
      waiting.push(task);
      channel.port2.postMessage(null);
    },
  };
}
