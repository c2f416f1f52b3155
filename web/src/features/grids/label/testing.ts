/** Tiles and a server for tests. */
import { ApiProblem } from "@/api/client";
import type { GridServer } from "@/api/queries/grids";
import type { BulkItem, BulkResult, GridAnnotation, Lease, Problem } from "@/api/schema.gen";

import type { Tile } from "./tile";

const SOON = "2026-01-01T00:10:00Z";

export function lease(itemId: string, more: Partial<Lease> = {}): Lease {
  return {
    task_id: "tsk",
    item_id: itemId,
    lease_token: `token ${itemId}`,
    expires_at: SOON,
    status_before: "queued",
    draft: null,
    ...more,
  };
}

export function tile(
  itemId: string,
  more: Partial<Omit<Tile, "proposals">> & { proposed?: [string, number] } = {},
): Tile {
  const { proposed, ...rest } = more;
  const proposals =
    proposed === undefined
      ? []
      : [{ id: `prediction ${itemId}`, label: proposed[0], confidence: proposed[1], modelId: "mdl" }];
  return { itemId, lease: lease(itemId), revision: 7, standing: [], proposals, asked: null, ...rest };
}

export function classOf(itemId: string, label: string, more: Partial<GridAnnotation> = {}): GridAnnotation {
  return {
    id: `${more.layer ?? "truth"} ${itemId} ${label}`,
    item_id: itemId,
    label,
    geometry: { type: "class" },
    layer: "truth",
    confidence: null,
    author_kind: "person",
    author_id: "per",
    origin: "drawn",
    ...more,
  };
}

export function problem(code: string, details: Record<string, boolean> = {}): Problem {
  return {
    type: "about:blank",
    title: code,
    status: 409,
    code,
    detail: code,
    hint: "",
    details,
  };
}

/** A queue of items that are handed out in order, taken back, and finished. */
export class FakeServer implements GridServer {
  readonly queue: string[];
  readonly held = new Map<string, string>();
  readonly submitted: BulkItem[] = [];
  readonly released: string[] = [];
  /** What to say to an item at its next submit. */
  readonly refusals = new Map<string, Problem>();
  truth: GridAnnotation[] = [];
  /** How many of the next submits find the server away. */
  away = 0;
  #tokens = 0;

  constructor(items: readonly string[]) {
    this.queue = [...items];
  }

  listLeases(): Promise<Lease[]> {
    return Promise.resolve([...this.held].map(([id, lease_token]) => lease(id, { lease_token })));
  }

  lease({ n, itemIds }: { readonly n: number; readonly itemIds?: readonly string[] }): Promise<Lease[]> {
    const taken = itemIds ?? this.queue.slice(0, n);
    const leases = taken
      .filter(
        (id) =>
          this.queue.includes(id) || this.held.has(id) || this.submitted.some((one) => one.item_id === id),
      )
      .map((id) => {
        if (this.queue.includes(id)) this.queue.splice(this.queue.indexOf(id), 1);
        this.#tokens += 1;
        this.held.set(id, `token ${String(this.#tokens)}`);
        return lease(id, { lease_token: `token ${String(this.#tokens)}` });
      });
    return Promise.resolve(leases);
  }

  release({ itemId, token }: { readonly itemId: string; readonly token: string }): Promise<void> {
    if (this.held.get(itemId) !== token) return Promise.reject(new Error("lease lost"));
    this.held.delete(itemId);
    this.released.push(itemId);
    this.queue.unshift(itemId);
    return Promise.resolve();
  }

  submit(items: readonly BulkItem[]): Promise<BulkResult[]> {
    if (this.away > 0) {
      this.away -= 1;
      return Promise.reject(new ApiProblem({ status: 0, code: "unreachable", detail: "away" }));
    }
    return Promise.resolve(items.map((item) => this.#finish(item)));
  }

  annotations() {
    return Promise.resolve({ revision: 7, annotations: this.truth });
  }

  renewSession(): Promise<void> {
    return Promise.resolve();
  }

  #finish(item: BulkItem): BulkResult {
    const refusal = this.refusals.get(item.item_id);
    this.refusals.delete(item.item_id);
    if (refusal !== undefined) return { item_id: item.item_id, problem: refusal };
    if (this.held.get(item.item_id) !== item.lease_token)
      return { item_id: item.item_id, problem: problem("lease_lost") };
    this.held.delete(item.item_id);
    this.submitted.push(item);
    return { item_id: item.item_id, problem: null };
  }
}
