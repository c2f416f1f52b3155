import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { accept, assign, assignRest, focusOf, type View } from "./act";
import { ALL_MINE } from "./claims";
import { localKeeper } from "./keep";
import { GridSession } from "./session";
import { classOf, FakeServer, problem } from "./testing";

const ITEMS = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** A Storage in memory. */
function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() {
      return kept.size;
    },
    key: (at) => [...kept.keys()][at] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => {
      kept.clear();
    },
  };
}

interface Bench {
  readonly server: FakeServer;
  readonly storage: Storage;
  begin(options?: { pageSize?: number; now?: number }): GridSession;
}

function bench(items: readonly string[] = ITEMS): Bench {
  const server = new FakeServer(items);
  const storage = memory();
  return {
    server,
    storage,
    begin: ({ pageSize = 3, now = 0 } = {}) =>
      new GridSession({
        server,
        claims: ALL_MINE,
        keeper: localKeeper(storage, { personId: "per", taskId: "tsk", now: () => now }),
        leaseSeconds: 600,
        pageSize,
        now: () => now,
        wait: () => Promise.resolve(),
      }),
  };
}

const page = (session: GridSession) => session.state.tiles.map(({ itemId }) => itemId).join("");
const said = (session: GridSession) => Object.fromEntries(session.state.desk.choices);
const viewOf = (session: GridSession): View => ({
  tiles: session.state.tiles,
  order: session.state.tiles.map(({ itemId }) => itemId),
  modelId: null,
});
const give = (session: GridSession, classes: Record<string, string | null>) => {
  session.choose("step", new Map(Object.entries(classes)));
};
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a page", () => {
  it("is leased, and the next one behind it", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    await settle();
    expect([session.state.phase, page(session), session.state.ahead]).toEqual(["working", "abc", 3]);
    expect(server.queue).toEqual(["g", "h"]);
  });

  it("is handed in, and the next one comes", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat", b: "dog", c: "cat" });
    await session.submit({ itemIds: ["a", "b", "c"], modelId: null });
    expect([page(session), session.state.page, session.state.done, said(session)]).toEqual(["def", 2, 3, {}]);
    expect(server.submitted.map((one) => one.annotations?.[0]?.label)).toEqual(["cat", "dog", "cat"]);
  });

  it("is empty at the end", async () => {
    const { begin } = bench(["a"]);
    const session = begin();
    await session.start();
    give(session, { a: "cat" });
    await session.submit({ itemIds: ["a"], modelId: null });
    expect([session.state.phase, page(session)]).toEqual(["empty", ""]);
  });

  it("grows and shrinks, and what was touched stays", async () => {
    const { begin } = bench();
    const session = begin();
    await session.start();
    await session.resize(5);
    expect(page(session)).toBe("abcde");
    give(session, { e: "cat" });
    await session.resize(2);
    expect(page(session)).toBe("ae");
  });

  it("comes back to be mended", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat", b: "cat", c: "cat" });
    await session.submit({ itemIds: ["a", "b", "c"], modelId: null });
    server.truth = ["a", "b", "c"].map((id) => classOf(id, "cat"));
    await session.goBack();
    expect([page(session), session.state.page]).toEqual(["abc", 1]);
    expect(session.state.tiles[0]?.standing[0]?.label).toBe("cat");
  });

  it("that came back and was only looked at is handed in still", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat", b: "cat", c: "cat" });
    await session.submit({ itemIds: ["a", "b", "c"], modelId: null });
    server.truth = ["a", "b", "c"].map((id) => classOf(id, "cat"));
    await session.goBack();
    await session.leave({ isLeaving: false });
    expect([[...server.held.keys()], server.released.includes("a")]).toEqual([[], false]);
    expect(server.submitted.slice(-3).map((one) => [one.item_id, one.annotations])).toEqual([
      ["a", []],
      ["b", []],
      ["c", []],
    ]);
  });
});

