/** Packs, times, the frame store, the player and carrying tracks on: without a page. */
import { describe, expect, it } from "vitest";

import { personKeyframe } from "@/canvas/tracks/edit";
import type { FrameShape, Keyframe } from "@/canvas/types";

import { carryTracks, legsOf, type CarryParts, type CarryRequest, type CarrySettings } from "./carry";
import { FramesRefused, FrameStore, type PackRequest } from "./frameStore";
import { readPack, type PackedFrame } from "./pack";
import { Player } from "./player";
import { FrameTimes, readPlace, showTime, type VideoFacts } from "./times";
import { showing, ticksOf, wholeVideo, zoomed } from "./timeView";
import { surplus, wantedFrames } from "./wanted";

const FACTS: VideoFacts = {
  itemId: "itm_1",
  frameCount: 100,
  durationS: 4,
  rate: 25,
  width: 64,
  height: 32,
  problem: null,
  times: null,
};

function packOf(frames: readonly (readonly [number, readonly number[]])[]): ArrayBuffer {
  const total = 8 + frames.length * 8 + frames.reduce((sum, [, bytes]) => sum + bytes.length, 0);
  const view = new DataView(new ArrayBuffer(total));
  [..."WHF1"].forEach((letter, i) => view.setUint8(i, letter.charCodeAt(0)));
  view.setUint32(4, frames.length, true);
  let at = 8 + frames.length * 8;
  frames.forEach(([frame, bytes], i) => {
    view.setUint32(8 + i * 8, frame, true);
    view.setUint32(12 + i * 8, bytes.length, true);
    for (const byte of bytes) view.setUint8(at++, byte);
  });
  return view.buffer;
}

describe("packs", () => {
  it("gives each frame its bytes, and none to one that does not decode", () => {
    const frames = readPack(
      packOf([
        [7, [1, 2, 3]],
        [8, []],
        [9, [4]],
      ]),
    );
    expect(frames.map(({ frame, bytes }) => [frame, bytes === null ? null : [...bytes]])).toEqual([
      [7, [1, 2, 3]],
      [8, null],
      [9, [4]],
    ]);
  });

  it("refuses what is something else, or cut off", () => {
    expect(() => readPack(new ArrayBuffer(3))).toThrow("no pack");
    expect(() => readPack(new TextEncoder().encode("<html></html>").buffer)).toThrow("no pack");
    expect(() => readPack(packOf([[1, [1, 2, 3]]]).slice(0, 18))).toThrow("too early");
    expect(() => readPack(packOf([[1, [1]]]).slice(0, 10))).toThrow("too early");
  });
});

describe("times", () => {
  it("knows frames that are not evenly spaced", () => {
    const times = new FrameTimes({ ...FACTS, frameCount: 4, times: [0, 0.1, 1, 1.05] });
    expect([0, 0.05, 0.1, 0.99, 1.02, 9].map((time) => times.frameAt(time))).toEqual([0, 0, 1, 1, 2, 3]);
    expect(times.timeOf(2)).toBe(1);
  });

  it("comes back to every frame from its time", () => {
    const times = new FrameTimes({ ...FACTS, rate: 30000 / 1001, frameCount: 900_000 });
    for (const frame of [0, 1, 29, 30, 12345, 863_999])
      expect(times.frameAt(times.timeOf(frame))).toBe(frame);
  });

  it("reads and writes places", () => {
    const times = new FrameTimes(FACTS);
    const read = ["42", "0:02", "2.5s", "1:00:00", "next", "", "999"].map((text) => readPlace(text, times));
    expect(read).toEqual([42, 50, 62, 99, null, null, 99]);
    expect([showTime(7.4), showTime(3723.456)]).toEqual(["0:07.40", "1:02:03.46"]);
  });
});

describe("the view of a timeline", () => {
  it("zooms about a frame, never out of the video", () => {
    const view = zoomed(wholeVideo(864_000), { about: 432_000, factor: 1000, frameCount: 864_000 });
    expect([view.to - view.from, Math.round((view.from + view.to) / 2)]).toEqual([864, 432_000]);
    expect(zoomed(view, { about: 0, factor: 0.0001, frameCount: 864_000 })).toEqual(wholeVideo(864_000));
    expect(showing(view, 10, 864_000).from).toBe(0);
    expect(showing(view, 432_010, 864_000)).toBe(view);
  });

  it("has few ticks, at round times", () => {
    const { stepS, times } = ticksOf({ fromS: 0, toS: 28_800, width: 1000, leastPx: 70 });
    expect([stepS, times.length]).toEqual([3600, 9]);
  });
});

class Server {
  readonly asked: PackRequest[] = [];
  readonly aborted: number[] = [];
  isAway = false;
  readonly #waiting: (() => void)[] = [];

