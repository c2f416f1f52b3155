import { describe, expect, it } from "vitest";

import { ApiProblem } from "@/api/client";

import { WorkQueue } from "./queue";
import type { QueueParts } from "./queueState";
import { ALL_MINE, type TabClaims } from "./tabs";
import { add, box, makeBench, until, type Bench } from "./testing/bench";
import { AWAY, SIGNED_OUT } from "./testing/fakeServer";

const SUBMIT = { kind: "submit", answer: null } as const;

function makeQueue(bench: Bench, more: Partial<QueueParts> = {}): WorkQueue {
  return new WorkQueue({
    ...bench.parts,
    leaseSeconds: 600,
    tabs: ALL_MINE,
    preload: () => undefined,
    ...more,
  });
}

async function start(bench: Bench, itemId?: string, more: Partial<QueueParts> = {}): Promise<WorkQueue> {
  const queue = makeQueue(bench, more);
  await queue.start({ itemId });
  await until(
    () => queue.state.phase !== "working" || (queue.current?.work ?? null) !== null,
    "the first item",
  );
  return queue;
}

const here = (queue: WorkQueue) => queue.current?.itemId;
const standings = (queue: WorkQueue) => queue.state.entries.map((one) => one.standing);

describe("where the order is decided anew all the time", () => {
  it("holds few items, and gives back those that nobody touched", async () => {
    const bench = makeBench({ n: 30 });
    const queue = await start(bench);
    await until(() => (queue.state.entries[1]?.work ?? null) !== null);
    const touched = queue.state.entries[1]?.work;
    if (touched !== null && touched !== undefined) add(touched, box("mine"));
    await queue.freshen(4);
    const ids = queue.state.entries.map((one) => one.itemId);
    expect([here(queue), ids[1], ids.length]).toEqual(["item_0", "item_1", 4]);
    expect(bench.server.count("release")).toBe(8);
    const held = [...bench.server.items.values()].filter((one) => one.holder === "per_a");
    expect(held.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it("loses nobody who hands in meanwhile", async () => {
    const bench = makeBench({ n: 30 });
    const queue = await start(bench);
    const fresh = queue.freshen(4);
    queue.finish(SUBMIT);
    await fresh;
    await until(() => here(queue) !== "item_0", "the next item");
    expect(queue.state.phase).toBe("working");
  });

  it("goes on with the same few", async () => {
    const bench = makeBench({ n: 30 });
    const queue = await start(bench);
    await queue.freshen(4);
    queue.next();
    queue.next();
    await until(() => queue.state.entries.length > 4, "more");
    expect(queue.state.entries.filter((one) => one.standing === "ready").length).toBeLessThanOrEqual(6);
  });
});

describe("beginning", () => {
  it("leases a batch, shows the first and prepares the next three", async () => {
    const bench = makeBench({ n: 30 });
    const seen: string[] = [];
    const queue = await start(bench, undefined, { preload: ({ item }) => seen.push(item.id) });
    await until(() => seen.length === 4);
    expect([here(queue), queue.state.entries.length]).toEqual(["item_0", 10]);
    expect(seen).toEqual(["item_0", "item_1", "item_2", "item_3"]);
  });

  it("goes on with what one holds already", async () => {
    const bench = makeBench({ n: 5 });
    const [lease] = await bench.parts.server.lease({ n: 1, itemIds: ["item_3"] });
    const queue = await start(bench);
    expect([here(queue), queue.current?.lease?.lease_token]).toEqual(["item_3", lease?.lease_token]);
  });

  it("opens the item of the address first", async () => {
    const queue = await start(makeBench({ n: 30 }), "item_17");
    expect(here(queue)).toBe("item_17");
  });

  it("says when the item of the address is not to be had, and gives others", async () => {
    const bench = makeBench({ n: 5 });
    Object.assign(bench.server.item("item_2"), { status: "leased", holder: "per_b", token: "t" });
    const queue = await start(bench, "item_2");
    expect([here(queue), queue.state.missed]).toEqual(["item_0", "item_2"]);
  });

  it("says that nothing waits, or why no work could be had", async () => {
    expect((await start(makeBench({ n: 0 }))).state.phase).toBe("empty");
    const bench = makeBench({ n: 3 });
    bench.server.fail("lease", new ApiProblem({ status: 409, code: "conflict", detail: "it is paused" }), 99);
    const paused = await start(bench);
    expect([paused.state.phase, paused.state.problem?.message]).toEqual(["failed", "it is paused"]);
  });
});

describe("going through", () => {
  it("shows the next item at once and submits behind the scenes", async () => {
    const bench = makeBench({ n: 30 });
    const queue = await start(bench);
    const { work } = queue.current ?? {};
    if (work === null || work === undefined) throw new Error("no work");
    add(work, box("a"));
    queue.finish(SUBMIT);
    expect([here(queue), standings(queue)[0]]).toEqual(["item_1", "sending"]);
    await until(() => standings(queue)[0] === "done");
    expect(bench.server.item("item_0")).toMatchObject({ status: "submitted", truth: [{ label: "car" }] });
  });

  it("leases more before the queue runs dry, and ends when there is no more", async () => {
    const bench = makeBench({ n: 23 });
    const queue = await start(bench);
    for (let i = 0; i < 23; i += 1) {
      await until(
        () => (queue.current?.work ?? null) !== null && queue.current?.standing === "ready",
        `item ${String(i)}`,
      );
      queue.finish(SUBMIT);
    }
    await until(() => queue.state.phase === "empty", "the end");
    await until(() => queue.state.sending === 0);
    expect([...bench.server.items.values()].every((item) => item.status === "submitted")).toBe(true);
  });

  it("goes back to what was just handed in, changes it and hands it in again", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    queue.finish(SUBMIT);
    await until(() => standings(queue)[0] === "done");
    expect(queue.previous()).toBe(true);
    const work = queue.current?.work;
    if (work === null || work === undefined) throw new Error("no work");
    expect(standings(queue)[0]).toBe("done");
    add(work, box("late"));
    await until(() => standings(queue)[0] === "ready");
    queue.finish(SUBMIT);
    await until(() => standings(queue)[0] === "done");
    expect(bench.server.item("item_0").truth).toHaveLength(1);
    expect(here(queue)).toBe("item_1");
  });

  it("keeps the last five at hand and lets go of those before", async () => {
    const bench = makeBench({ n: 30 });
    const queue = await start(bench);
    for (let i = 0; i < 8; i += 1) {
      await until(() => (queue.current?.work ?? null) !== null);
      queue.finish(SUBMIT);
      await until(() => queue.state.sending === 0);
    }
    expect(queue.next()).toBe(true);
    expect(here(queue)).toBe("item_9");
    expect(queue.state.entries.slice(0, 9).map((one) => one.work !== null)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  it("brings back what was skipped when all else is done", async () => {
    const queue = await start(makeBench({ n: 3 }));
    queue.skip();
    expect(here(queue)).toBe("item_1");
    for (const id of ["item_1", "item_2"]) {
      await until(() => here(queue) === id && (queue.current?.work ?? null) !== null, id);
      queue.finish(SUBMIT);
    }
    await until(() => here(queue) === "item_0", "the skipped one");
    expect(standings(queue)[0]).toBe("ready");
  });

  it("discards with a reason", async () => {
    const bench = makeBench({ n: 3 });
    const queue = await start(bench);
    await queue.discard("black");
    expect([bench.server.item("item_0").status, here(queue)]).toEqual(["discarded", "item_1"]);
  });
});

describe("the server", () => {
  it("away: finished work waits and arrives, in the meantime one goes on", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    await until(() => (queue.state.entries[1]?.work ?? null) !== null);
    bench.server.fail("submit", AWAY, 1000);
    queue.finish(SUBMIT);
    await until(() => queue.state.entries[0]?.isWaiting === true);
    expect(here(queue)).toBe("item_1");
    bench.server.heal();
    queue.wake();
    await until(() => standings(queue)[0] === "done");
  });

  it("refuses: the item says so, and is sent again after a decision", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    const work = queue.current?.work;
    if (work === null || work === undefined) throw new Error("no work");
    add(work, box("a", "bus"));
    bench.server.labels = new Set(["car"]);
    queue.finish(SUBMIT);
    await until(() => queue.state.refused === 1);
    expect(queue.state.entries[0]?.refusal?.kind).toBe("label_gone");
    queue.goTo("item_0");
    work.relabel(new Map([["bus", "car"]]));
    queue.retry("item_0");
    await until(() => standings(queue)[0] === "done");
    expect(bench.server.item("item_0").truth).toMatchObject([{ label: "car" }]);
  });

  it("asks to sign in: finished work waits for it", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    bench.server.fail("submit", SIGNED_OUT, 1);
    queue.finish(SUBMIT);
    await until(() => queue.state.entries[0]?.refusal?.kind === "signed_out");
    queue.wake();
    await until(() => standings(queue)[0] === "done");
    expect(bench.server.count("renewSession")).toBe(1);
  });

  it("never saw a submit that was under way at a reload: it is sent after it", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    const work = queue.current?.work;
    if (work === null || work === undefined) throw new Error("no work");
    add(work, box("a"));
    bench.server.fail("submit", AWAY, 1000);
    queue.finish(SUBMIT);
    await until(() => queue.state.entries[0]?.isWaiting === true);
    queue.unload();
    bench.server.heal();
    const after = await start(makeBench({ server: bench.server, log: bench.log }));
    await until(() => bench.server.item("item_0").status === "submitted");
    expect(bench.server.item("item_0").truth).toHaveLength(1);
    expect(here(after)).not.toBe("item_0");
  });
});

describe("leaving", () => {
  it("gives all items back and keeps the drafts", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    const work = queue.current?.work;
    if (work === null || work === undefined) throw new Error("no work");
    add(work, box("a"));
    await queue.leave();
    expect([...bench.server.items.values()].every((item) => item.status === "queued")).toBe(true);
    expect(bench.server.item("item_0").draft?.annotations).toHaveLength(1);
  });

  it("by closing the page keeps what was touched, for a reload", async () => {
    const bench = makeBench({ n: 9 });
    const queue = await start(bench);
    queue.unload();
    expect([...bench.server.items.values()].filter((item) => item.status === "leased")).toHaveLength(1);
  });
});