describe("what the server does not take", () => {
  it("stays on the page with the reason", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat", b: "gone", c: "cat" });
    server.refusals.set("b", problem("label_gone"));
    await session.submit({ itemIds: ["a", "b", "c"], modelId: null });
    expect([page(session), session.state.phase, said(session)]).toEqual(["b", "working", { b: "gone" }]);
    expect(session.state.refusals.get("b")?.reason).toBe("This class was taken out of the ontology");
    give(session, { b: "cat" });
    expect(session.state.refusals.size).toBe(0);
    await session.submit({ itemIds: ["b"], modelId: null });
    expect(page(session)).toBe("def");
  });

  it("is leased again and sent once more when only the lease ran out", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat", b: "cat", c: "cat" });
    server.held.set("b", "another token");
    await session.submit({ itemIds: ["a", "b", "c"], modelId: null });
    expect(server.submitted.map((one) => one.item_id)).toEqual(["a", "c", "b"]);
    expect(page(session)).toBe("def");
  });

  it("is read anew when somebody changed it, and can be handed in then", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    give(session, { a: "cat" });
    server.refusals.set("a", problem("stale_write"));
    server.truth = [classOf("a", "dog")];
    await session.submit({ itemIds: ["a"], modelId: null });
    expect(session.state.refusals.get("a")?.reason).toBe("Changed meanwhile");
    expect(session.state.tiles[0]?.standing[0]?.label).toBe("dog");
    await session.submit({ itemIds: ["a"], modelId: null });
    expect(server.submitted[0]?.annotations?.[0]?.id).toBe("truth a dog");
  });

  it("waits while the server is away, and is sent then", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    const waits: boolean[] = [];
    session.follow(() => waits.push(session.state.isWaiting));
    server.away = 2;
    give(session, { a: "cat" });
    await session.submit({ itemIds: ["a"], modelId: null });
    expect([server.submitted.length, waits.includes(true), session.state.isWaiting]).toEqual([
      1,
      true,
      false,
    ]);
  });
});

describe("skipped items", () => {
  it("go back, and do not come again while others wait", async () => {
    const { begin, server } = bench(["a", "b", "c", "d", "e", "f"]);
    const session = begin({ pageSize: 2 });
    await session.start();
    await settle();
    await session.skip(["a"]);
    expect(server.released).toContain("a");
    const pages: string[] = [];
    for (let ids = ["b"]; ids.length > 0; ids = session.state.tiles.map(({ itemId }) => itemId)) {
      give(session, Object.fromEntries(ids.map((id) => [id, "cat"])));
      await session.submit({ itemIds: ids, modelId: null });
      await settle();
      pages.push(page(session));
    }
    expect(pages).toEqual(["cd", "ef", "a", ""]);
  });
});

describe("work in progress", () => {
  it("is there again after a reload, with the leases", async () => {
    const { begin } = bench();
    const first = begin();
    await first.start();
    await settle();
    give(first, { a: "cat", c: "dog" });
    await first.leave({ isLeaving: true });
    const second = begin();
    await second.start();
    expect(said(second)).toEqual({ a: "cat", c: "dog" });
    expect([...page(second)].sort().join("")).toBe("abc");
  });

  it("is forgotten after a week", async () => {
    const { begin } = bench();
    const first = begin();
    await first.start();
    give(first, { a: "cat" });
    const later = begin({ now: 8 * 24 * 3600 * 1000 });
    await later.start();
    expect(said(later)).toEqual({});
  });

  it("holds its leases when the page is left, and gives the others back", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    await settle();
    give(session, { b: "cat" });
    await session.leave({ isLeaving: false });
    expect([...server.held.keys()]).toEqual(["b"]);
    expect([...server.queue].sort().join("")).toBe("acdefgh");
  });

  it("says so when the browser keeps nothing", async () => {
    const { begin, storage } = bench();
    const session = begin();
    await session.start();
    storage.setItem = () => {
      throw new Error("full");
    };
    give(session, { a: "cat" });
    expect([said(session), session.state.isUnkept]).toEqual([{ a: "cat" }, true]);
  });
});

describe("leases", () => {
  it("are kept, and what somebody else got leaves the page unless it was touched", async () => {
    const { begin, server } = bench();
    const session = begin();
    await session.start();
    await settle();
    give(session, { a: "cat" });
    server.held.delete("a");
    server.held.delete("b");
    await vi.advanceTimersByTimeAsync(200_000);
    expect(page(session)).toBe("ac");
    expect(session.state.tiles.at(-1)?.lease.lease_token).toBe(server.held.get("c"));
    await session.leave({ isLeaving: false });
  });
});

describe("keys", () => {
  it("go on to the next item without a class", async () => {
    const { begin } = bench();
    const session = begin();
    await session.start();
    assign(session, viewOf(session), "cat");
    expect([said(session), focusOf(session.state.desk, viewOf(session))]).toEqual([{ a: "cat" }, "b"]);
    assign(session, viewOf(session), "dog");
    expect(said(session)).toEqual({ a: "cat", b: "dog" });
  });

  it("accept proposals, and give the rest one class", async () => {
    const { begin, server } = bench();
    server.truth = [
      classOf("a", "cat", { layer: "prediction", author_id: "mdl", confidence: 0.9 }),
      classOf("b", "dog", { layer: "prediction", author_id: "mdl", confidence: 0.8 }),
    ];
    const session = begin();
    await session.start();
    expect(accept(session, viewOf(session))).toBe(1);
    assignRest(session, viewOf(session), null);
    expect(said(session)).toEqual({ a: "cat", b: "dog" });
    assignRest(session, viewOf(session), "owl");
    expect(said(session)).toEqual({ a: "cat", b: "dog", c: "owl" });
    expect([session.undo(), session.undo(), session.undo(), session.undo()]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(said(session)).toEqual({});
  });
});
