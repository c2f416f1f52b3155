/** One item in somebody's hands: its document and history, their log, and what the server knows of it. */
import type { Annotation, Item, Lease } from "@/api/schema.gen";
import { isSameStatement } from "@/canvas/geometry/same";
import type { ShapeDocument } from "@/canvas/model/document";
import { addShapes, removeShapes, setLabel } from "@/canvas/model/edits";
import type { History, HistoryOp } from "@/canvas/model/history";
import {
  changesSince,
  isNothing,
  readAnnotations,
  withDraft,
  type WireBase,
  type WireChanges,
} from "@/canvas/model/wire";
import type { Command, Shape, ShapeId } from "@/canvas/types";

import { ActiveClock } from "./activeClock";
import { DraftSync, type SaveState } from "./draftSync";
import { adopted, annotationOf, matchShapes } from "./matching";
import type { Intent, LogKey, LogStart, OpLog } from "./oplog";
import { keepingAfter, versionsOf, type Keeping } from "./keeping";
import { failureOf, numberIn, toApiProblem, type Refusal } from "./refusal";
import type { ItemContent, StudioServer } from "./server";

/** What every item of a session shares. */
export interface SessionParts {
  readonly server: StudioServer;
  readonly log: OpLog;
  readonly personId: string;
  readonly taskId: string;
  readonly newId: () => string;
  /** The shapes an item is opened with; truth and proposals when left out. */
  readonly read?: (content: ItemContent) => WireBase;
  /** The part of the truth that is worked on; all of it when left out. */
  readonly readTruth?: (annotations: readonly Annotation[]) => WireBase;
}

/** What the page shows of an item's work; a new object for each change. */
export interface WorkState {
  readonly save: SaveState;
  readonly keeping: Keeping;
  readonly isSubmitted: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Counts the changes of the document. */
  readonly version: number;
  /** Counts the lines of the history, undone ones too. */
  readonly steps: number;
  /** Something to be told once, such as work that could not be brought back. */
  readonly note: string | null;
}

/** The beginnings of an item's work. */
export interface WorkStart {
  readonly item: Item;
  readonly lease: Lease | null;
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly start: LogStart;
  /** Whether there is work here that the server does not have. */
  readonly isAhead: boolean;
  /** Operations in the log already. */
  readonly opCount: number;
  readonly keeping: Keeping;
  readonly note: string | null;
}

export class ItemWork {
  readonly itemId: string;
  readonly item: Item;
  readonly doc: ShapeDocument;
  readonly history: History;
  readonly clock: ActiveClock;
  readonly sync: DraftSync;
  #lease: Lease | null;
  #base: WireBase;
  #start: LogStart;
  #savedAs: Map<ShapeId, string | null>;
  #keeping: Keeping;
  readonly #remark: string | null;
  /** Operations in the log. */
  #steps: number;
  /** What was handed in last, to learn which annotation each shape became. */
  #submittedShapes: Shape[] | null = null;
  #pendingAppends = 0;
  #state: WorkState;
  readonly #key: LogKey;
  readonly #followers = new Set<() => void>();
  readonly #stops: (() => void)[] = [];

