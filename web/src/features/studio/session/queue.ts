/**
 * The queue of one person in one task: a leased batch, the next items ready before they are needed, the last ones at
 * hand, and finished work on its way to the server while the next item is on the screen.
 */
import type { ApiProblem } from "@/api/client";
import type { Lease } from "@/api/schema.gen";

import { Entry } from "./entry";
import { openWork } from "./openWork";
import type { Intent } from "./oplog";
import { giveBack, keepLease, Outbox } from "./outbox";
import { toApiProblem } from "./refusal";
import type { QueueParts, QueueState } from "./queueState";

/** Items leased at once, prepared ahead, and kept behind. */
export const BATCH = 10;
export const AHEAD = 3;
export const BEHIND = 5;
/** Fewer than these to come: more are leased. */
const REFILL_BELOW = 4;

export class WorkQueue {
  #entries: Entry[] = [];
  #at = -1;
  #phase: QueueState["phase"] = "starting";
  #problem: ApiProblem | null = null;
  #state: QueueState;
  #missed: string | null = null;
  /** More work is on its way; whoever needs it waits for the same answer. */
  #refilling: Promise<void> | null = null;
  #isOver = false;
  /** Items held at once, the one on the screen among them. */
  #batch = BATCH;
  #pulse: ReturnType<typeof setInterval> | null = null;
  readonly #outbox: Outbox;
  readonly #followers = new Set<() => void>();

