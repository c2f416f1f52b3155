/** The page's side of the mask worker; without workers (a test) the work is done at once. */

import type { MaskPixels } from "../masks/raster";
import type { MaskGeometry } from "../types";
import { answerMask } from "./maskWork";
import type { MaskAnswer, MaskRequest, MaskTile } from "./protocol";

/** A request without its number. */
type Asked =
  | { readonly kind: "decode"; readonly mask: MaskGeometry }
  | {
      readonly kind: "encode";
      readonly width: number;
      readonly height: number;
      readonly tiles: readonly MaskTile[];
    };

export class MaskWorker {
  #worker: Worker | null = null;
  #next = 1;
  readonly #waiting = new Map<number, (answer: MaskAnswer) => void>();

  /** The filled tiles of a mask; null when its counts cannot be read. */
  async decode(mask: MaskGeometry): Promise<readonly MaskTile[] | null> {
    const answer = await this.#ask({ kind: "decode", mask });
    return answer.kind === "decoded" ? answer.tiles : null;
  }

  /** The geometry of pixels as they are now. Throws Error when the worker fails. */
  async encode(pixels: MaskPixels): Promise<MaskGeometry> {
    const tiles = pixels.filledTiles().flatMap((at) => {
      const bits = pixels.tile(at);
      return bits === null ? [] : [{ ...at, bits }];
    });
    const answer = await this.#ask({ kind: "encode", width: pixels.width, height: pixels.height, tiles });
    if (answer.kind !== "encoded") throw new Error("A mask could not be encoded.");
    return answer.mask;
  }

  destroy(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const [id, done] of this.#waiting) done({ id, kind: "failed", detail: "The canvas was closed." });
    this.#waiting.clear();
  }

  #ask(asked: Asked): Promise<MaskAnswer> {
    const request: MaskRequest = { ...asked, id: this.#next };
    this.#next += 1;
    if (typeof Worker === "undefined") return Promise.resolve(answerMask(request));
    const worker = (this.#worker ??= this.#start());
    return new Promise((done) => {
      this.#waiting.set(request.id, done);
      // Copied, not transferred: the page goes on drawing with these bytes.
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./mask.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent) => {
      const answer: MaskAnswer = event.data;
      const done = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      done?.(answer);
    };
    return worker;
  }
}
