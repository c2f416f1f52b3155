import { describe, expect, it } from "vitest";

import { acceptProposals } from "@/canvas/model/proposals";
import { removeShapes, setLabel } from "@/canvas/model/edits";

import type { ItemWork } from "./itemWork";
import { MemoryOpLog, type OpLog } from "./oplog";
import { add, box, ids, makeBench, open, until } from "./testing/bench";
import { annotation, AWAY, SIGNED_OUT } from "./testing/fakeServer";

const SUBMIT = { kind: "submit", answer: null } as const;

function isSaved(work: ItemWork): () => boolean {
  return () => work.state.save.kind === "saved" && !work.sync.isDirty;
}

function refusal(work: ItemWork): string {
  const { save } = work.state;
  return save.kind === "refused" ? save.refusal.kind : save.kind;
}

/** The shapes without the ids that each opening makes anew. */
function said(work: ItemWork): unknown[] {
  return work.doc.shapes().map(({ label, geometry }) => ({ label, geometry }));
}

describe("saving", () => {
  it("brings each change to the log and to the server's draft", async () => {
    const bench = makeBench();
    const work = await open(bench);
    add(work, box("a"));
    expect(work.state.save.kind).toBe("saving");
    await until(isSaved(work));
    expect(bench.server.item("item_0").draft).toMatchObject({ version: 1, annotations: [{ label: "car" }] });
    work.history.undo();
    await until(() => bench.server.item("item_0").draft?.version === 2);
    expect(bench.server.item("item_0").draft?.annotations).toEqual([]);
  });

  it("sends only what differs from the truth", async () => {
    const bench = makeBench();
    bench.server.change("item_0", [annotation("ann_a"), annotation("ann_b"), annotation("ann_c")]);
    const work = await open(bench);
    work.run(removeShapes(work.doc, ["ann_b"]));
    work.run(setLabel(work.doc, ["ann_c"], "bus"));
    expect(work.changes()).toMatchObject({
      annotations: [{ id: "ann_c", label: "bus" }],
      removed_ids: ["ann_b"],
      rejected_ids: [],
    });
  });
});

