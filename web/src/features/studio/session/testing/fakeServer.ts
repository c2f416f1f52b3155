/** A server in memory that keeps the rules of the real one for leases, drafts and submits, and fails when told to. */
import { ApiProblem } from "@/api/client";
import type { Annotation, AnnotationDraft, Draft, Lease, TaskItem } from "@/api/schema.gen";

import type { ItemContent, StudioServer } from "../server";

interface FakeItem {
  readonly id: string;
  status: TaskItem["status"];
  token: string | null;
  holder: string | null;
  draft: Draft | null;
  truth: Annotation[];
  submission: string | null;
  seconds: number;
}

export type Call = keyof StudioServer;

const AT = "2026-01-01T00:00:00Z";

export class FakeServer {
  readonly items = new Map<string, FakeItem>();
  readonly predictions = new Map<string, Annotation[]>();
  readonly calls: { readonly call: Call; readonly itemId: string | null }[] = [];
  revision = 1;
  labels = new Set(["car", "bus"]);
  #fails: { readonly call: Call | "any"; readonly problem: ApiProblem; times: number }[] = [];
  #count = 0;

  constructor(n: number) {
    for (let i = 0; i < n; i += 1) {
      const id = `item_${String(i)}`;
      const blank = { token: null, holder: null, draft: null, truth: [], submission: null, seconds: 0 };
      this.items.set(id, { id, status: "queued", ...blank });
    }
  }

  /** Fail the next calls of a kind. */
  fail(call: Call | "any", problem: ApiProblem, times = 1): void {
    this.#fails.push({ call, problem, times });
  }

  heal(): void {
    this.#fails = [];
  }

  item(id: string): FakeItem {
    const found = this.items.get(id);
    if (found === undefined) throw new Error(`no item ${id}`);
    return found;
  }

  /** Somebody changes the truth behind one's back. */
  change(itemId: string, truth: Annotation[]): void {
    this.revision += 1;
    this.item(itemId).truth = truth.map((one) => ({ ...one, born_rev: this.revision }));
  }

  count(call: Call): number {
    return this.calls.filter((one) => one.call === call).length;
  }