  readonly fetchPack = (request: PackRequest, signal: AbortSignal): Promise<readonly PackedFrame[]> => {
    this.asked.push(request);
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => {
        this.aborted.push(request.start);
        reject(new DOMException("stopped", "AbortError"));
      });
      this.#waiting.push(() => {
        if (this.isAway) reject(new Error("away"));
        else if (request.start >= 96) reject(new FramesRefused("This frame cannot be had."));
        else resolve(framesOf(request));
      });
    });
  };

  async answer(): Promise<void> {
    for (const work of this.#waiting.splice(0)) work();
    for (let i = 0; i < 60; i += 1) await Promise.resolve();
  }
}

function framesOf({ start, count }: PackRequest): readonly PackedFrame[] {
  return Array.from({ length: count }, (_, i) => ({
    frame: start + i,
    bytes: start + i === 5 ? null : new Uint8Array([start + i]),
  }));
}

function makeStore(server: Server) {
  const closed: number[] = [];
  const timers: (() => void)[] = [];
  const store = new FrameStore({
    frameCount: 100,
    chunk: 16,
    fetchPack: server.fetchPack,
    mostPictureBytes: 64 * 32 * 4 * 20,
    setTimer: (work) => {
      timers.push(work);
      return () => undefined;
    },
    decoder: {
      decode: ([first = 0]) =>
        Promise.resolve({ width: 64, height: 32, close: () => void closed.push(first) }),
      destroy: () => undefined,
    },
  });
  return { store, closed, timers };
}

describe("the frame store", () => {
  it("fetches ahead, tells a broken frame from one that has not come, and keeps a bounded number", async () => {
    const server = new Server();
    const { store, closed } = makeStore(server);
    store.want({ frame: 0, direction: 1, stride: 1 });
    expect(server.asked.map(({ start, count }) => [start, count])).toEqual([
      [0, 16],
      [16, 16],
    ]);
    await server.answer();
    expect([store.find(0)?.kind, store.find(5)?.kind, store.find(50)]).toEqual(["picture", "broken", null]);
    for (let frame = 1; frame < 60; frame += 1) {
      store.want({ frame, direction: 1, stride: 1 });
      await server.answer();
    }
    expect(closed.length).toBeGreaterThan(30);
    expect(closed).not.toContain(59);
    expect(store.find(59)?.kind).toBe("picture");
  });

  it("cancels what is no longer wanted, and asks for one frame while somebody scrubs", async () => {
    const server = new Server();
    const { store } = makeStore(server);
    store.want({ frame: 0, direction: 1, stride: 1 });
    store.want({ frame: 80, direction: 1, stride: 1 }, { isScrubbing: true });
    await server.answer();
    expect(server.aborted).toEqual([0, 16]);
    expect(server.asked.at(-1)).toEqual({ start: 80, count: 1, width: null });
    expect(store.find(80)?.kind).toBe("picture");
  });

  it("says that the server is away, asks again, and is well again", async () => {
    const server = new Server();
    const { store, timers } = makeStore(server);
    server.isAway = true;
    store.want({ frame: 0, direction: 1, stride: 1 });
    await server.answer();
    expect(store.problem).toMatch(/does not answer/);
    server.isAway = false;
    timers.at(-1)?.();
    await server.answer();
    expect([store.problem, store.find(0)?.kind]).toEqual([null, "picture"]);
  });

  it("does not close the picture that is on the screen", async () => {
    const server = new Server();
    const { store, closed } = makeStore(server);
    store.want({ frame: 0, direction: 1, stride: 1 });
    await server.answer();
    const first = store.find(0);
    if (first === null) throw new Error("no frame");
    store.hold(first);
    for (let frame = 1; frame < 60; frame += 1) {
      store.want({ frame, direction: 1, stride: 1 });
      await server.answer();
    }
    expect(closed).not.toContain(0);
    const other = store.find(59);
    if (other !== null) store.hold(other);
    expect(closed).toContain(0);
  });

  it("gives words for frames that are refused", async () => {
    const server = new Server();
    const { store } = makeStore(server);
    store.want({ frame: 97, direction: 1, stride: 1 });
    await server.answer();
    expect(store.find(97)).toEqual({ kind: "broken", sentence: "This frame cannot be had." });
  });

  it("wants what comes next and lets go of what is far", () => {
    const place = { frame: 10, direction: -1, stride: 1 } as const;
    expect(wantedFrames(place, { frameCount: 12, ahead: 3, behind: 3 })).toEqual([10, 9, 8, 7, 11]);
    const kept = new Map([8, 9, 10, 11, 13].map((frame) => [frame, 1]));
    expect(surplus(kept, { place, mostBytes: 3 })).toEqual([13, 8]);
  });
});