  constructor(private readonly parts: QueueParts) {
    this.#outbox = new Outbox(parts.server, () => void this.#tell());
    this.#state = this.#look();
    parts.tabs.onTaken((itemId) => this.#letGo(itemId));
  }

  get state(): QueueState {
    return this.#state;
  }

  get current(): Entry | null {
    return this.#entries[this.#at] ?? null;
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Take up what one holds already, then the item that was asked for, then new work. */
  async start(options: { readonly itemId?: string } = {}): Promise<void> {
    this.#phase = "starting";
    this.#tell();
    try {
      const held = await this.parts.server.listLeases();
      for (const lease of held) await this.#addClaimed(lease, options.itemId === lease.item_id);
      await this.#openAsked(options.itemId);
      await this.#resumeSending();
      if (this.#isShort()) await this.#refill();
      this.#goToFirst(options.itemId);
    } catch (error) {
      this.#phase = "failed";
      this.#problem = toApiProblem(error);
      this.#tell();
      return;
    }
    if (this.#batch < BATCH) void this.freshen(this.#batch);
    this.#pulse ??= setInterval(() => void this.#beat(), (this.parts.leaseSeconds * 1000) / 3);
  }

  /** Show an item of the queue. */
  goTo(itemId: string): void {
    const at = this.#entries.findIndex((entry) => entry.itemId === itemId);
    if (at >= 0) this.#show(at);
  }

  /** The next item, whatever has become of this one; its draft stays. False at the end. */
  next(): boolean {
    const at = this.#entries.findIndex((entry, i) => i > this.#at && entry.standing !== "elsewhere");
    if (at < 0) return false;
    this.#show(at);
    return true;
  }

  previous(): boolean {
    if (this.#at <= 0) return false;
    this.#show(this.#at - 1);
    return true;
  }

  /** Finish the item on the screen and go on at once; the server is told behind the scenes. */
  finish(intent: Intent): void {
    const entry = this.current;
    if (entry === null || entry.work === null || entry.standing === "sending") return;
    void this.#outbox.send(entry, intent);
    this.#advance();
  }

  /**
   * Hold fewer items: what is to come next is decided anew all the time, as by an assistant that learns. What waits
   * behind the item on the screen and was not touched is given back, and what comes first now is leased.
   */
  async freshen(batch: number): Promise<void> {
    this.#batch = batch;
    if (this.#phase !== "working" && this.#phase !== "empty") return;
    if (this.#refilling !== null) await this.#refilling;
    const isBehind = (entry: Entry) => this.#entries.indexOf(entry) > this.#at;
    const stale = this.#entries.filter(
      (entry) => isBehind(entry) && entry.standing === "ready" && entry.isHeld && entry.isUntouched,
    );
    for (const entry of stale) this.#drop(entry);
    this.#tell();
    const isBack = stale.map((entry) => giveBack(this.parts.server, entry, { isLeaving: false }));
    await this.#refill(Promise.all(isBack));
  }

  /** Put the item off to the end. */
  skip(): void {
    const entry = this.current;
    if (entry === null) return;
    if (entry.standing === "ready") entry.standing = "skipped";
    this.#advance();
  }

  /** Say that the item cannot be worked on, and why. */
  async discard(reason: string): Promise<void> {
    const entry = this.current;
    const lease = entry?.heldLease ?? null;
    if (entry === null || lease === null) return;
    await entry.work?.sync.pause();
    const activeSeconds = entry.work?.clock.take() ?? 0;
    await this.parts.server.discard({
      itemId: entry.itemId,
      token: lease.lease_token,
      activeSeconds,
      reason,
    });
    entry.standing = "discarded";
    this.#advance();
  }

  /** In a review: say what needs mending; the item goes back to its author. */
  async raiseIssue(issue: {
    readonly body: string;
    readonly x: number | null;
    readonly y: number | null;
    readonly annotationId: string | null;
  }): Promise<void> {
    const entry = this.current;
    const lease = entry?.heldLease ?? null;
    if (entry === null || lease === null) return;
    await this.parts.server.raiseIssue({
      itemId: entry.itemId,
      body: {
        body: issue.body,
        x: issue.x,
        y: issue.y,
        annotation_id: issue.annotationId,
        lease_token: lease.lease_token,
        active_seconds: entry.work?.clock.take() ?? 0,
      },
    });
    await entry.work?.handedOver();
    entry.standing = "done";
    this.#tell();
  }

  /** Send again what the server refused, after something was decided. */
  retry(itemId: string): void {
    const entry = this.#entries.find((one) => one.itemId === itemId);
    if (entry === undefined || entry.work === null || entry.standing !== "refused") return;
    const { intent } = entry.work;
    entry.standing = "ready";
    entry.refusal = null;
    if (intent === null) this.#tell();
    else void this.#outbox.send(entry, intent);
  }

  /** Take an item over from another tab. */
  async takeOver(itemId: string): Promise<void> {
    const at = this.#entries.findIndex((one) => one.itemId === itemId);
    if (at < 0) return;
    await this.parts.tabs.takeOver(itemId);
    const [lease] = await this.parts.server.lease({ n: 1, itemIds: [itemId] });
    this.#entries[at]?.work?.close();
    this.#entries[at] = new Entry(itemId, lease ?? null);
    this.#show(at);
  }

  /** A sign of life of the person. */
  touch(): void {
    this.current?.work?.clock.touch();
  }

  /** The line may be back, or somebody signed in again. */
  wake(): void {
    this.#outbox.wake();
    for (const entry of this.#entries) {
      entry.work?.sync.wake();
      if (entry.loadProblem !== null) void this.#load(entry);
    }
    if (this.#phase === "failed") void this.start();
  }

  /** The page is hidden: nobody works, and what waits is sent now. */
  hide(): void {
    for (const entry of this.#entries) {
      entry.work?.clock.pause();
      entry.work?.leave();
    }
  }

  /** The page goes away: give back what was not touched. What was stays leased, for a reload to go on with. */
  unload(): void {
    this.hide();
    for (const entry of this.#entries) {
      if (entry !== this.current && entry.isHeld && entry.isUntouched)
        void giveBack(this.parts.server, entry, { isLeaving: true });
    }
  }

  /** Leave the studio: save, and give everything back. */
  async leave(): Promise<void> {
    this.#isOver = true;
    if (this.#pulse !== null) clearInterval(this.#pulse);
    this.#pulse = null;
    for (const entry of this.#entries) await entry.work?.sync.flush();
    for (const entry of this.#entries) {
      entry.work?.close();
      if (entry.isHeld) void giveBack(this.parts.server, entry, { isLeaving: false });
      this.parts.tabs.yield(entry.itemId);
    }
    this.#outbox.stop();
    this.parts.tabs.close();
  }

  async #addClaimed(lease: Lease, isAsked: boolean): Promise<void> {
    if (this.#entries.some((entry) => entry.itemId === lease.item_id)) return;
    const isMine = await this.parts.tabs.claim(lease.item_id);
    if (!isMine && !isAsked) return;
    const entry = new Entry(lease.item_id, lease);
    if (!isMine) entry.standing = "elsewhere";
    this.#entries.push(entry);
  }

  /** The item of the address: lease it, or open it to look at. */
  async #openAsked(itemId: string | undefined): Promise<void> {
    if (itemId === undefined || this.#entries.some((entry) => entry.itemId === itemId)) return;
    const [lease] = await this.parts.server.lease({ n: 1, itemIds: [itemId] }).catch((): Lease[] => []);
    if (lease === undefined) this.#missed = itemId;
    else await this.#addClaimed(lease, true);
  }

  /** Work that was finished before a reload and whose answer was never seen. */
  async #resumeSending(): Promise<void> {
    const { log, personId, taskId } = this.parts;
    const keys = await log.list({ personId, taskId }).catch(() => []);
    for (const key of keys) {
      const stored = await log.load(key).catch(() => null);
      const intent = stored?.start.intent ?? null;
      const entry = this.#entries.find((one) => one.itemId === key.itemId);
      if (intent === null || entry === undefined || entry.standing === "elsewhere") continue;
      await this.#load(entry);
      const waiting = entry.work?.intent ?? null;
      if (waiting !== null) void this.#outbox.send(entry, waiting);
      else if (entry.work?.state.isSubmitted === true) entry.standing = "done";
    }
  }

  #goToFirst(itemId: string | undefined): void {
    const asked = this.#entries.findIndex((entry) => entry.itemId === itemId);
    const at = asked >= 0 ? asked : this.#entries.findIndex((entry) => entry.standing === "ready");
    if (at >= 0) this.#show(at);
    else this.#end();
  }

  #show(at: number): void {
    const before = this.current;
    if (before !== null && this.#at !== at) {
      before.work?.clock.pause();
      before.work?.history.seal();
      void before.work?.sync.flush();
    }
    this.#at = at;
    this.#phase = "working";
    this.#prepare();
    this.#tell();
    if (this.#isShort()) void this.#refill();
  }

  /** To the next item that is to be done: those further on first, then what was skipped, then new work. */
  #advance(): void {
    const isReady = (entry: Entry): boolean => entry.look().standing === "ready";
    const after = this.#entries.findIndex((entry, i) => i > this.#at && isReady(entry));
    if (after >= 0) return this.#show(after);
    void this.#refill().then(() => {
      const fresh = this.#entries.findIndex((entry, i) => i !== this.#at && isReady(entry));
      const skipped = this.#entries.findIndex((entry, i) => i !== this.#at && entry.standing === "skipped");
      if (fresh >= 0) this.#show(fresh);
      else if (skipped >= 0) this.#bringBack(skipped);
      else if (this.current?.standing === "skipped") this.#bringBack(this.#at);
      else this.#end();
    });
  }

  #bringBack(at: number): void {
    const entry = this.#entries[at];
    if (entry !== undefined) entry.standing = "ready";
    this.#show(at);
  }

  #end(): void {
    this.#phase = this.#problem === null ? "empty" : "failed";
    this.#tell();
  }

  /** Too little is to come. */
  #isShort(): boolean {
    const upcoming = this.#entries.filter((entry, i) => i > this.#at && entry.standing === "ready").length;
    return upcoming < Math.min(REFILL_BELOW, this.#batch - 1);
  }

  #refill(after: Promise<unknown> = Promise.resolve()): Promise<void> {
    this.#refilling ??= this.#leaseMore(after).finally(() => {
      this.#refilling = null;
    });
    return this.#refilling;
  }

  async #leaseMore(after: Promise<unknown>): Promise<void> {
    await after;
    if (this.#isOver) return;
    try {
      const held = this.#entries.filter((entry) => entry.isHeld && entry.standing === "ready").length;
      const n = Math.max(1, this.#batch - held);
      for (const lease of await this.parts.server.lease({ n })) this.#take(lease);
      this.#problem = null;
    } catch (error) {
      this.#problem = toApiProblem(error);
    }
    this.#tell();
    this.#prepare();
  }

  /** A new lease: a new place at the end, or a known item that came back. */
  #take(lease: Lease): void {
    const known = this.#entries.find((entry) => entry.itemId === lease.item_id);
    void this.parts.tabs.claim(lease.item_id);
    if (known === undefined) {
      this.#entries.push(new Entry(lease.item_id, lease));
    } else if (known.standing === "done" || known.standing === "discarded") {
      // Sent back by a reviewer meanwhile: it is work again, from what the server has now.
      known.work?.close();
      this.#entries = this.#entries.filter((entry) => entry !== known);
      if (this.#at >= this.#entries.length) this.#at = this.#entries.length - 1;
      this.#entries.push(new Entry(lease.item_id, lease));
    } else {
      known.lease = lease;
      known.work?.renew(lease);
    }
  }

  /** Load what is on the screen and what comes; let go what lies far behind. */
  #prepare(): void {
    const current = this.current;
    if (current === null) return;
    void this.#load(current).then(() => {
      let ahead = 0;
      for (const [i, entry] of this.#entries.entries()) {
        if (i <= this.#at || entry.standing !== "ready" || ahead === AHEAD) continue;
        ahead += 1;
        void this.#load(entry);
      }
    });
    for (const [i, entry] of this.#entries.entries()) {
      if (i < this.#at - BEHIND && entry.standing === "done" && entry.work?.sync.isDirty === false) {
        entry.work.close();
        entry.work = null;
        this.parts.tabs.yield(entry.itemId);
      }
    }
  }

  #load(entry: Entry): Promise<void> {
    if (entry.work !== null || entry.standing === "elsewhere") return Promise.resolve();
    entry.loading ??= this.#open(entry).finally(() => {
      entry.loading = null;
    });
    return entry.loading;
  }

  async #open(entry: Entry): Promise<void> {
    entry.loadProblem = null;
    try {
      const content = await this.parts.server.read(entry.itemId);
      this.parts.preload(content);
      const work = await openWork(this.parts, { content, lease: entry.lease });
      if (this.#isOver) return work.close();
      entry.work = work;
      work.follow(() => {
        this.#tell();
      });
    } catch (error) {
      entry.loadProblem = toApiProblem(error);
    }
    this.#tell();
  }

  /** Try to open an item again. */
  reload(itemId: string): void {
    const entry = this.#entries.find((one) => one.itemId === itemId);
    if (entry !== undefined) void this.#load(entry);
  }

  async #beat(): Promise<void> {
    for (const entry of this.#entries.filter((one) => one.isHeld)) {
      const answer = await keepLease(this.parts.server, entry);
      if (answer === "kept") continue;
      if (entry !== this.current && entry.isUntouched) this.#drop(entry);
      else void entry.work?.sync.retry();
    }
    this.#tell();
  }

  #drop(entry: Entry): void {
    const at = this.#entries.indexOf(entry);
    entry.work?.close();
    this.parts.tabs.yield(entry.itemId);
    this.#entries.splice(at, 1);
    if (at < this.#at) this.#at -= 1;
  }

  /** Another tab takes the item over. */
  async #letGo(itemId: string): Promise<void> {
    const entry = this.#entries.find((one) => one.itemId === itemId);
    if (entry === undefined) return;
    await entry.work?.sync.flush();
    entry.work?.close();
    entry.work = null;
    entry.standing = "elsewhere";
    this.#tell();
  }

  #tell(): void {
    this.#state = this.#look();
    for (const follower of [...this.#followers]) follower();
  }

  #look(): QueueState {
    const entries = this.#entries.map((entry) => entry.look());
    return {
      phase: this.#phase,
      entries,
      at: this.#at,
      problem: this.#problem,
      sending: entries.filter((entry) => entry.standing === "sending").length,
      refused: entries.filter((entry) => entry.standing === "refused").length,
      missed: this.#missed,
    };
  }
}
