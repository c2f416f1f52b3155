/** Decoded images of the items around the present one, so that the next is on the screen at once. */

import { decodeImage, type Decoded } from "./decode";
import type { ImageAnswer, ImageProblem, ImageRequest } from "./protocol";

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** `levels[k]` is the image at 1 / 2^k of its width and height. */
  readonly levels: readonly ImageBitmap[];
}

/** An image could not be fetched or decoded. */
export class ImageFailed extends Error {
  override readonly name = "ImageFailed";

  constructor(readonly problem: ImageProblem) {
    super(sentenceFor(problem));
  }
}

export interface ImageStoreOptions {
  /** Images kept: the present one, the next three and the last five. */
  readonly limit?: number;
  readonly maxBytes?: number;
  readonly decode?: (url: string) => Promise<Decoded>;
}

interface Entry {
  readonly promise: Promise<DecodedImage>;
  image: DecodedImage | null;
}

const DEFAULT_LIMIT = 9;
const DEFAULT_MAX_BYTES = 640 * 1024 * 1024;

export class ImageStore {
  readonly #limit: number;
  readonly #maxBytes: number;
  readonly #decode: (url: string) => Promise<Decoded>;
  readonly #decoder: ImageDecoder | null;
  /** Oldest use first. */
  readonly #entries = new Map<string, Entry>();
  #pinned: string | null = null;

  constructor(options: ImageStoreOptions = {}) {
    this.#limit = options.limit ?? DEFAULT_LIMIT;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#decoder = options.decode === undefined ? new ImageDecoder() : null;
    this.#decode = options.decode ?? ((url) => this.#decoder?.decode(url) ?? decodeImage(url));
  }

  /** Begin to fetch and decode an image; known ones are only marked as used. Rejects with ImageFailed. */
  preload(url: string): Promise<DecodedImage> {
    const known = this.#entries.get(url);
    if (known !== undefined) {
      this.#entries.delete(url);
      this.#entries.set(url, known);
      return known.promise;
    }
    const entry: Entry = { promise: this.#load(url), image: null };
    this.#entries.set(url, entry);
    entry.promise.then(
      (image) => {
        if (this.#entries.get(url) !== entry) return close(image);
        entry.image = image;
        this.#evict();
      },
      // A failure is not kept: the next try asks the server again.
      () => {
        if (this.#entries.get(url) === entry) this.#entries.delete(url);
      },
    );
    return entry.promise;
  }

  /** The image if it is ready now. */
  find(url: string): DecodedImage | null {
    return this.#entries.get(url)?.image ?? null;
  }

  /** Never let go of this one while it is shown. */
  pin(url: string | null): void {
    this.#pinned = url;
  }

  destroy(): void {
    for (const entry of this.#entries.values()) if (entry.image !== null) close(entry.image);
    this.#entries.clear();
    this.#decoder?.destroy();
  }

  async #load(url: string): Promise<DecodedImage> {
    const decoded = await this.#decode(url);
    if (!decoded.ok) throw new ImageFailed(decoded.problem);
    const full = decoded.levels[0];
    if (full === undefined) throw new ImageFailed({ reason: "undecodable", detail: "no pixels" });
    return { width: full.width, height: full.height, levels: decoded.levels };
  }

  #evict(): void {
    const ready = [...this.#entries].filter(([, entry]) => entry.image !== null);
    let count = ready.length;
    let bytes = ready.reduce((sum, [, entry]) => sum + bytesOf(entry.image), 0);
    for (const [url, entry] of ready) {
      if (count <= this.#limit && bytes <= this.#maxBytes) return;
      if (url === this.#pinned || entry.image === null) continue;
      count -= 1;
      bytes -= bytesOf(entry.image);
      this.#entries.delete(url);
      close(entry.image);
    }
  }
}

/** Decodes in a worker; started at the first image. */
class ImageDecoder {
  #worker: Worker | null = null;
  #next = 1;
  readonly #waiting = new Map<number, (decoded: Decoded) => void>();

  decode(url: string): Promise<Decoded> {
    const absolute = new URL(url, document.baseURI).href;
    if (typeof Worker === "undefined") return decodeImage(absolute);
    const worker = (this.#worker ??= this.#start());
    const request: ImageRequest = { id: this.#next, url: absolute };
    this.#next += 1;
    return new Promise((done) => {
      this.#waiting.set(request.id, done);
      worker.postMessage(request);
    });
  }

  destroy(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#failAll("the canvas was closed");
  }

  #start(): Worker {
    const worker = new Worker(new URL("./image.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = (event: MessageEvent) => {
      const answer: ImageAnswer = event.data;
      const done = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      done?.(answer);
    };
    worker.onerror = () => {
      this.#failAll("the decoder stopped");
      this.#worker = null;
    };
    return worker;
  }

  #failAll(detail: string): void {
    for (const done of this.#waiting.values())
      done({ ok: false, problem: { reason: "undecodable", detail } });
    this.#waiting.clear();
  }
}

function bytesOf(image: DecodedImage | null): number {
  return image === null ? 0 : image.levels.reduce((sum, level) => sum + level.width * level.height * 4, 0);
}

function close(image: DecodedImage): void {
  for (const level of image.levels) level.close();
}

function sentenceFor(problem: ImageProblem): string {
  if (problem.reason === "undecodable")
    return "The image file cannot be decoded: it is damaged or of an unknown kind.";
  if (problem.status === null) return "The image could not be fetched: the server did not answer.";
  if (problem.status === 404) return "The image is no longer on the server.";
  return `The image could not be fetched: the server answered ${problem.status}.`;
}
