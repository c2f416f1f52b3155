/** One person at one task in the grid: the page in hand, its choices, and handing it in. */
import { ApiProblem } from "@/api/client";
import type { GridServer } from "@/api/queries/grids";
import type { Lease } from "@/api/schema.gen";

import type { Claims } from "./claims";
import { choose, EMPTY_DESK, forget, redo, restore, undo, type Desk } from "../desk";
import type { Keeper } from "./keep";
import { Pace } from "./pace";
import { bulkItem, readResults, type Refusal } from "./payload";
import { Stock } from "./stock";
import { draftedClass, type Tile } from "./tile";

export interface SessionParts {
  readonly server: GridServer;
  readonly claims: Claims;
  readonly keeper: Keeper;
  readonly leaseSeconds: number;
  readonly pageSize: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export interface SessionState {
  readonly phase: "starting" | "working" | "submitting" | "empty" | "failed";
  readonly tiles: readonly Tile[];
  readonly desk: Desk;
  /** What the server said to items that stayed. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** Counts the pages of this session from 1. */
  readonly page: number;
  readonly done: number;
  readonly perMinute: number | null;
  /** Ready behind this page. */
  readonly ahead: number;
  /** Why there is no page, or why the last call failed. */
  readonly problem: ApiProblem | null;
  /** The page waits for the server to answer again. */
  readonly isWaiting: boolean;
  /** This browser does not keep the choices. */
  readonly isUnkept: boolean;
  /** The page before can be had again. */
  readonly canGoBack: boolean;
}

const LONGEST_PAUSE_MS = 15_000;

export class GridSession {
  #state: SessionState = {
    phase: "starting",
    tiles: [],
    desk: EMPTY_DESK,
    refusals: new Map(),
    page: 1,
    done: 0,
    perMinute: null,
    ahead: 0,
    problem: null,
    isWaiting: false,
    isUnkept: false,
    canGoBack: false,
  };
  #size: number;
  #last: readonly string[] = [];
  /** Handed in before, and on the page to be mended: what is left as it is stays handed in. */
  readonly #recalled = new Set<string>();
  #isOver = false;
  #pulse: ReturnType<typeof setInterval> | null = null;
  readonly #stock: Stock;
  readonly #pace: Pace;
  readonly #followers = new Set<() => void>();

  constructor(private readonly parts: SessionParts) {
    this.#size = parts.pageSize;
    this.#stock = new Stock(parts.server, parts.claims);
    this.#pace = new Pace(parts.now);
  }