  /** The server as one person sees it. */
  as(person: string): StudioServer {
    return {
      listLeases: () => this.#do("listLeases", null, () => this.#held(person)),
      lease: ({ n, itemIds }) =>
        this.#do("lease", itemIds?.[0] ?? null, () => this.#lease({ person, n, itemIds })),
      heartbeat: ({ itemId, token, activeSeconds }) =>
        this.#do("heartbeat", itemId, () => {
          const item = this.#check(itemId, token, person);
          item.seconds += activeSeconds;
          return toLease(item);
        }),
      release: ({ itemId, token }) =>
        this.#do("release", itemId, () => {
          const item = this.#check(itemId, token, person);
          Object.assign(item, { status: "queued", token: null, holder: null });
        }),
      saveDraft: ({ itemId, body }) =>
        this.#do("saveDraft", itemId, () => {
          const item = this.#check(itemId, body.lease_token, person);
          this.#checkBase(item, body.base_revision);
          const version = item.draft?.version ?? 0;
          const wanted = body.draft_version ?? null;
          if (wanted !== null && wanted !== version) throw stale(item, { draft_version: version });
          item.draft = {
            annotations: body.annotations,
            removed_ids: body.removed_ids ?? [],
            rejected_ids: body.rejected_ids ?? [],
            base_revision: body.base_revision,
            version: version + 1,
            author_id: person,
            saved_at: AT,
          };
          item.seconds += body.active_seconds;
          return toLease(item);
        }),
      submit: ({ itemId, body }) =>
        this.#do("submit", itemId, () => {
          const item = this.item(itemId);
          const submission = JSON.stringify([body.annotations, body.removed_ids, body.answer]);
          if (item.status === "submitted" && item.submission === submission) return toTaskItem(item);
          this.#check(itemId, body.lease_token, person);
          this.#save(item, body);
          Object.assign(item, { status: "submitted", draft: null, submission });
          item.seconds += body.active_seconds;
          return toTaskItem(item);
        }),
      approve: ({ itemId, body }) =>
        this.#do("approve", itemId, () => {
          const item = this.#check(itemId, body.lease_token ?? "", person);
          this.#save(item, body);
          item.status = "approved";
          return toTaskItem(item);
        }),
      raiseIssue: ({ itemId, body }) =>
        this.#do("raiseIssue", itemId, () => {
          this.item(itemId).status = "waiting";
          return {
            id: "iss_1",
            task_id: "task",
            item_id: itemId,
            annotation_id: null,
            x: null,
            y: null,
            body: body.body,
            author_id: person,
            state: "open",
            created_at: AT,
            resolved_at: null,
            resolved_by: null,
            comments: [],
          };
        }),
      discard: ({ itemId, token }) =>
        this.#do("discard", itemId, () => {
          const item = this.#check(itemId, token, person);
          item.status = "discarded";
          return toTaskItem(item);
        }),
      read: (itemId) => this.#do("read", itemId, () => this.#read(itemId)),
      renewSession: () => this.#do("renewSession", null, () => undefined),
    };
  }

  #do<T>(call: Call, itemId: string | null, work: () => T): Promise<T> {
    this.calls.push({ call, itemId });
    const fail = this.#fails.find((one) => (one.call === call || one.call === "any") && one.times > 0);
    if (fail !== undefined) {
      fail.times -= 1;
      return Promise.reject(fail.problem);
    }
    return new Promise((resolve, reject) => {
      try {
        resolve(structuredClone(work()));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #held(person: string): Lease[] {
    return [...this.items.values()]
      .filter((item) => item.status === "leased" && item.holder === person)
      .map(toLease);
  }

  #lease(wanted: { person: string; n: number; itemIds?: readonly string[] }): Lease[] {
    const { person, n, itemIds } = wanted;
    const open = [...this.items.values()].filter((item) =>
      itemIds === undefined
        ? item.status === "queued"
        : itemIds.includes(item.id) &&
          (item.status === "queued" ||
            (item.holder === person && ["leased", "submitted", "discarded"].includes(item.status))),
    );
    return open.slice(0, itemIds === undefined ? n : open.length).map((item) => {
      this.#count += 1;
      Object.assign(item, { status: "leased", token: `token_${String(this.#count)}`, holder: person });
      return toLease(item);
    });
  }

  #check(itemId: string, token: string, person: string): FakeItem {
    const item = this.item(itemId);
    if (item.status === "leased" && item.token === token && item.holder === person) return item;
    const details = { is_elsewhere: item.status === "leased" && item.holder !== person };
    throw new ApiProblem({ status: 409, code: "lease_lost", detail: "this lease is over", details });
  }

  #checkBase(item: FakeItem, revision: number): void {
    if (item.truth.some((one) => one.born_rev > revision))
      throw stale(item, { current_revision: this.revision });
  }

  #save(
    item: FakeItem,
    body: { annotations?: AnnotationDraft[] | null; removed_ids?: string[]; base_revision?: number | null },
  ): void {
    const drafts = body.annotations ?? [];
    const removed = new Set(body.removed_ids ?? []);
    this.#checkBase(item, body.base_revision ?? 0);
    const gone = drafts.map((one) => one.label).filter((label) => !this.labels.has(label));
    if (gone.length > 0) {
      const version = (item.draft?.version ?? 0) + 1;
      const kept = { annotations: drafts, removed_ids: [...removed], rejected_ids: [], base_revision: 0 };
      item.draft = { ...kept, version, author_id: item.holder ?? "", saved_at: AT };
      const details = { labels: gone, draft_version: version };
      throw new ApiProblem({ status: 409, code: "label_gone", detail: "label gone", details });
    }
    const known = new Set(item.truth.map((one) => one.id));
    for (const id of [...removed, ...drafts.flatMap((one) => one.id ?? [])]) {
      if (!known.has(id)) throw new ApiProblem({ status: 404, code: "not_found", detail: `no ${id}` });
    }
    if (drafts.length + removed.size === 0) return;
    this.revision += 1;
    const replaced = new Set(drafts.flatMap((one) => one.id ?? []));
    const kept = item.truth.filter((one) => !removed.has(one.id) && !replaced.has(one.id));
    item.truth = [...kept, ...drafts.map((one) => this.#annotation(item.id, one))];
  }

  #annotation(itemId: string, draft: AnnotationDraft): Annotation {
    this.#count += 1;
    return {
      ...annotation(draft.id ?? `ann_${String(this.#count)}`, draft.label),
      item_id: itemId,
      geometry: draft.geometry,
      attributes: draft.attributes ?? {},
      from_prediction: draft.from_prediction ?? null,
      born_rev: this.revision,
    };
  }

  #read(itemId: string): ItemContent {
    return {
      item: {
        id: itemId,
        dataset_id: "data",
        name: `${itemId}.png`,
        sha256: "0",
        media_type: "image/png",
        width: 100,
        height: 80,
        bytes: 1,
        subset: null,
        group_key: null,
        is_checked_empty: false,
        metadata: {},
        health: {},
        born_rev: 1,
        created_at: AT,
      },
      revision: this.revision,
      annotations: this.item(itemId).truth,
      predictions: this.predictions.get(itemId) ?? [],
    };
  }
}

/** An annotation of ground truth: a box. */
export function annotation(id: string, label = "car"): Annotation {
  return {
    id,
    item_id: "item_0",
    label,
    geometry: { type: "box", x0: 1, y0: 2, x1: 30, y1: 40 },
    layer: "truth",
    confidence: null,
    attributes: {},
    author_kind: "person",
    author_id: "per_z",
    origin: "drawn",
    from_prediction: null,
    born_rev: 1,
    died_rev: null,
    created_at: AT,
  };
}

export const AWAY = new ApiProblem({
  status: 0,
  code: "unreachable",
  detail: "the server cannot be reached",
});
export const SIGNED_OUT = new ApiProblem({ status: 401, code: "unauthenticated", detail: "sign in" });

function stale(item: FakeItem, details: Record<string, unknown>): ApiProblem {
  return new ApiProblem({
    status: 409,
    code: "stale_write",
    detail: "somebody saved in between",
    details: { ...details, status: item.status },
  });
}

function toLease(item: FakeItem): Lease {
  return {
    task_id: "task",
    item_id: item.id,
    lease_token: item.token ?? "",
    expires_at: AT,
    status_before: "queued",
    draft: item.draft,
  };
}

function toTaskItem(item: FakeItem): TaskItem {
  return {
    task_id: "task",
    item_id: item.id,
    status: item.status,
    assignee_id: item.holder,
    submitted_by: item.holder,
    reviewed_by: null,
    human_seconds: item.seconds,
    updated_at: AT,
  };
}
