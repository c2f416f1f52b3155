/** One place of the queue: an item, its lease, and where it stands. */
import type { ApiProblem } from "@/api/client";
import type { Lease } from "@/api/schema.gen";

import type { ItemWork } from "./itemWork";
import type { Refusal } from "./refusal";

export type Standing =
  /** To be worked on. */
  | "ready"
  /** Put off; it comes again at the end. */
  | "skipped"
  /** Finished here, on its way to the server. */
  | "sending"
  | "done"
  | "discarded"
  /** Finished here, and the server said no: it waits for a decision. */
  | "refused"
  /** In another tab of this browser. */
  | "elsewhere";

/** What the page knows of an entry; a new object for each change. */
export interface EntryState {
  readonly itemId: string;
  readonly standing: Standing;
  readonly isRework: boolean;
  readonly work: ItemWork | null;
  /** Why its content could not be loaded. */
  readonly loadProblem: ApiProblem | null;
  readonly refusal: Refusal | null;
  /** It could not be sent yet, because the server is away. */
  readonly isWaiting: boolean;
}

export class Entry {
  standing: Standing = "ready";
  work: ItemWork | null = null;
  loading: Promise<void> | null = null;
  loadProblem: ApiProblem | null = null;
  refusal: Refusal | null = null;
  isWaiting = false;

  constructor(
    readonly itemId: string,
    public lease: Lease | null,
  ) {}

  get isHeld(): boolean {
    return (
      this.lease !== null &&
      (this.standing === "ready" || this.standing === "skipped" || this.standing === "refused")
    );
  }

  /** The lease as it was got or kept last. */
  get heldLease(): Lease | null {
    return this.work?.lease ?? this.lease;
  }

  /** Nothing was done to it here. */
  get isUntouched(): boolean {
    return this.work === null || this.work.state.steps === 0;
  }

  look(): EntryState {
    const isReopened = this.standing === "done" && this.work !== null && !this.work.state.isSubmitted;
    return {
      itemId: this.itemId,
      standing: isReopened ? "ready" : this.standing,
      isRework: this.lease?.status_before === "rework",
      work: this.work,
      loadProblem: this.loadProblem,
      refusal: this.refusal,
      isWaiting: this.isWaiting,
    };
  }
}