  constructor(
    private readonly parts: SessionParts,
    begin: WorkStart,
  ) {
    this.itemId = begin.item.id;
    this.item = begin.item;
    this.doc = begin.doc;
    this.history = begin.history;
    this.clock = new ActiveClock(() => performance.now());
    this.#lease = begin.lease;
    this.#start = begin.start;
    this.#base = { shapes: begin.start.base, hidden: new Map(begin.start.hidden) };
    this.#savedAs = new Map(begin.start.savedAs);
    this.#steps = begin.opCount;
    this.#keeping = begin.keeping;
    this.#remark = begin.note;
    this.#key = { personId: parts.personId, taskId: parts.taskId, itemId: this.itemId };
    this.sync = new DraftSync({ send: (options) => this.#saveDraft(options), onState: () => this.#tell() });
    this.#state = this.#look();
    this.#stops.push(
      this.history.follow((op) => this.#log(op)),
      this.doc.follow(() => this.#tell()),
    );
    if (begin.isAhead) this.sync.touch();
  }

  get state(): WorkState {
    return this.#state;
  }

  get lease(): Lease | null {
    return this.#lease;
  }

  get intent(): Intent | null {
    return this.#start.intent;
  }

  /** The shapes the work began from, as the server had them. */
  get base(): WireBase {
    return this.#base;
  }

  /** What differs from the server's ground truth. */
  changes(): WireChanges {
    return changesSince(this.#base, adopted(this.doc, this.#savedAs));
  }

  get hasChanges(): boolean {
    return !isNothing(this.changes());
  }

  /** Own shapes, which a submit makes the item's truth. */
  ownCount(): number {
    return this.doc.ids.filter((id) => this.doc.peek(id)?.standing === "own").length;
  }

  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Do a command and save it. */
  run(command: Command | null): void {
    if (command !== null) this.history.run(command);
  }

  /** Take a lease that was got or kept. */
  renew(lease: Lease): void {
    this.#lease = lease;
    this.#tell();
  }

  /** Note what is to become of the item before the server is asked, so that it is done even after a reload. */
  async intend(intent: Intent | null): Promise<void> {
    await this.#note({ ...this.#start, intent });
  }

  /** Hand the work in. Rejects with what the server said. */
  async finish(intent: Intent): Promise<void> {
    this.history.seal();
    await this.sync.pause();
    const upTo = this.sync.mark();
    const acked = this.#steps;
    try {
      await this.#withLease(() => this.#sendFinish(intent));
      await this.#note({ ...this.#start, acked, draftVersion: 0, intent: null, isSubmitted: true });
      this.sync.settle(upTo);
    } catch (error) {
      // The server keeps work with a label that is gone as a draft.
      const version = numberIn(toApiProblem(error), "draft_version");
      if (version !== null && toApiProblem(error).code === "label_gone")
        await this.#note({ ...this.#start, draftVersion: version });
      throw error;
    } finally {
      this.sync.resume();
      this.#tell();
    }
  }

  /** The item left one's hands by another way, such as an issue that sends it back. */
  async handedOver(): Promise<void> {
    await this.#note({ ...this.#start, isSubmitted: true, intent: null });
    this.#tell();
  }

  /** Go on with work that was handed in: get the item back and learn which annotations the shapes became. */
  async reopen(): Promise<void> {
    const [lease] = await this.parts.server.lease({ n: 1, itemIds: [this.itemId] });
    if (lease === undefined) throw new Error("somebody else has the item now");
    this.#lease = lease;
    await this.rebase(await this.parts.server.read(this.itemId), { isOwnWork: true });
    await this.#note({
      ...this.#start,
      isSubmitted: false,
      intent: null,
      draftVersion: lease.draft?.version ?? 0,
    });
    this.#tell();
  }

  /**
   * Put the work on top of what the server has now. What others added comes along and what they removed goes; only what
   * this work changed and they removed becomes new again.
   */
  async rebase(content: ItemContent, options: { readonly isOwnWork?: boolean } = {}): Promise<void> {
    const truth = this.#truthOf(content);
    const own = options.isOwnWork === true ? this.#ownAtSubmit() : this.#own();
    const isLoose = options.isOwnWork === true;
    const { pairs } = matchShapes({ own, truth: truth.shapes, savedAs: this.#savedAs, isLoose });
    const standing = new Set(truth.shapes.map(({ id }) => id));
    const before = new Set(this.#base.shapes.flatMap(({ annotationId }) => annotationId ?? []));
    const shapeOf = new Map([...pairs].map(([shapeId, id]) => [id, shapeId]));
    const gone: ShapeId[] = [];
    for (const shape of this.#own()) {
      const id = pairs.get(shape.id) ?? annotationOf(shape, this.#savedAs);
      const isThere = id !== null && standing.has(id);
      if (id !== null && !isThere && this.#isAsSaved(shape)) gone.push(shape.id);
      this.#savedAs.set(shape.id, isThere ? id : null);
    }
    for (const [shapeId, id] of pairs) this.#savedAs.set(shapeId, id);
    const added = truth.shapes.filter(
      ({ id }) => !shapeOf.has(id) && !before.has(id) && this.doc.peek(id) === null,
    );
    const kept = this.#base.shapes.filter(({ standing: as }) => as !== "own");
    const base = [...kept, ...truth.shapes.map((one) => ({ ...one, id: shapeOf.get(one.id) ?? one.id }))];
    this.#base = { shapes: base, hidden: new Map([...this.#base.hidden, ...truth.hidden]) };
    this.history.group("what others changed", () => {
      this.run(removeShapes(this.doc, gone));
      this.run(addShapes(this.doc, added));
    });
    await this.#note({
      ...this.#start,
      revision: content.revision,
      truth: versionsOf(content),
      base,
      hidden: [...this.#base.hidden],
    });
  }

  /** After a refusal for being stale: put this work on top of the other and save it. */
  async keepMine(): Promise<void> {
    const refusal = this.#refusal("stale");
    if (refusal === null) return;
    const version = numberIn(refusal.problem, "draft_version");
    if (refusal.problem.details.status === "submitted") await this.reopen();
    else if (version !== null) await this.#note({ ...this.#start, draftVersion: version });
    else await this.rebase(await this.parts.server.read(this.itemId));
    await this.sync.retry();
  }

  /** After a refusal for being stale: go on with what the server has. One step, so undo brings this work back. */
  async takeTheirs(): Promise<void> {
    if (this.#refusal("stale") === null) return;
    const theirs = await this.#theirs();
    this.history.group("take the other version", () => {
      this.#clear((shape) => shape.standing !== "proposal");
      this.run({ kind: "add", at: this.doc.count, shapes: theirs });
    });
    await this.keepMine();
  }

  /** Lay the other version over this one, to look at. One step; nothing of it is saved. */
  async seeBoth(): Promise<void> {
    const theirs = await this.#theirs();
    const shown = theirs.map((one): Shape => ({
      ...one,
      id: this.parts.newId(),
      standing: "reference",
      source: "theirs",
      annotationId: null,
    }));
    if (shown.length > 0) this.run({ kind: "add", at: this.doc.count, shapes: shown });
  }

  /** Give shapes of labels that are gone another label. */
  relabel(labels: ReadonlyMap<string, string>): void {
    this.history.group("other labels", () => {
      for (const [from, to] of labels) {
        const ids = this.#own().flatMap((shape) => (shape.label === from ? [shape.id] : []));
        this.run(setLabel(this.doc, ids, to));
      }
    });
  }

  /** The work as text, to be kept by hand. */
  toText(): string {
    const { taskId } = this.parts;
    return JSON.stringify({ task_id: taskId, item_id: this.itemId, ...this.changes() }, null, 2);
  }

  /** Send what waits, as the page goes away. */
  leave(): void {
    this.history.seal();
    void this.sync.flush({ isLeaving: true });
  }

  close(): void {
    this.sync.stop();
    for (const stop of this.#stops) stop();
  }

  async #saveDraft({ isLeaving }: { readonly isLeaving: boolean }): Promise<void> {
    const version = this.#start.draftVersion;
    await this.#note({ ...this.#start, isSending: true });
    let acked = this.#steps;
    const lease = await this.#withLease((held) => {
      const changes = this.changes();
      acked = this.#steps;
      return this.#counted((active_seconds) =>
        this.parts.server.saveDraft({
          itemId: this.itemId,
          isLeaving,
          body: {
            ...changes,
            base_revision: this.#start.revision,
            draft_version: this.#start.draftVersion,
            lease_token: held.lease_token,
            active_seconds,
          },
        }),
      );
    });
    this.#lease = lease;
    const draftVersion = lease.draft?.version ?? version + 1;
    await this.#note({ ...this.#start, draftVersion, acked, isSending: false, isSubmitted: false });
  }

  async #sendFinish(intent: Intent): Promise<void> {
    const token = this.#held().lease_token;
    this.#submittedShapes = this.#own();
    const work = { ...this.changes(), base_revision: this.#start.revision, lease_token: token };
    await this.#counted(async (active_seconds) => {
      if (intent.kind === "approve") {
        await this.parts.server.approve({ itemId: this.itemId, body: { ...work, active_seconds } });
      } else {
        const body = { ...work, active_seconds, answer: intent.answer };
        await this.parts.server.submit({ itemId: this.itemId, body });
      }
    });
  }

  /**
   * Call the server with a lease; get the item back first where it was handed in, and once more where the lease is gone
   * and nobody else has it. A session that was renewed in another tab is picked up.
   */
  async #withLease<T>(call: (lease: Lease) => Promise<T>): Promise<T> {
    if (this.#start.isSubmitted) await this.reopen();
    if (this.#lease === null) await this.#leaseAgain();
    if (this.#isSignedOut()) await this.parts.server.renewSession();
    try {
      return await call(this.#held());
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === "retry") throw error;
      if (failure.refusal.problem.code === "csrf_missing") await this.parts.server.renewSession();
      else if (failure.refusal.kind === "lease_lost") await this.#leaseAgain(error);
      else throw error;
      return await call(this.#held());
    }
  }

  async #leaseAgain(reason?: unknown): Promise<void> {
    const [lease] = await this.parts.server.lease({ n: 1, itemIds: [this.itemId] });
    if (lease === undefined) throw reason ?? new Error("the item is in somebody else's hands");
    this.#lease = lease;
  }

  #held(): Lease {
    if (this.#lease === null) throw new Error("the item is not in your hands");
    return this.#lease;
  }

  async #counted<T>(call: (seconds: number) => Promise<T>): Promise<T> {
    const seconds = this.clock.take();
    try {
      return await call(seconds);
    } catch (error) {
      this.clock.giveBack(seconds);
      throw error;
    }
  }

  async #theirs(): Promise<Shape[]> {
    const refusal = this.#refusal("stale");
    const [lease] = await this.parts.server
      .listLeases()
      .then((all) => all.filter((one) => one.item_id === this.itemId));
    const content = await this.parts.server.read(this.itemId);
    const truth = this.#truthOf(content);
    const isDraft = refusal !== null && numberIn(refusal.problem, "draft_version") !== null;
    const draft = lease?.draft ?? null;
    if (!isDraft || draft === null) return [...truth.shapes];
    return withDraft(truth, draft, this.parts.newId).filter((shape) => shape.standing === "own");
  }

  #truthOf({ annotations }: ItemContent): WireBase {
    return (this.parts.readTruth ?? readAnnotations)(annotations);
  }

  #clear(isMeant: (shape: Shape) => boolean): void {
    const removed = this.doc.ids.flatMap((id, at) => {
      const shape = this.doc.find(id);
      return shape !== null && isMeant(shape) ? [{ at, shape }] : [];
    });
    this.run({ kind: "remove", removed });
  }

