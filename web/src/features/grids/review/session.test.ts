import { describe, expect, it } from "vitest";

import { ApiProblem } from "@/api/client";
import type { CropServer } from "@/api/queries/crops";
import type { Annotation, AnnotationDraft, Crop, LabelChange } from "@/api/schema.gen";

import { clear, flip, say, targetsOf } from "./act";
import { localSeen } from "./seen";
import { ReviewSession } from "./session";
import { REMOVE, verdictsOf } from "./verdicts";

function cropOf(one: Annotation): Crop {
  return {
    annotation_id: one.id,
    item_id: one.item_id,
    item_name: `${one.item_id}.png`,
    label: one.label,
    geometry: { type: "class" },
    confidence: null,
    suspicion: 0.5,
    reason: "",
    crop_box: [0, 0, 8, 8],
  };
}

function annotation(id: string, itemId: string, label = "cat"): Annotation {
  return {
    id,
    item_id: itemId,
    label,
    geometry: { type: "class" },
    layer: "truth",
    confidence: null,
    attributes: { colour: "red" },
    author_kind: "person",
    author_id: "per",
    origin: "drawn",
    from_prediction: null,
    born_rev: 1,
    died_rev: null,
    created_at: "2026-01-01T00:00:00Z",
  };
}

/** Ground truth with revisions, that refuses what stands on an old one. */
class FakeCrops implements CropServer {
  revision = 10;
  isAway = false;
  readonly changedAt = new Map<string, number>();
  readonly ranked: readonly Crop[];

  constructor(readonly stands: Map<string, Annotation>) {
    this.ranked = [...stands.values()].map(cropOf);
  }

  list({ cursor, limit }: { readonly cursor: string | null; readonly limit: number }) {
    const start = cursor === null ? 0 : Number(cursor);
    const stop = start + limit;
    const next_cursor = stop < this.ranked.length ? String(stop) : null;
    const shared = { revision: 10, model_id: "mdl", is_truncated: false, next_cursor };
    return Promise.resolve({ ...shared, count: this.ranked.length, crops: this.ranked.slice(start, stop) });
  }

  relabel({
    changes,
    baseRevision,
  }: {
    readonly changes: readonly LabelChange[];
    readonly baseRevision: number;
  }) {
    for (const { annotation_id: id } of changes) {
      const stale = this.#refusal(this.stands.get(id)?.item_id ?? "", baseRevision);
      if (stale !== null) return Promise.reject(stale);
    }
    this.revision += 1;
    for (const { annotation_id: id, label } of changes) {
      const one = this.stands.get(id);
      if (one === undefined) continue;
      this.stands.set(id, { ...one, label });
      this.changedAt.set(one.item_id, this.revision);
    }
    const shared = { revision: this.revision, unchanged: 0, annotation_ids: [] };
    return Promise.resolve({ ...shared, changed: changes.length });
  }

  annotation(id: string): Promise<Annotation> {
    const found = this.stands.get(id);
    if (found !== undefined && !this.isAway) return Promise.resolve(found);
    return Promise.reject(
      new ApiProblem(
        this.isAway
          ? { status: 0, code: "unreachable", detail: "away" }
          : { status: 404, code: "not_found", detail: "no annotation" },
      ),
    );
  }

  truthOf(itemId: string): Annotation[] {
    return [...this.stands.values()].filter((one) => one.item_id === itemId);
  }

  change(options: {
    readonly itemId: string;
    readonly annotations: readonly AnnotationDraft[];
    readonly removedIds: readonly string[];
    readonly baseRevision: number;
  }) {
    const { itemId, annotations, removedIds, baseRevision } = options;
    const stale = this.#refusal(itemId, baseRevision);
    if (stale !== null) return Promise.reject(stale);
    this.revision += 1;
    this.changedAt.set(itemId, this.revision);
    for (const id of removedIds) this.stands.delete(id);
    for (const draft of annotations) {
      const id = `again-${String(this.revision)}`;
      this.stands.set(id, { ...annotation(id, itemId, draft.label), attributes: draft.attributes ?? {} });
    }
    return this.truth(itemId);
  }

  truth(itemId: string) {
    return Promise.resolve({ item_id: itemId, revision: this.revision, annotations: this.truthOf(itemId) });
  }

  #refusal(itemId: string, base: number): ApiProblem | null {
    if (this.isAway) return new ApiProblem({ status: 0, code: "unreachable", detail: "away" });
    return (this.changedAt.get(itemId) ?? 0) > base
      ? new ApiProblem({ status: 409, code: "stale_write", detail: "changed" })
      : null;
  }
}

function memory() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

const OF = { datasetId: "dst", label: "cat" };
const id = (n: number) => `ann_${String(n).padStart(10, "0")}`;

/** Five cats, the last two in one image. */
async function begin(
  options: { readonly pageSize?: number; readonly storage?: ReturnType<typeof memory> } = {},
) {
  const items = ["i1", "i2", "i3", "i4", "i4"];
  const server = new FakeCrops(new Map(items.map((item, at) => [id(at), annotation(id(at), item)])));
  const storage = options.storage ?? memory();
  const session = new ReviewSession({
    server,
    seen: localSeen(storage, OF),
    pageSize: options.pageSize ?? 5,
    isAll: false,
  });
  await session.start();
  return { server, session, storage };
}

