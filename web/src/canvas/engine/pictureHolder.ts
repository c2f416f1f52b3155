/** Fetches and holds the picture of the present item, as one bitmap or as tiles. */

import type { ItemImage } from "../engine";
import { TileLayer } from "../tiles/tileLayer";
import type { Size, Viewport } from "../viewport";
import { ImageFailed, ImageStore } from "../worker/imageStore";
import type { Picture } from "./base";
import type { ImageFailure } from "./events";
import type { FrameSource } from "./frameSource";

export interface PictureEvents {
  /** Shared with other canvases; null for one of its own. */
  readonly images: ImageStore | null;
  readonly tilesElement: HTMLElement;
  readonly onChange: () => void;
  readonly onShown: () => void;
  readonly onFailed: (failure: ImageFailure) => void;
}

export class PictureHolder {
  #picture: Picture = { kind: "none" };
  #tiles: TileLayer | null = null;
  /** Counts the items shown, so that a late answer for one before is not taken. */
  #turn = 0;
  readonly #images: ImageStore;
  #stopFrames: () => void = () => undefined;

  constructor(private readonly events: PictureEvents) {
    this.#images = events.images ?? new ImageStore();
  }

  get picture(): Picture {
    return this.#picture;
  }

  /** Show an image, or none; a prefetched one is there when this returns. Resolves when it is shown or has failed. */
  show(image: ItemImage | null, size: Size): Promise<void> {
    this.#turn += 1;
    this.#tiles?.destroy();
    this.#tiles = null;
    this.#stopFrames();
    this.#images.pin(image?.kind === "url" ? image.url : null);
    if (image === null) {
      this.#set({ kind: "none" });
      return Promise.resolve();
    }
    if (image.kind === "tiles") return this.#showTiles(image, size);
    if (image.kind === "frames") return this.#showFrames(image.frames, size);
    const known = this.#images.find(image.url);
    if (known !== null) {
      void this.#images.preload(image.url);
      this.#set({ kind: "bitmap", size, image: known });
      this.events.onShown();
      return Promise.resolve();
    }
    this.#set({ kind: "waiting", size });
    return this.#load({ url: image.url, size });
  }

  /** Move the tiles along, if there are any. */
  move(viewport: Viewport): void {
    this.#tiles?.move(viewport);
  }

  async preload(url: string): Promise<void> {
    try {
      await this.#images.preload(url);
    } catch (problem) {
      // Told when the item is shown; until then the file may have come back.
      if (!(problem instanceof ImageFailed)) throw problem;
    }
  }

  destroy(): void {
    this.#turn += 1;
    this.#tiles?.destroy();
    this.#stopFrames();
    if (this.events.images === null) this.#images.destroy();
  }

  async #load(wanted: { readonly url: string; readonly size: Size }): Promise<void> {
    const turn = this.#turn;
    try {
      const image = await this.#images.preload(wanted.url);
      if (turn !== this.#turn) return;
      this.#set({ kind: "bitmap", size: wanted.size, image });
      this.events.onShown();
    } catch (problem) {
      if (turn !== this.#turn) return;
      if (!(problem instanceof ImageFailed)) throw problem;
      this.#fail(wanted.size, { problem: problem.problem, message: problem.message });
    }
  }

  #showTiles(image: Extract<ItemImage, { kind: "tiles" }>, size: Size): Promise<void> {
    this.#set({ kind: "tiles", size });
    const turn = this.#turn;
    return new Promise((done) => {
      this.#tiles = new TileLayer(this.events.tilesElement, image.pyramid, {
        onShown: () => {
          if (turn === this.#turn) this.events.onShown();
          done();
        },
        onFailed: (detail) => {
          const problem = { reason: "unreachable", status: null, detail } as const;
          const message = "The tiles of this image could not be fetched: the server did not answer.";
          if (turn === this.#turn) this.#fail(size, { problem, message });
          done();
        },
      });
    });
  }

  /** Resolves at the first frame; afterwards each is shown as it comes. */
  #showFrames(frames: FrameSource, size: Size): Promise<void> {
    this.#set({ kind: "waiting", size });
    return new Promise((done) => {
      let isFirst = true;
      const show = () => {
        const { shown } = frames;
        if (shown === null) return;
        if (shown.kind === "broken") this.#set({ kind: "failed", size, sentence: shown.sentence });
        else {
          const { image } = shown;
          this.#set({
            kind: "bitmap",
            size,
            image: { width: image.width, height: image.height, levels: [image] },
          });
        }
        if (isFirst) this.events.onShown();
        isFirst = false;
        done();
      };
      const stop = frames.follow(show);
      this.#stopFrames = () => {
        stop();
        done();
      };
      show();
    });
  }

  #fail(size: Size, failure: ImageFailure): void {
    this.#set({ kind: "failed", size, sentence: failure.message });
    this.events.onFailed(failure);
  }

  #set(picture: Picture): void {
    this.#picture = picture;
    this.events.onChange();
  }
}