  #isAsSaved(shape: Shape): boolean {
    const saved = this.#base.shapes.find(({ id }) => id === shape.id);
    return saved !== undefined && isSameStatement(saved, shape);
  }

  #own(): Shape[] {
    return this.doc.shapes().filter((shape) => shape.standing === "own");
  }

  /** Own shapes as they were handed in: the steps done since then are left out. */
  #ownAtSubmit(): Shape[] {
    return this.#submittedShapes ?? this.#own();
  }

  #refusal(kind: Refusal["kind"]): Refusal | null {
    const { state } = this.sync;
    return state.kind === "refused" && state.refusal.kind === kind ? state.refusal : null;
  }

  #isSignedOut(): boolean {
    return this.#refusal("signed_out") !== null;
  }

  #log(op: HistoryOp): void {
    this.#steps += 1;
    this.#pendingAppends += 1;
    const done = (): void => {
      this.#pendingAppends -= 1;
      this.#tell();
    };
    this.parts.log.append(this.#key, op).then(done, (error: unknown) => {
      this.#keeping = keepingAfter(error);
      done();
      void this.sync.flush();
    });
    this.sync.touch();
    if (this.#keeping !== "kept") void this.sync.flush();
  }

  async #note(start: LogStart): Promise<void> {
    const full = { ...start, savedAs: [...this.#savedAs] };
    this.#start = full;
    await this.parts.log.note(this.#key, full).catch((error: unknown) => {
      this.#keeping = keepingAfter(error);
    });
  }

  #tell(): void {
    this.#state = this.#look();
    for (const follower of [...this.#followers]) follower();
  }

  #look(): WorkState {
    const { state } = this.sync;
    return {
      save: state.kind === "saved" && this.#pendingAppends > 0 ? { kind: "saving" } : state,
      keeping: this.#keeping,
      isSubmitted: this.#start.isSubmitted,
      canUndo: this.history.canUndo,
      canRedo: this.history.canRedo,
      version: this.doc.version,
      steps: this.#steps,
      note: this.#remark,
    };
  }
}
