/** Decodes frames in a worker, so that no frame ever keeps the page from drawing. */

export interface DecodeRequest {
  readonly id: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface DecodeAnswer {
  readonly id: number;
  readonly image: ImageBitmap | null;
}

/** Gives the picture of a JPEG, null when it does not decode. */
export interface FrameDecoder {
  decode(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap | null>;
  destroy(): void;
}

export class WorkerDecoder implements FrameDecoder {
  #worker: Worker | null = null;
  #next = 1;
  readonly #waiting = new Map<number, (image: ImageBitmap | null) => void>();

  decode(bytes: Uint8Array<ArrayBuffer>): Promise<ImageBitmap | null> {
    const worker = (this.#worker ??= this.#start());
    const request: DecodeRequest = { id: this.#next, bytes };
    this.#next += 1;
    return new Promise((done) => {
      this.#waiting.set(request.id, done);
      worker.postMessage(request);
    });
  }

  destroy(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#failAll();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent) => {
      const answer: DecodeAnswer = event.data;
      const done = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (done === undefined) answer.image?.close();
      else done(answer.image);
    };
    worker.onerror = () => {
      this.#worker = null;
      this.#failAll();
    };
    return worker;
  }

  #failAll(): void {
    for (const done of this.#waiting.values()) done(null);
    this.#waiting.clear();
  }
}