  get state(): SessionState {
    return this.#state;
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Take up what one holds, then new work. */
  async start(): Promise<void> {
    this.#set({ phase: "starting", problem: null });
    try {
      await this.#stock.resume();
      await this.#turn();
    } catch (error) {
      this.#set({ phase: "failed", problem: problemOf(error) });
      return;
    }
    this.#pulse ??= setInterval(() => void this.#beat(), (this.parts.leaseSeconds * 1000) / 3);
  }

  /** Change what is selected or has the focus. */
  look(change: (desk: Desk) => Desk): void {
    this.#set({ desk: change(this.#state.desk) });
  }

  /** Give items classes, or take them away with null. */
  choose(title: string, classes: ReadonlyMap<string, string | null>): void {
    this.#become(choose(this.#state.desk, { title, classes }), [...classes.keys()]);
  }

  /** Gives whether there was a step to take back. */
  undo(): boolean {
    const step = this.#state.desk.past.at(-1);
    if (step === undefined) return false;
    this.#become(
      undo(this.#state.desk),
      step.changes.map(({ itemId }) => itemId),
    );
    return true;
  }

  redo(): boolean {
    const step = this.#state.desk.future.at(-1);
    if (step === undefined) return false;
    this.#become(
      redo(this.#state.desk),
      step.changes.map(({ itemId }) => itemId),
    );
    return true;
  }

  /** Show more or fewer items at once; what is untouched goes or comes. */
  async resize(size: number): Promise<void> {
    this.#size = size;
    const { tiles, phase } = this.#state;
    if (phase !== "working") return;
    if (tiles.length > size) {
      const isSpare = (tile: Tile): boolean => !this.#isTouched(tile.itemId);
      const spare = tiles.filter(isSpare).slice(-(tiles.length - size));
      this.#stock.putBack(spare);
      this.#leave(spare.map(({ itemId }) => itemId));
      return;
    }
    const more = await this.#stock.take(size - tiles.length).catch(() => []);
    this.#arrive([...this.#state.tiles, ...more]);
    this.#prefetch();
  }

  /** Put items off: they go back to the queue, and come here again when nothing else is left. */
  async skip(itemIds: readonly string[]): Promise<void> {
    const wanted = new Set(itemIds);
    const going = this.#state.tiles.filter(({ itemId }) => wanted.has(itemId));
    if (going.length === 0) return;
    this.#leave(itemIds);
    await this.#stock.putOff(going);
    if (this.#state.tiles.length === 0) await this.#turnSafely();
  }

  /** Hand in these items; the rest stays. When the page is empty the next one comes. */
  async submit(options: {
    readonly itemIds: readonly string[];
    readonly modelId: string | null;
  }): Promise<void> {
    if (this.#state.phase !== "working" || options.itemIds.length === 0) return;
    this.#set({ phase: "submitting", problem: null });
    const done: string[] = [];
    let todo: readonly string[] = options.itemIds;
    // A lease that ran out in the background is got again, once.
    for (let round = 0; round < 2 && todo.length > 0; round += 1) {
      const outcome = await this.#send(todo, options.modelId);
      if (outcome === null) return;
      done.push(...outcome.done);
      this.#set({ refusals: new Map([...this.#state.refusals, ...outcome.refused]) });
      await this.#readAgain(outcome.stale);
      todo = round === 0 ? await this.#leaseAgain(outcome.lapsed) : [];
    }
    this.#finish(done);
    if (this.#state.tiles.length > 0) this.#set({ phase: "working" });
    else await this.#turnSafely();
  }

  /** The page that was handed in last, again: one's own work can be mended until somebody reviews it. */
  async goBack(): Promise<void> {
    const wanted = this.#last;
    if (wanted.length === 0 || this.#state.phase === "submitting") return;
    const found = await this.#stock.recall(wanted).catch((error: unknown) => {
      this.#set({ problem: problemOf(error) });
      return [];
    });
    if (found.length === 0) return;
    this.#last = [];
    for (const { itemId } of found) this.#recalled.add(itemId);
    const untouched = this.#state.tiles.filter(({ itemId }) => !this.#isTouched(itemId));
    this.#stock.putBack(untouched);
    this.#leave(untouched.map(({ itemId }) => itemId));
    this.#set({ page: Math.max(1, this.#state.page - 1), canGoBack: false, phase: "working" });
    this.#arrive([...found, ...this.#state.tiles]);
  }

  /** The studio took an item over in another tab. */
  taken(itemId: string): void {
    this.#stock.drop(itemId);
    this.#leave([itemId]);
  }

  touch(): void {
    this.#pace.touch();
  }

  hide(): void {
    this.#pace.pause();
  }

  /** The page goes away: give back what is untouched. What was touched stays leased, for a reload to go on with. */
  async leave(options: { readonly isLeaving: boolean }): Promise<void> {
    if (!options.isLeaving) this.#stop();
    const spare = this.#state.tiles.filter(({ itemId }) => !this.#isTouched(itemId));
    const isBusy = this.#state.phase === "submitting";
    const isFinished = ({ itemId }: Tile): boolean => this.#recalled.has(itemId);
    const given = [this.#stock.releaseReady(options)];
    if (!isBusy) {
      given.push(
        this.#stock.release(
          spare.filter((tile) => !isFinished(tile)),
          options,
        ),
      );
      given.push(this.#handInAgain(spare.filter(isFinished), options));
    }
    await Promise.all(given);
    if (!options.isLeaving) this.parts.claims.close();
  }

  /** Ask again after a failure, or because new work may have come. */
  async retry(): Promise<void> {
    if (this.#state.phase === "failed") await this.start();
    else if (this.#state.phase === "empty") await this.#turnSafely();
  }

  #stop(): void {
    this.#isOver = true;
    if (this.#pulse !== null) clearInterval(this.#pulse);
    this.#pulse = null;
  }

  async #handInAgain(tiles: readonly Tile[], options: { readonly isLeaving: boolean }): Promise<void> {
    if (tiles.length === 0) return;
    const items = tiles.map((tile) => bulkItem(tile, { chosen: null, modelId: null, activeSeconds: 0 }));
    await this.parts.server.submit(items, options).catch(() => undefined);
  }

  #isTouched(itemId: string): boolean {
    return this.#state.desk.choices.has(itemId) || this.#state.refusals.has(itemId);
  }

  async #turnSafely(): Promise<void> {
    try {
      await this.#turn();
    } catch (error) {
      this.#set({ phase: "failed", problem: problemOf(error) });
    }
  }

  /** The next page. */
  async #turn(): Promise<void> {
    const tiles = await this.#stock.take(this.#size);
    if (this.#isOver) {
      await this.#stock.release(tiles, { isLeaving: false });
      return;
    }
    this.#set({ phase: tiles.length === 0 ? "empty" : "working", problem: null });
    this.#arrive(tiles);
    if (tiles.length > 0) this.#prefetch();
  }

  #arrive(tiles: readonly Tile[]): void {
    const known = new Set(this.#state.tiles.map(({ itemId }) => itemId));
    const fresh = tiles.filter(({ itemId }) => !known.has(itemId));
    const kept = this.parts.keeper.load(fresh.map(({ itemId }) => itemId));
    const choices = new Map<string, string>();
    for (const tile of fresh) {
      const label = kept.get(tile.itemId) ?? draftedClass(tile);
      if (label !== null) choices.set(tile.itemId, label);
    }
    this.#set({ tiles, desk: restore(this.#state.desk, choices) });
  }

  #leave(itemIds: readonly string[]): void {
    const gone = new Set(itemIds);
    this.parts.keeper.save(itemIds.map((id) => [id, null]));
    this.#set({
      tiles: this.#state.tiles.filter(({ itemId }) => !gone.has(itemId)),
      desk: forget(this.#state.desk, gone),
      refusals: new Map([...this.#state.refusals].filter(([id]) => !gone.has(id))),
    });
  }

  #prefetch(): void {
    void this.#stock
      .fill(this.#size)
      .catch(() => undefined)
      .then(() => {
        this.#set({});
      });
  }

  #become(desk: Desk, itemIds: readonly string[]): void {
    if (desk === this.#state.desk) return;
    const isKept = this.parts.keeper.save(itemIds.map((id) => [id, desk.choices.get(id) ?? null]));
    const refusals = new Map(this.#state.refusals);
    // What the server said was about the class that it had.
    for (const id of itemIds) if (refusals.get(id)?.isLost !== true) refusals.delete(id);
    this.#set({ desk, refusals, isUnkept: !isKept });
  }

  /** Send until the server answers; null when it cannot be. */
  async #send(itemIds: readonly string[], modelId: string | null) {
    const wanted = new Set(itemIds);
    const tiles = this.#state.tiles.filter(({ itemId }) => wanted.has(itemId));
    const activeSeconds = this.#pace.shareOf(tiles.length);
    const chosenOf = (id: string): string | null => this.#state.desk.choices.get(id) ?? null;
    const items = tiles.map((tile) =>
      bulkItem(tile, { chosen: chosenOf(tile.itemId), modelId, activeSeconds }),
    );
    for (let failures = 0; !this.#isOver; failures += 1) {
      try {
        const results = await this.parts.server.submit(items);
        this.#set({ isWaiting: false, problem: null });
        return readResults(results);
      } catch (error) {
        const problem = problemOf(error);
        const isSignedOut = problem.status === 401;
        if (!(problem.isRetryable || problem.status === 500 || isSignedOut)) {
          this.#set({ phase: "working", problem, isWaiting: false });
          return null;
        }
        this.#set({ isWaiting: true, problem });
        await this.parts.wait(Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures));
        if (isSignedOut) await this.parts.server.renewSession().catch(() => undefined);
      }
    }
    return null;
  }

  async #readAgain(itemIds: readonly string[]): Promise<void> {
    if (itemIds.length === 0) return;
    const fresh = await this.#stock.recall(itemIds).catch(() => []);
    this.#replace(new Map(fresh.map((tile) => [tile.itemId, tile])));
  }

