/**
 * When unfinished work goes to the server: soon after each change, at once when the page goes away, again and again while
 * the server cannot be reached.
 */
import type { ApiProblem } from "@/api/client";

import { failureOf, type Refusal } from "./refusal";

export type SaveState =
  /** The server has everything. */
  | { readonly kind: "saved" }
  | { readonly kind: "saving" }
  /** The server cannot be reached; it is tried again. */
  | { readonly kind: "waiting"; readonly problem: ApiProblem; readonly retryAt: number }
  /** The server said no; work goes on here until somebody decides. */
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface DraftSyncParts {
  /** Send the work as it stands now. */
  readonly send: (options: { readonly isLeaving: boolean }) => Promise<void>;
  readonly onState: (state: SaveState) => void;
}

/** After a change, how long further ones are waited for, and the longest that any waits. */
export const SETTLE_MS = 350;
export const LONGEST_MS = 900;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
/** How often is looked whether somebody signed in again in another tab. */
export const SIGN_IN_MS = 5000;

export class DraftSync {
  #state: SaveState = { kind: "saved" };
  #changes = 0;
  #sent = 0;
  #firstUnsentAt: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running: Promise<void> | null = null;
  #failures = 0;
  #isPaused = false;

  constructor(private readonly parts: DraftSyncParts) {}

  get state(): SaveState {
    return this.#state;
  }

  get isDirty(): boolean {
    return this.#changes !== this.#sent;
  }

  /** There is something new to save. */
  touch(): void {
    this.#changes += 1;
    if (this.#isPaused || this.#state.kind === "refused" || this.#state.kind === "waiting") return;
    this.#set({ kind: "saving" });
    this.#firstUnsentAt ??= Date.now();
    const rest = Math.max(0, this.#firstUnsentAt + LONGEST_MS - Date.now());
    this.#schedule(Math.min(SETTLE_MS, rest));
  }

  /** Send now what waits. Settles when it is sent, refused, or put off because the server is away. */
  async flush(options: { readonly isLeaving?: boolean } = {}): Promise<void> {
    if (this.#isPaused) return;
    this.#schedule(null);
    while (this.#running !== null) await this.#running;
    if (!this.isDirty) return;
    this.#running = this.#send(options.isLeaving === true);
    await this.#running;
  }

  /** Try again although the server said no: something was decided. */
  async retry(): Promise<void> {
    this.#failures = 0;
    this.#changes += 1;
    this.#set({ kind: "saving" });
    await this.flush();
  }

  /** The line may be back: do not wait for the end of the pause. */
  wake(): void {
    if (this.#state.kind === "waiting" || this.#isSignedOut()) void this.flush();
  }

  /** Send nothing more; what is under way ends first. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#schedule(null);
    while (this.#running !== null) await this.#running;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.isDirty) this.#schedule(0);
  }

  /** A mark of the changes so far, for `settle`. */
  mark(): number {
    return this.#changes;
  }

  /** The changes up to a mark are known to the server by another way, such as a submit. */
  settle(upTo: number): void {
    this.#sent = upTo;
    this.#failures = 0;
    this.#schedule(null);
    this.#set(this.isDirty ? { kind: "saving" } : { kind: "saved" });
  }

  /** The server's no came by another way. */
  refuse(refusal: Refusal): void {
    this.#schedule(null);
    this.#set({ kind: "refused", refusal });
  }

  stop(): void {
    this.#schedule(null);
    this.#isPaused = true;
  }

  async #send(isLeaving: boolean): Promise<void> {
    const upTo = this.#changes;
    this.#firstUnsentAt = null;
    try {
      await this.parts.send({ isLeaving });
      this.#sent = upTo;
      this.#failures = 0;
      this.#set(this.isDirty ? { kind: "saving" } : { kind: "saved" });
      if (this.isDirty) this.#schedule(SETTLE_MS);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running = null;
    }
  }

  #fail(error: unknown): void {
    const failure = failureOf(error);
    if (failure.kind === "refused") {
      this.#set({ kind: "refused", refusal: failure.refusal });
      if (failure.refusal.kind === "signed_out") this.#schedule(SIGN_IN_MS);
      return;
    }
    const pause = retryPause(this.#failures);
    this.#failures += 1;
    this.#set({ kind: "waiting", problem: failure.problem, retryAt: Date.now() + pause });
    this.#schedule(pause);
  }

  #isSignedOut(): boolean {
    return this.#state.kind === "refused" && this.#state.refusal.kind === "signed_out";
  }

  #schedule(pause: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (pause === null || this.#isPaused) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.flush();
    }, pause);
  }

  #set(state: SaveState): void {
    this.#state = state;
    this.parts.onState(state);
  }
}

/** Milliseconds to wait after so many failures in a row: 1 s, 2 s, 4 s … 30 s. */
export function retryPause(failures: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
}
