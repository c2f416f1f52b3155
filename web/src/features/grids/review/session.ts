/** Looking through the crops of one class, page by page: what is wrong, what it really is, what was looked at. */
import { ApiProblem } from "@/api/client";
import type { CropServer } from "@/api/queries/crops";
import type { Annotation, Crop, LabelChange } from "@/api/schema.gen";

import { choose, EMPTY_DESK, forget, redo, undo, type Desk } from "../desk";

import type { Seen } from "./seen";
import { verdictsOf } from "./verdicts";

export interface ReviewParts {
  readonly server: CropServer;
  readonly seen: Seen;
  readonly pageSize: number;
  /** Also what was looked at before. */
  readonly isAll: boolean;
}

export interface ReviewState {
  readonly phase: "loading" | "working" | "applying" | "done" | "failed";
  readonly crops: readonly Crop[];
  readonly desk: Desk;
  /** Why the server did not take a verdict. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Looked at, of all crops of the class. */
  readonly looked: number;
  readonly total: number;
  readonly isTruncated: boolean;
  /** Whose predictions judge. */
  readonly modelId: string | null;
  /** What the last page became. */
  readonly notice: string;
  readonly problem: ApiProblem | null;
  readonly canGoBack: boolean;
}

/** An approved page, as it can be taken back. */
interface Applied {
  readonly crops: readonly Crop[];
  readonly right: readonly string[];
  readonly relabelled: readonly string[];
  readonly removed: readonly Annotation[];
}

const FETCHED_AT_ONCE = 200;