describe("a reload", () => {
  it("goes on exactly where it was, with the undo history", async () => {
    const bench = makeBench();
    const before = await open(bench);
    add(before, box("a"));
    add(before, box("b", "bus"));
    before.history.undo();
    await until(isSaved(before));
    before.close();
    const after = await open(bench);
    expect(ids(after.doc)).toEqual(["a"]);
    expect([after.state.canUndo, after.state.canRedo]).toEqual([true, true]);
    after.history.redo();
    expect(ids(after.doc)).toEqual(["a", "b"]);
  });

  it("brings work to the server that never arrived there", async () => {
    const bench = makeBench();
    const before = await open(bench);
    bench.server.fail("any", AWAY, 1000);
    add(before, box("a"));
    before.close();
    bench.server.heal();
    const after = await open(bench);
    expect(ids(after.doc)).toEqual(["a"]);
    await until(isSaved(after));
    expect(bench.server.item("item_0").draft?.annotations).toHaveLength(1);
  });

  it("takes a save whose answer was lost for its own", async () => {
    const bench = makeBench();
    const before = await open(bench);
    add(before, box("a"));
    await until(isSaved(before));
    // The server has version 2; this page was closed before it heard of it.
    const stored = await bench.log.load({ personId: "per_a", taskId: "task", itemId: "item_0" });
    before.history.undo();
    await until(() => bench.server.item("item_0").draft?.version === 2);
    before.close();
    if (stored === null) throw new Error("no log");
    await bench.log.note(
      { personId: "per_a", taskId: "task", itemId: "item_0" },
      { ...stored.start, isSending: true },
    );
    const after = await open(bench);
    add(after, box("c"));
    await until(isSaved(after));
    expect(bench.server.item("item_0").draft).toMatchObject({ version: 3, annotations: [{ label: "car" }] });
  });

  it("takes the server's draft where this browser has no log", async () => {
    const bench = makeBench();
    const here = await open(bench);
    add(here, box("a"));
    await until(isSaved(here));
    const elsewhere = makeBench({ server: bench.server });
    const work = await open(elsewhere);
    expect(said(work)).toEqual(said(here));
    expect(work.changes().annotations).toHaveLength(1);
  });

  it("takes a newer draft of the server when the log has nothing of its own", async () => {
    const bench = makeBench();
    const here = await open(bench);
    add(here, box("a"));
    await until(isSaved(here));
    here.close();
    const elsewhere = makeBench({ server: bench.server });
    const there = await open(elsewhere);
    add(there, box("b", "bus"));
    await until(isSaved(there));
    there.close();
    expect(said(await open(bench))).toHaveLength(2);
  });

  it("keeps work that the server lacks although the server has a newer draft, and shows both", async () => {
    const bench = makeBench();
    const here = await open(bench);
    bench.server.fail("saveDraft", AWAY, 1000);
    add(here, box("mine"));
    here.close();
    bench.server.heal();
    const there = await open(makeBench({ server: bench.server }));
    add(there, box("theirs", "bus"));
    await until(isSaved(there));
    there.close();
    const again = await open(bench);
    expect(ids(again.doc)).toEqual(["mine"]);
    await until(() => refusal(again) === "stale");
    await again.keepMine();
    expect(bench.server.item("item_0").draft?.annotations).toMatchObject([{ label: "car" }]);
  });

  it("knows its own submit although the answer was lost", async () => {
    const bench = makeBench();
    const before = await open(bench);
    add(before, box("a"));
    await before.finish(SUBMIT);
    const key = { personId: "per_a", taskId: "task", itemId: "item_0" };
    const stored = await bench.log.load(key);
    if (stored === null) throw new Error("no log");
    await bench.log.note(key, { ...stored.start, isSubmitted: false, intent: SUBMIT });
    before.close();
    const after = await open(bench);
    expect(after.state.isSubmitted).toBe(true);
    expect(after.changes()).toEqual({ annotations: [], removed_ids: [], rejected_ids: [] });
    after.history.undo();
    expect(after.changes().removed_ids).toHaveLength(1);
  });
});

describe("handing in", () => {
  it("makes the work the truth, and going back changes it instead of doubling it", async () => {
    const bench = makeBench();
    const work = await open(bench);
    add(work, box("a"), box("b"));
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0")).toMatchObject({ status: "submitted", truth: [{}, {}] });
    work.run(setLabel(work.doc, ["b"], "bus"));
    await until(() => bench.server.item("item_0").status === "leased" && isSaved(work)());
    expect(work.changes()).toMatchObject({ annotations: [{ label: "bus" }], removed_ids: [] });
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0").truth.map((one) => one.label)).toEqual(["car", "bus"]);
  });

  it("can be undone afterwards, back to nothing", async () => {
    const bench = makeBench();
    const work = await open(bench);
    add(work, box("a"));
    await work.finish(SUBMIT);
    work.history.undo();
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0").truth).toEqual([]);
  });

  it("does not lose what is done while the server answers", async () => {
    const bench = makeBench();
    const work = await open(bench);
    add(work, box("a"));
    const finishing = work.finish(SUBMIT);
    add(work, box("late"));
    await finishing;
    await until(isSaved(work));
    const drafts = bench.server.item("item_0").draft?.annotations ?? [];
    expect(bench.server.item("item_0").truth.length + drafts.length).toBe(2);
  });

  it("tells of accepted and rejected proposals", async () => {
    const bench = makeBench();
    const proposal = {
      layer: "prediction",
      author_kind: "model",
      author_id: "mod_1",
      confidence: 0.8,
    } as const;
    bench.server.predictions.set("item_0", [
      { ...annotation("pred_a"), ...proposal },
      { ...annotation("pred_b"), ...proposal },
    ]);
    const work = await open(bench);
    work.run(acceptProposals(work.doc, ["pred_a"]));
    work.run(removeShapes(work.doc, ["pred_b"]));
    expect(work.changes()).toMatchObject({
      annotations: [{ from_prediction: "pred_a", id: null }],
      rejected_ids: ["pred_b"],
    });
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0").truth).toMatchObject([{ from_prediction: "pred_a" }]);
  });

  it("counts the time that was worked", async () => {
    const bench = makeBench();
    const work = await open(bench);
    work.clock.giveBack(12);
    bench.server.fail("submit", AWAY);
    await expect(work.finish(SUBMIT)).rejects.toThrow("cannot be reached");
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0").seconds).toBeCloseTo(12, 1);
  });
});

