import { describe, expect, it } from "vitest";

import { pagesFor, PageStore } from "./pages";

interface Asked {
  readonly page: number;
  readonly signal: AbortSignal;
  readonly answer: (value: string) => void;
  readonly refuse: (error: Error) => void;
}

function storeWith(limits: { maxPages?: number; maxLoads?: number } = {}) {
  const asked: Asked[] = [];
  const dropped: string[] = [];
  const store = new PageStore<string>({
    load: (page, signal) =>
      new Promise((answer, refuse) => {
        asked.push({ page, signal, answer, refuse });
      }),
    onChange: () => undefined,
    onDrop: (page) => dropped.push(page),
    ...limits,
  });
  const answer = async (page: number) => {
    asked.findLast((one) => one.page === page)?.answer(`page ${String(page)}`);
    await Promise.resolve();
  };
  return { store, asked, dropped, answer };
}

describe("PageStore", () => {
  it("asks for what is most needed first, a few at once", async () => {
    const { store, asked, answer } = storeWith({ maxLoads: 2 });
    store.want([5, 6, 7]);
    expect(asked.map((one) => one.page)).toEqual([5, 6]);
    await answer(5);
    expect(asked.map((one) => one.page)).toEqual([5, 6, 7]);
    expect(store.get(5)).toBe("page 5");
  });

  it("looks ahead only once nothing in view is missing", async () => {
    const { store, asked, answer } = storeWith();
    store.want([5, 6], [7]);
    await answer(5);
    expect(asked.map((one) => one.page)).toEqual([5, 6]);
    await answer(6);
    expect(asked.map((one) => one.page)).toEqual([5, 6, 7]);
  });

  it("cancels what scrolled past, and forgets its late answer", async () => {
    const { store, asked, dropped, answer } = storeWith();
    store.want([1]);
    store.want([9]);
    expect(asked[0]?.signal.aborted).toBe(true);
    await answer(1);
    expect(store.get(1)).toBeUndefined();
    expect(dropped).toEqual(["page 1"]);
  });

  it("drops the page wanted longest ago, never one in view", async () => {
    const { store, dropped, answer } = storeWith({ maxPages: 2 });
    for (const page of [1, 2]) {
      store.want([page]);
      await answer(page);
    }
    store.want([1]);
    store.want([3]);
    await answer(3);
    expect(dropped).toEqual(["page 2"]);
    expect([store.get(1), store.get(3)]).toEqual(["page 1", "page 3"]);
  });

  it("a page that failed waits for a retry, and does not hold up the others", async () => {
    const { store, asked, answer } = storeWith({ maxLoads: 1 });
    store.want([1, 2]);
    asked[0]?.refuse(new Error("gone"));
    await Promise.resolve();
    await Promise.resolve();
    expect(asked.map((one) => one.page)).toEqual([1, 2]);
    expect(store.hasFailed).toBe(true);
    await answer(2);
    store.retry();
    expect(asked.map((one) => one.page)).toEqual([1, 2, 1]);
  });

  it("gives back everything when closed", async () => {
    const { store, asked, dropped, answer } = storeWith();
    store.want([1, 2]);
    await answer(1);
    store.close();
    expect(dropped).toEqual(["page 1"]);
    expect(asked[1]?.signal.aborted).toBe(true);
  });
});

describe("pagesFor", () => {
  const at = { count: 1000, pageSize: 100, ahead: 2 };
  it("covers the view, then looks ahead", () => {
    expect(pagesFor({ ...at, start: 250, end: 330, direction: 1 })).toEqual({
      needed: [2, 3],
      ahead: [4, 5],
    });
    expect(pagesFor({ ...at, start: 250, end: 330, direction: -1 })).toEqual({
      needed: [3, 2],
      ahead: [1, 0],
    });
  });
  it("stays within the list", () => {
    expect(pagesFor({ ...at, start: 950, end: 1200, direction: 1 })).toEqual({ needed: [9], ahead: [] });
    expect(pagesFor({ ...at, start: 0, end: 0, direction: 1 })).toEqual({ needed: [], ahead: [] });
  });
});