const page = ({ state }: ReviewSession) => state.crops.map((crop) => Number(crop.annotation_id.slice(-2)));
const labels = (server: FakeCrops) => [...server.stands.values()].map(({ label }) => label);

describe("verdictsOf", () => {
  it("parts a page into right, relabelled and removed, by item", () => {
    const crops = ["i1", "i2", "i3", "i3"].map((item, at) => cropOf(annotation(id(at), item)));
    const choices = new Map([
      [id(1), "dog"],
      [id(2), REMOVE],
      [id(3), REMOVE],
    ]);
    expect(verdictsOf(crops, choices)).toEqual({
      right: [id(0)],
      relabelled: [{ annotation_id: id(1), label: "dog" }],
      removed: new Map([["i3", [id(2), id(3)]]]),
    });
  });
});

describe("verdicts by key", () => {
  it("flip, say what it is, and are taken back", async () => {
    const { session } = await begin();
    flip(session, targetsOf(session));
    expect(session.state.desk.choices.get(id(0))).toBe(REMOVE);
    say(session, "dog");
    expect(session.state.desk.choices.get(id(0))).toBe("dog");
    say(session, "cat");
    expect(session.state.desk.choices.size).toBe(0);
    session.undo();
    expect(session.state.desk.choices.get(id(0))).toBe("dog");
    expect([clear(session), clear(session)]).toEqual([true, false]);
  });
});

describe("approve", () => {
  it("mends what is wrong, counts the rest as looked at, and goes on", async () => {
    const { session, server, storage } = await begin({ pageSize: 3 });
    session.choose("", new Map([[id(0), "dog"]]));
    session.choose("", new Map([[id(1), REMOVE]]));
    await session.approve();
    expect(labels(server)).toEqual(["dog", "cat", "cat", "cat"]);
    expect([page(session), session.state.looked, session.state.total]).toEqual([[3, 4], 3, 5]);
    expect(localSeen(storage, OF).has(id(2))).toBe(true);
    expect(localSeen(storage, OF).count).toBe(1);
  });

  it("changes two objects of one image on two pages without standing in its own way", async () => {
    const { session, server } = await begin({ pageSize: 4 });
    session.choose("", new Map([[id(3), REMOVE]]));
    await session.approve();
    session.choose("", new Map([[id(4), REMOVE]]));
    await session.approve();
    expect([server.stands.size, session.state.phase]).toEqual([3, "done"]);
  });

  it("keeps on the page what somebody changed meanwhile, and mends the others", async () => {
    const { session, server } = await begin();
    server.changedAt.set("i2", 11);
    session.choose(
      "",
      new Map([
        [id(0), "dog"],
        [id(1), "owl"],
        [id(2), REMOVE],
      ]),
    );
    await session.approve();
    expect(labels(server)).toEqual(["dog", "cat", "cat", "cat"]);
    expect(session.state.refusals).toEqual(new Map([[id(1), "Somebody changed it meanwhile"]]));
    expect(page(session)).toEqual([1, 3, 4]);
  });

  it("loses nothing when the server is away", async () => {
    const { session, server } = await begin();
    server.isAway = true;
    session.choose(
      "",
      new Map([
        [id(0), "dog"],
        [id(1), REMOVE],
      ]),
    );
    await session.approve();
    expect([page(session), session.state.problem?.code, session.state.looked]).toEqual([
      [0, 1, 2, 3, 4],
      "unreachable",
      0,
    ]);
    server.isAway = false;
    await session.approve();
    expect([labels(server), session.state.phase]).toEqual([["dog", "cat", "cat", "cat"], "done"]);
  });

  it("leaves out what was looked at before", async () => {
    const storage = memory();
    const first = await begin({ pageSize: 2, storage });
    await first.session.approve();
    const second = await begin({ storage });
    expect([page(second.session), second.session.state.looked]).toEqual([[2, 3, 4], 2]);
    await second.session.lookAgain();
    expect([page(second.session), second.session.state.looked]).toEqual([[0, 1, 2, 3, 4], 0]);
  });
});

describe("goBack", () => {
  it("takes a page back: labels, what was removed with its attributes, and what counts as looked at", async () => {
    const { session, server } = await begin({ pageSize: 3 });
    session.choose(
      "",
      new Map([
        [id(0), "dog"],
        [id(1), REMOVE],
      ]),
    );
    await session.approve();
    await session.goBack();
    expect(labels(server)).toEqual(["cat", "cat", "cat", "cat", "cat"]);
    expect(server.truthOf("i2")[0]?.attributes).toEqual({ colour: "red" });
    expect([session.state.looked, session.state.crops.length, session.state.canGoBack]).toEqual([
      0,
      3,
      false,
    ]);
    // What was made anew can be removed again, and the pages after it still come.
    session.choose("", new Map([[session.state.crops[1]?.annotation_id ?? "", REMOVE]]));
    await session.approve();
    expect([server.stands.size, page(session)]).toEqual([4, [3, 4]]);
  });
});

describe("localSeen", () => {
  it("says so when the browser keeps nothing", () => {
    const full = {
      ...memory(),
      setItem: () => {
        throw new Error("full");
      },
    };
    const seen = localSeen(full, OF);
    expect([seen.add([id(1)]), seen.has(id(1))]).toEqual([false, true]);
  });
});
