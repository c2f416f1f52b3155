/**
 * The edges of the present picture, found in a worker when a tool first needs them, and lines along them.
 *
 * Of lines that follow the pointer one is on its way at a time; while it is, only the newest wish waits.
 */

import type { EdgeField } from "../masks/edges";
import type { PathQuestion, PathResult, ToolName, ToolSettings } from "../tools/types";
import type { EdgeAnswer, EdgeRequest } from "../worker/edgeWork";
import type { Picture } from "./base";

/** Pictures are looked at with so many pixels at most; larger ones by a smaller copy. */
const MOST_PIXELS = 4_500_000;

export interface EdgeSourceTarget {
  picture(): Picture;
  /** Somebody else has to find this line. */
  ask(question: PathQuestion): void;
  answer(result: PathResult): void;
}

interface Source {
  readonly bitmap: ImageBitmap;
  readonly scale: number;
}

export class EdgeSource {
  #worker: Worker | null = null;
  #isBroken = false;
  /** Of which full bitmap the worker knows the edges, or is finding them. */
  #of: ImageBitmap | null = null;
  #number = 0;
  #field: EdgeField | null = null;
  #isBusy = false;
  #waiting: PathQuestion | null = null;

  constructor(private readonly target: EdgeSourceTarget) {}

  /** Edge strengths for a tool that uses them; asks for them when they are not there yet. */
  fieldFor(tool: ToolName, settings: ToolSettings): EdgeField | null {
    const isBrush = (tool === "brush" || tool === "eraser") && settings.isEdgeSnapping;
    if (tool !== "scissors" && !isBrush) return null;
    return this.#prepare() ? this.#field : null;
  }

  path(question: PathQuestion): void {
    if (!this.#prepare()) {
      this.target.ask(question);
      return;
    }
    if (question.isLive && this.#isBusy) {
      this.#waiting = question;
      return;
    }
    this.#send(question);
  }

  destroy(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** Whether the worker knows the present picture, or will when its turn comes. */
  #prepare(): boolean {
    const full = this.#source();
    if (full === null || this.#isBroken || typeof Worker === "undefined") return false;
    const worker = (this.#worker ??= this.#start());
    if (full.of === this.#of) return true;
    this.#of = full.of;
    this.#field = null;
    this.#waiting = null;
    this.#isBusy = false;
    this.#number += 1;
    const request: EdgeRequest = { kind: "picture", picture: this.#number, ...full.source };
    // A bitmap that is not transferred is copied.
    worker.postMessage(request);
    return true;
  }

  #source(): { readonly of: ImageBitmap; readonly source: Source } | null {
    const picture = this.target.picture();
    if (picture.kind !== "bitmap") return null;
    const { levels } = picture.image;
    const bitmap = levels.find((level) => level.width * level.height <= MOST_PIXELS) ?? levels.at(-1);
    const [of] = levels;
    if (bitmap === undefined || of === undefined) return null;
    return { of, source: { bitmap, scale: picture.size.width / bitmap.width } };
  }

  #send(question: PathQuestion): void {
    const { request, from, to } = question;
    if (question.isLive) this.#isBusy = true;
    const asked: EdgeRequest = { kind: "path", picture: this.#number, request, from, to };
    this.#worker?.postMessage(asked);
  }

  #start(): Worker {
    const worker = new Worker(new URL("../worker/edge.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent) => {
      const answer: EdgeAnswer = event.data;
      if (answer.picture === this.#number) this.#take(answer);
    };
    worker.onerror = () => {
      // From now on the page is asked.
      this.#isBroken = true;
      this.destroy();
    };
    return worker;
  }

  #take(answer: EdgeAnswer): void {
    if (answer.kind === "field") {
      this.#field = answer.field;
      return;
    }
    this.#isBusy = false;
    this.target.answer({ kind: "path", request: answer.request, points: answer.points });
    const next = this.#waiting;
    this.#waiting = null;
    if (next !== null) this.#send(next);
  }
}