  async #leaseAgain(itemIds: readonly string[]): Promise<readonly string[]> {
    if (itemIds.length === 0) return [];
    const leases = await this.parts.server.lease({ n: 1, itemIds }).catch((): Lease[] => []);
    this.#renew(new Map(leases.map((lease) => [lease.item_id, lease])));
    return leases.map((lease) => lease.item_id);
  }

  #finish(done: readonly string[]): void {
    for (const itemId of done) {
      this.parts.claims.yield(itemId);
      this.#recalled.delete(itemId);
    }
    this.#pace.finished(done.length);
    this.#last = done.length > 0 ? done : this.#last;
    this.#leave(done);
    const isTurning = this.#state.tiles.length === 0;
    this.#set({ page: this.#state.page + (isTurning ? 1 : 0), canGoBack: this.#last.length > 0 });
  }

  #replace(fresh: ReadonlyMap<string, Tile>): void {
    this.#set({ tiles: this.#state.tiles.map((tile) => fresh.get(tile.itemId) ?? tile) });
  }

  #renew(leases: ReadonlyMap<string, Lease>): void {
    const renewed = this.#state.tiles.map((tile) => ({
      ...tile,
      lease: leases.get(tile.itemId) ?? tile.lease,
    }));
    this.#set({ tiles: renewed });
  }

  /** Keep the leases; what somebody else got meanwhile leaves the page, unless something was chosen for it. */
  async #beat(): Promise<void> {
    if (this.#state.phase !== "working") return;
    const before = this.#state.tiles;
    const leases = await this.#stock.keep(before).catch(() => null);
    // A submit that began meanwhile has the old leases; its own answer says what became of them.
    if (leases === null) return;
    const lost = before.filter(({ itemId }) => !leases.has(itemId));
    this.#renew(leases);
    this.#leave(lost.filter(({ itemId }) => !this.#isTouched(itemId)).map(({ itemId }) => itemId));
    if (this.#state.phase === "working" && this.#state.tiles.length === 0) await this.#turnSafely();
  }

  #set(change: Partial<SessionState>): void {
    const { done, perMinute } = this.#pace;
    this.#state = { ...this.#state, ...change, done, perMinute, ahead: this.#stock.ready.length };
    for (const follower of [...this.#followers]) follower();
  }
}

function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : "something went wrong in this page";
  return new ApiProblem({ status: -1, code: "client_error", detail });
}