describe("two tabs", () => {
  /** Claims of two tabs on one board, as locks and messages give them. */
  function makeTabs(
    board: Map<string, number>,
    tab: number,
    others: TabClaims[],
  ): TabClaims & { taken: (id: string) => Promise<void> } {
    let handler: (itemId: string) => Promise<void> = () => Promise.resolve();
    return {
      claim: (id) => {
        if (!board.has(id)) board.set(id, tab);
        return Promise.resolve(board.get(id) === tab);
      },
      yield: (id) => {
        if (board.get(id) === tab) board.delete(id);
      },
      takeOver: async (id) => {
        for (const other of others)
          if ("taken" in other && typeof other.taken === "function") await other.taken(id);
        board.set(id, tab);
      },
      onTaken: (next) => {
        handler = next;
      },
      close: () => undefined,
      taken: (id) => handler(id),
    };
  }

  it("work on different items", async () => {
    const bench = makeBench({ n: 30 });
    const board = new Map<string, number>();
    const first = await start(bench, undefined, { tabs: makeTabs(board, 1, []) });
    const second = await start(bench, undefined, { tabs: makeTabs(board, 2, []) });
    const ofFirst = new Set(first.state.entries.map((one) => one.itemId));
    expect(second.state.entries.filter((one) => ofFirst.has(one.itemId))).toEqual([]);
  });

  it("on one item: the second says so and can take over what the first did", async () => {
    const bench = makeBench({ n: 30 });
    const board = new Map<string, number>();
    const one = makeTabs(board, 1, []);
    const first = await start(bench, undefined, { tabs: one });
    const work = first.current?.work;
    if (work === null || work === undefined) throw new Error("no work");
    const second = makeQueue(bench, { tabs: makeTabs(board, 2, [one]) });
    await second.start({ itemId: "item_0" });
    expect([here(second), second.current?.standing]).toEqual(["item_0", "elsewhere"]);
    add(work, box("a"));
    await second.takeOver("item_0");
    await until(() => (second.current?.work ?? null) !== null);
    expect(second.current?.work?.doc.ids).toEqual(["a"]);
    expect(first.state.entries[0]?.standing).toBe("elsewhere");
  });
});