describe("somebody else", () => {
  it("changed the truth: mine goes on top and theirs stays", async () => {
    const bench = makeBench();
    bench.server.change("item_0", [annotation("ann_a"), annotation("ann_b")]);
    const work = await open(bench);
    work.run(setLabel(work.doc, ["ann_a"], "bus"));
    bench.server.change("item_0", [annotation("ann_a"), annotation("ann_new", "bus")]);
    await until(() => refusal(work) === "stale");
    await work.keepMine();
    expect(refusal(work)).toBe("saved");
    expect(ids(work.doc)).toEqual(["ann_a", "ann_new"]);
    await work.finish(SUBMIT);
    const truth = bench.server.item("item_0").truth;
    expect(truth.map((one) => [one.id, one.label])).toContainEqual(["ann_a", "bus"]);
    expect(truth.map((one) => one.id).sort()).toEqual(["ann_a", "ann_new"]);
  });

  it("removed what I changed: it becomes new again", async () => {
    const bench = makeBench();
    bench.server.change("item_0", [annotation("ann_a")]);
    const work = await open(bench);
    work.run(setLabel(work.doc, ["ann_a"], "bus"));
    bench.server.change("item_0", [annotation("ann_x")]);
    await until(() => refusal(work) === "stale");
    await work.keepMine();
    await work.finish(SUBMIT);
    expect(
      bench.server
        .item("item_0")
        .truth.map((one) => one.label)
        .sort(),
    ).toEqual(["bus", "car"]);
  });

  it("changed the truth: theirs can be taken, and undo brings mine back", async () => {
    const bench = makeBench();
    bench.server.change("item_0", [annotation("ann_a")]);
    const work = await open(bench);
    work.run(setLabel(work.doc, ["ann_a"], "bus"));
    bench.server.change("item_0", [annotation("ann_a"), annotation("ann_new")]);
    await until(() => refusal(work) === "stale");
    await work.takeTheirs();
    expect(work.doc.shapes().map((one) => one.label)).toEqual(["car", "car"]);
    expect(work.hasChanges).toBe(false);
    work.history.undo();
    expect(work.doc.shapes().map((one) => one.label)).toEqual(["bus"]);
  });

  it("changed the truth: both can be looked at, and nothing of theirs is saved as mine", async () => {
    const bench = makeBench();
    bench.server.change("item_0", [annotation("ann_a")]);
    const work = await open(bench);
    work.run(setLabel(work.doc, ["ann_a"], "bus"));
    bench.server.change("item_0", [annotation("ann_z")]);
    await until(() => refusal(work) === "stale");
    await work.seeBoth();
    expect(work.doc.shapes().map((one) => one.standing)).toEqual(["own", "reference"]);
    expect(work.changes().annotations).toHaveLength(1);
  });

  it("has the item now: the work stays here and goes when it comes back", async () => {
    const bench = makeBench();
    const work = await open(bench);
    Object.assign(bench.server.item("item_0"), { holder: "per_b", token: "theirs" });
    add(work, box("a"));
    await until(() => refusal(work) === "lease_lost");
    expect(JSON.parse(work.toText())).toMatchObject({ item_id: "item_0", annotations: [{ label: "car" }] });
    Object.assign(bench.server.item("item_0"), { status: "queued", holder: null, token: null });
    await work.sync.retry();
    expect(refusal(work)).toBe("saved");
  });

  it("had nothing of it when the lease ran out: it is leased again and sent", async () => {
    const bench = makeBench();
    const work = await open(bench);
    Object.assign(bench.server.item("item_0"), { status: "queued", holder: null, token: null });
    add(work, box("a"));
    await until(isSaved(work));
    expect(bench.server.item("item_0").draft?.annotations).toHaveLength(1);
  });
});