describe("the player", () => {
  it("plays by the clock, waits for frames that have not come, and stops at the end", async () => {
    const server = new Server();
    const { store } = makeStore(server);
    let tick: (nowMs: number) => void = () => undefined;
    const askFrame = (work: (nowMs: number) => void) => {
      tick = work;
      return () => undefined;
    };
    const player = new Player({ facts: { ...FACTS, frameCount: 20 }, store, askFrame });
    await server.answer();
    player.play();
    tick(0);
    tick(100);
    expect([player.state.frame, player.state.isPlaying]).toEqual([2, true]);
    for (let ms = 200; ms <= 1200; ms += 20) {
      await server.answer();
      tick(ms);
    }
    expect([player.state.frame, player.state.shownFrame, player.state.isPlaying]).toEqual([19, 19, false]);
  });

  it("shows the last frame it had until the one that is meant has come", async () => {
    const server = new Server();
    const { store } = makeStore(server);
    const player = new Player({ facts: FACTS, store, askFrame: () => () => undefined });
    await server.answer();
    player.seek(60);
    expect([player.state.frame, player.state.shownFrame, player.state.isWaiting]).toEqual([60, 0, true]);
    await server.answer();
    expect([player.state.shownFrame, player.state.isWaiting]).toEqual([60, false]);
  });
});

describe("carrying on", () => {
  const at = (frame: number): FrameShape => ({ type: "box", x0: frame, y0: 0, x1: frame + 10, y1: 10 });
  const settings: CarrySettings = { way: "forward", count: 40, isDense: false };
  const tracks = new Map<string, readonly Keyframe[]>([
    ["a", [personKeyframe(10, at(10)), personKeyframe(30, at(30))]],
    ["b", [personKeyframe(0, at(0))]],
  ]);

  function parts(rest: Partial<CarryParts> & { readonly asked?: CarryRequest[] } = {}): CarryParts {
    return {
      keyframesOf: (id) => tracks.get(id) ?? [],
      nameOf: (id) => id,
      frame: 10,
      frameCount: 100,
      settings,
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ask: (request) => {
        rest.asked?.push(request);
        const by = request.toFrame > request.frame ? 1 : -1;
        const found = new Map(
          [...request.shapes.keys()].map((id) => {
            const lost = id === "b" && request.toFrame > 30 ? 32 : null;
            const keyframes: Keyframe[] = [];
            for (let frame = request.frame + by; frame !== request.toFrame + by; frame += by) {
              if (lost !== null && frame >= lost) break;
              keyframes.push({ ...personKeyframe(frame, at(frame)), by: "tracker", confidence: 0.9 });
            }
            return [id, { keyframes, stoppedAt: lost, reason: lost === null ? null : "too few points" }];
          }),
        );
        return Promise.resolve(found);
      },
      ...rest,
    };
  }

  it("goes on piece by piece, without those that were lost", async () => {
    const asked: CarryRequest[] = [];
    const shares: number[] = [];
    const carried = await carryTracks(
      ["b"],
      parts({ asked, onProgress: (share) => void shares.push(share) }),
    );
    expect(asked.map(({ frame, toFrame }) => [frame, toFrame])).toEqual([
      [10, 25],
      [25, 40],
    ]);
    expect(carried.stops).toEqual([{ id: "b", frame: 32, words: "b was lost at frame 32: too few points" }]);
    expect(carried.keyframes.get("b")?.map(({ frame }) => frame)).toEqual([0, 10, 11, 31]);
    expect(shares).toEqual([0.375, 0.75]);
  });

  it("goes where it was asked to: to the next keyframe, back, from both sides", () => {
    const legs = (way: CarrySettings["way"], frame = 20) =>
      legsOf(["a", "b"], { ...parts(), frame, settings: { ...settings, way } });
    expect(legs("next_keyframe").map(({ ids, from, to }) => [ids.join(), from, to])).toEqual([
      ["a", 20, 29],
      ["b", 20, 60],
    ]);
    expect(legs("backward").map(({ ids, from, to }) => [ids.join(), from, to])).toEqual([["a,b", 20, 0]]);
    expect(legs("between").map(({ ids, from, to, hasEnds }) => [ids.join(), from, to, hasEnds])).toEqual([
      ["a", 10, 30, true],
    ]);
  });

  it("gives what came before it was stopped or the server said no", async () => {
    const stop = new AbortController();
    const stopped = await carryTracks(["a"], parts({ signal: stop.signal, onProgress: () => stop.abort() }));
    expect([stopped.frames, stopped.problem, stopped.keyframes.size]).toEqual([15, null, 1]);
    const asked: CarryRequest[] = [];
    const { ask } = parts();
    const refused = await carryTracks(
      ["b"],
      parts({ ask: (one) => (asked.push(one) > 1 ? Promise.reject(new Error("no more")) : ask(one)) }),
    );
    expect([refused.frames, refused.problem]).toEqual([15, "no more"]);
    expect(refused.keyframes.get("b")?.at(-1)?.frame).toBe(25);
  });
});
