import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiProblem } from "@/api/client";

import { DraftSync, LONGEST_MS, retryPause, SETTLE_MS, SIGN_IN_MS, type SaveState } from "./draftSync";
import { AWAY, SIGNED_OUT } from "./testing/fakeServer";

let sends: boolean[];
let states: string[];
let answer: () => Promise<void>;
let sync: DraftSync;

beforeEach(() => {
  vi.useFakeTimers();
  sends = [];
  states = [];
  answer = () => Promise.resolve();
  const onState = (state: SaveState) => states.push(state.kind);
  sync = new DraftSync({
    send: ({ isLeaving }) => {
      sends.push(isLeaving);
      return answer();
    },
    onState,
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const no = (problem: ApiProblem) => () => Promise.reject(problem);

describe("saving", () => {
  it("waits for more, sends once, and says so", async () => {
    sync.touch();
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect([sends.length, sync.state.kind]).toEqual([1, "saved"]);
  });

  it("never waits longer than a second, however busy the hands are", async () => {
    for (let t = 0; t < LONGEST_MS; t += 100) {
      sync.touch();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(sends.length).toBe(1);
  });

  it("sends again what changed while it was sending", async () => {
    let done: () => void = () => undefined;
    answer = () => new Promise((resolve) => (done = resolve));
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    sync.touch();
    answer = () => Promise.resolve();
    done();
    await vi.advanceTimersByTimeAsync(2 * SETTLE_MS);
    expect([sends.length, sync.isDirty]).toEqual([2, false]);
  });

  it("goes at once when the page is left, and says that it is leaving", async () => {
    sync.touch();
    await sync.flush({ isLeaving: true });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sends).toEqual([true]);
  });

  it("has nothing to send when nothing changed", async () => {
    await sync.flush();
    expect(sends).toEqual([]);
  });
});

describe("a server that is away", () => {
  it("is tried again with growing pauses until it answers", async () => {
    answer = no(AWAY);
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(sync.state).toMatchObject({ kind: "waiting", problem: AWAY });
    await vi.advanceTimersByTimeAsync(1000 + 2000);
    expect(sends.length).toBe(3);
    answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(4000);
    expect([sends.length, sync.state.kind]).toEqual([4, "saved"]);
  });

  it("is tried at once when the line is back", async () => {
    answer = no(AWAY);
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    answer = () => Promise.resolve();
    sync.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(sync.state.kind).toBe("saved");
  });

  it("is not asked more often because of further work", async () => {
    answer = no(AWAY);
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    for (let i = 0; i < 20; i += 1) sync.touch();
    await vi.advanceTimersByTimeAsync(900);
    expect(sends.length).toBe(1);
  });

  it("is never waited for longer than half a minute", () => {
    expect([0, 1, 4, 5, 40].map(retryPause)).toEqual([1000, 2000, 16_000, 30_000, 30_000]);
  });
});

describe("a no", () => {
  const refused = new ApiProblem({ status: 409, code: "stale_write", detail: "stale" });

  it("stops sending until somebody decides; work goes on", async () => {
    answer = no(refused);
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    sync.touch();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sends.length, sync.state]).toMatchObject([1, { kind: "refused", refusal: { kind: "stale" } }]);
    answer = () => Promise.resolve();
    await sync.retry();
    expect([sends.length, sync.state.kind, sync.isDirty]).toEqual([2, "saved", false]);
  });

  it("for want of a session looks every few seconds whether there is one again", async () => {
    answer = no(SIGNED_OUT);
    sync.touch();
    await vi.advanceTimersByTimeAsync(SETTLE_MS);
    expect(sync.state).toMatchObject({ kind: "refused", refusal: { kind: "signed_out" } });
    answer = () => Promise.resolve();
    await vi.advanceTimersByTimeAsync(SIGN_IN_MS);
    expect(sync.state.kind).toBe("saved");
  });
});

describe("another way to the server", () => {
  it("settles what it carried, and no more", async () => {
    sync.touch();
    await sync.pause();
    const mark = sync.mark();
    sync.touch();
    sync.settle(mark);
    expect(sync.isDirty).toBe(true);
    sync.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect([sends.length, sync.isDirty]).toEqual([1, false]);
  });
});