describe("trouble", () => {
  it("a label that is gone is replaced, and nothing is lost", async () => {
    const bench = makeBench();
    const work = await open(bench);
    add(work, box("a", "bus"), box("b"));
    bench.server.labels = new Set(["car", "lorry"]);
    await expect(work.finish(SUBMIT)).rejects.toMatchObject({ code: "label_gone" });
    work.relabel(new Map([["bus", "lorry"]]));
    await work.sync.retry();
    expect(refusal(work)).toBe("saved");
    await work.finish(SUBMIT);
    expect(bench.server.item("item_0").truth.map((one) => one.label)).toEqual(["lorry", "car"]);
    work.history.undo();
    expect(work.doc.shapes().map((one) => one.label)).toEqual(["bus", "car"]);
  });

  it("signed out: work goes on, and is sent after signing in again", async () => {
    const bench = makeBench();
    const work = await open(bench);
    bench.server.fail("any", SIGNED_OUT, 1000);
    add(work, box("a"));
    await until(() => refusal(work) === "signed_out");
    add(work, box("b"));
    bench.server.heal();
    work.sync.wake();
    await until(isSaved(work));
    expect(bench.server.count("renewSession")).toBe(1);
    expect(bench.server.item("item_0").draft?.annotations).toHaveLength(2);
  });

  it("a full browser: the work goes to the server at once, and it is said", async () => {
    const full = (): Promise<never> => Promise.reject(new DOMException("full", "QuotaExceededError"));
    const inner = new MemoryOpLog();
    const log: OpLog = {
      begin: (key, start) => inner.begin(key, start),
      note: full,
      append: full,
      load: (key) => inner.load(key),
      forget: (key) => inner.forget(key),
      list: (of) => inner.list(of),
    };
    const bench = makeBench({ log });
    const work = await open(bench);
    add(work, box("a"));
    await until(() => bench.server.item("item_0").draft !== null);
    await until(isSaved(work));
    expect(work.state.keeping).toBe("full");
    add(work, box("b"));
    await until(() => bench.server.item("item_0").draft?.annotations.length === 2);
  });

  it("a browser that keeps nothing at all still works", async () => {
    const no = (): Promise<never> => Promise.reject(new DOMException("no", "InvalidStateError"));
    const log: OpLog = { begin: no, note: no, append: no, load: no, forget: no, list: no };
    const bench = makeBench({ log });
    const work = await open(bench);
    add(work, box("a"));
    await until(isSaved(work));
    expect([work.state.keeping, bench.server.item("item_0").draft?.annotations.length]).toEqual(["none", 1]);
  });

  it("an operation that no longer fits is told, and the rest is kept", async () => {
    const bench = makeBench();
    const before = await open(bench);
    add(before, box("a"));
    await until(isSaved(before));
    const key = { personId: "per_a", taskId: "task", itemId: "item_0" };
    await bench.log.append(key, { op: "do", command: { kind: "add", at: 99, shapes: [box("x")] } });
    before.close();
    const after = await open(bench);
    expect(ids(after.doc)).toEqual(["a"]);
    expect(after.state.note).toMatch(/^1 of your last changes could not be brought back/);
    add(after, box("c"));
    await until(isSaved(after));
    after.close();
    expect(ids((await open(bench)).doc)).toEqual(["a", "c"]);
  });
});