export class ReviewSession {
  #state: ReviewState = {
    phase: "loading",
    crops: [],
    desk: EMPTY_DESK,
    refusals: new Map(),
    looked: 0,
    total: 0,
    isTruncated: false,
    modelId: null,
    notice: "",
    problem: null,
    canGoBack: false,
  };
  #cursor: string | null = null;
  #isEnd = false;
  #revision = 0;
  #waiting: Crop[] = [];
  #last: Applied | null = null;
  /** Mended in this sitting: they are no longer of the class, and were looked at all the same. */
  #mended = 0;
  /** Items that this sitting changed, with the revision of their last change. */
  readonly #changedAt = new Map<string, number>();
  readonly #followers = new Set<() => void>();

  constructor(private readonly parts: ReviewParts) {}

  get state(): ReviewState {
    return this.#state;
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Crops that come next, to fetch their pictures. */
  get ahead(): readonly Crop[] {
    return this.#waiting.slice(0, this.parts.pageSize);
  }

  async start(): Promise<void> {
    this.#set({ phase: "loading", problem: null });
    await this.#turn();
  }

  look(change: (desk: Desk) => Desk): void {
    this.#set({ desk: change(this.#state.desk) });
  }

  /** Say what crops really are; `REMOVE` for nothing of the kind, null for right after all. */
  choose(title: string, classes: ReadonlyMap<string, string | null>): void {
    this.#become(choose(this.#state.desk, { title, classes }));
  }

  undo(): boolean {
    if (this.#state.desk.past.length === 0) return false;
    this.#become(undo(this.#state.desk));
    return true;
  }

  redo(): boolean {
    if (this.#state.desk.future.length === 0) return false;
    this.#become(redo(this.#state.desk));
    return true;
  }

  /** Write what was said of this page, count the rest as looked at, and go on. */
  async approve(): Promise<void> {
    if (this.#state.phase !== "working") return;
    this.#set({ phase: "applying", problem: null, notice: "" });
    const page = this.#state.crops;
    const verdicts = verdictsOf(page, this.#state.desk.choices);
    const refusals = new Map<string, string>();
    const removed = await this.#remove(verdicts.removed, refusals);
    const relabelled = this.#isAway() ? [] : await this.#relabel(verdicts.relabelled, refusals);
    const isAway = this.#isAway();
    const right = isAway || refusals.size > 0 ? [] : verdicts.right;
    const isKept = this.parts.seen.add(right);
    const done = new Set([...right, ...relabelled, ...removed.map(({ id }) => id)]);
    this.#mended += relabelled.length + removed.length;
    this.#last = { crops: page.filter((crop) => done.has(crop.annotation_id)), right, relabelled, removed };
    this.#set({
      crops: page.filter((crop) => !done.has(crop.annotation_id)),
      desk: forget(this.#state.desk, done),
      refusals,
      canGoBack: done.size > 0,
      notice: isKept
        ? sayApplied(relabelled.length, removed.length)
        : "This browser does not keep what was looked at.",
      looked: this.#looked(),
    });
    if (isAway || refusals.size > 0) this.#set({ phase: "working" });
    else await this.#turn();
  }

  /** Take the last approved page back: labels, removed annotations, and what counts as looked at. */
  async goBack(): Promise<void> {
    const last = this.#last;
    if (last === null || this.#state.phase === "applying" || this.#state.phase === "loading") return;
    this.#set({ phase: "applying", problem: null, notice: "" });
    try {
      const again = await this.#restore(last.removed);
      const labelOf = new Map(last.crops.map((crop) => [crop.annotation_id, crop.label]));
      const changes = last.relabelled.map((id) => ({ annotation_id: id, label: labelOf.get(id) ?? "" }));
      if (changes.length > 0) await this.#save(changes, last.crops);
      this.parts.seen.remove(last.right);
      this.#mended -= last.relabelled.length + last.removed.length;
      this.#last = null;
      const back = last.crops.map((crop) => ({
        ...crop,
        annotation_id: again.get(crop.annotation_id) ?? crop.annotation_id,
      }));
      this.#waiting.unshift(...this.#state.crops);
      this.#set({
        phase: "working",
        crops: back,
        desk: EMPTY_DESK,
        refusals: new Map(),
        canGoBack: false,
        looked: this.#looked(),
        notice: "The page before, as it was.",
      });
    } catch (error) {
      this.#set({ phase: this.#state.crops.length > 0 ? "working" : "done", problem: problemOf(error) });
    }
  }

  /** Forget what was looked at, and begin again. */
  async lookAgain(): Promise<void> {
    this.parts.seen.clear();
    this.#cursor = null;
    this.#isEnd = false;
    this.#waiting = [];
    this.#mended = 0;
    this.#last = null;
    this.#set({ crops: [], desk: EMPTY_DESK, canGoBack: false, notice: "" });
    await this.start();
  }

  async #turn(): Promise<void> {
    this.#set({ phase: this.#waiting.length === 0 && !this.#isEnd ? "loading" : this.#state.phase });
    try {
      await this.#fill(this.parts.pageSize);
    } catch (error) {
      this.#set({ phase: "failed", problem: problemOf(error) });
      return;
    }
    const crops = this.#waiting.splice(0, this.parts.pageSize);
    this.#set({
      phase: crops.length === 0 ? "done" : "working",
      crops,
      desk: EMPTY_DESK,
      refusals: new Map(),
      looked: this.#looked(),
    });
    // The next page is had while this one is looked at; if that fails, turning the page tries again and says so.
    await this.#fill(this.parts.pageSize).catch(() => undefined);
  }

  async #fill(n: number): Promise<void> {
    while (this.#waiting.length < n && !this.#isEnd) {
      const page = await this.parts.server.list({ cursor: this.#cursor, limit: FETCHED_AT_ONCE });
      const fresh = this.parts.isAll
        ? page.crops
        : page.crops.filter((crop) => !this.parts.seen.has(crop.annotation_id));
      this.#waiting.push(...fresh);
      this.#cursor = page.next_cursor;
      this.#isEnd = page.next_cursor === null;
      this.#revision = page.revision;
      this.#set({ total: page.count, isTruncated: page.is_truncated, modelId: page.model_id });
    }
  }

  /** The server could not be asked: what was not written yet stays on the page. */
  #isAway(): boolean {
    return this.#state.problem !== null;
  }

  /** What was removed, for taking it back. */
  async #remove(
    wanted: ReadonlyMap<string, readonly string[]>,
    refusals: Map<string, string>,
  ): Promise<readonly Annotation[]> {
    const removed: Annotation[] = [];
    for (const [itemId, ids] of wanted) {
      if (this.#isAway()) break;
      try {
        const before = await Promise.all(ids.map((id) => this.parts.server.annotation(id)));
        const baseRevision = this.#changedAt.get(itemId) ?? this.#revision;
        const saved = await this.parts.server.change({
          itemId,
          annotations: [],
          removedIds: ids,
          baseRevision,
        });
        this.#changedAt.set(itemId, saved.revision);
        removed.push(...before);
      } catch (error) {
        this.#note(error, ids, refusals);
      }
    }
    return removed;
  }

  /** What was relabelled. */
  async #relabel(changes: readonly LabelChange[], refusals: Map<string, string>): Promise<readonly string[]> {
    if (changes.length === 0) return [];
    const ids = changes.map((change) => change.annotation_id);
    try {
      await this.#save(changes, this.#state.crops);
      return ids;
    } catch (error) {
      if (changes.length === 1 || isAway(problemOf(error))) {
        this.#note(error, ids, refusals);
        return [];
      }
    }
    // All or none: one by one shows which of them cannot be.
    const done: string[] = [];
    for (const change of changes) {
      if (!this.#isAway()) done.push(...(await this.#relabel([change], refusals)));
    }
    return done;
  }

  /** In one revision; apart go those that this sitting changed before, because they stand on a later one. */
  async #save(changes: readonly LabelChange[], crops: readonly Crop[]): Promise<void> {
    const itemOf = new Map(crops.map((crop) => [crop.annotation_id, crop.item_id]));
    const groups = new Map<number, LabelChange[]>();
    for (const change of changes) {
      const base = this.#changedAt.get(itemOf.get(change.annotation_id) ?? "") ?? this.#revision;
      groups.set(base, [...(groups.get(base) ?? []), change]);
    }
    for (const [baseRevision, some] of groups) {
      const saved = await this.parts.server.relabel({ changes: some, baseRevision });
      for (const { annotation_id: id } of some) this.#changedAt.set(itemOf.get(id) ?? "", saved.revision);
    }
  }

  /** Make removed annotations anew; gives the new ids by the old ones. */
  async #restore(removed: readonly Annotation[]): Promise<ReadonlyMap<string, string>> {
    const again = new Map<string, string>();
    for (const one of removed) {
      const { label, geometry, attributes, confidence, item_id: itemId } = one;
      const before = await this.parts.server.truth(itemId);
      const saved = await this.parts.server.change({
        itemId,
        annotations: [{ id: null, label, geometry, attributes, confidence, from_prediction: null }],
        removedIds: [],
        baseRevision: before.revision,
      });
      this.#changedAt.set(itemId, saved.revision);
      const known = new Set(before.annotations.map(({ id }) => id));
      const made = saved.annotations.find(({ id }) => !known.has(id));
      if (made !== undefined) again.set(one.id, made.id);
    }
    return again;
  }

  /** Note why the server said no, or that it could not be asked. */
  #note(error: unknown, ids: readonly string[], refusals: Map<string, string>): void {
    const problem = problemOf(error);
    if (isAway(problem)) {
      this.#set({ problem });
      return;
    }
    const why = problem.code === "stale_write" ? "Somebody changed it meanwhile" : problem.message;
    for (const id of ids) refusals.set(id, why);
  }

  #looked(): number {
    return Math.min(this.#state.total, this.parts.seen.count + this.#mended);
  }

  #become(desk: Desk): void {
    if (desk !== this.#state.desk) this.#set({ desk, refusals: new Map(), notice: "" });
  }

  #set(change: Partial<ReviewState>): void {
    this.#state = { ...this.#state, ...change };
    for (const follower of [...this.#followers]) follower();
  }
}

function isAway(problem: ApiProblem): boolean {
  return problem.isRetryable || problem.status === 401;
}

function sayApplied(relabelled: number, removed: number): string {
  if (relabelled + removed === 0) return "All right: counted as looked at.";
  const parts = [
    relabelled > 0 ? `${String(relabelled)} got another class` : "",
    removed > 0 ? `${String(removed)} removed` : "",
  ];
  return `${parts.filter((part) => part !== "").join(", ")}.`;
}

function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : "something went wrong in this page";
  return new ApiProblem({ status: -1, code: "client_error", detail });
}
