/**
 * The frames around the present one: fetched in packs ahead in the direction of play, decoded in a worker, and let go of
 * when they are far away. Both the JPEGs and the decoded pictures are bounded. What is no longer wanted is cancelled.
 */

import type { FrameContent } from "@/canvas/engine";

import type { FrameDecoder } from "./decoder";
import type { PackedFrame } from "./pack";
import { chunkOf, runsOf, surplus, wantedFrames, type Place } from "./wanted";

/** What may come of asking the server. */
export class FramesRefused extends Error {
  override readonly name = "FramesRefused";
}

export interface PackRequest {
  readonly start: number;
  readonly count: number;
  /** Pixels across; null for the video's own. */
  readonly width: number | null;
}

export interface StoreParts {
  readonly frameCount: number;
  /** Rejects with FramesRefused when asking again is of no use. */
  readonly fetchPack: (request: PackRequest, signal: AbortSignal) => Promise<readonly PackedFrame[]>;
  readonly decoder: FrameDecoder;
  readonly chunk?: number;
  readonly mostPictureBytes?: number;
  readonly mostPackBytes?: number;
  readonly setTimer?: (work: () => void, ms: number) => () => void;
}

interface Kept<T> {
  readonly value: T;
  readonly width: number | null;
}

interface Fetching extends PackRequest {
  readonly stop: AbortController;
}

const CHUNK = 16;
const MB = 1024 * 1024;
const AHEAD_PICTURES = 12;
const BEHIND_PICTURES = 4;
const AHEAD_PACKS = 48;
const AT_ONCE = 2;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 8000;
const BROKEN = "This frame of the video does not decode.";

export class FrameStore {
  readonly #pictures = new Map<number, Kept<FrameContent>>();
  readonly #packs = new Map<number, Kept<Uint8Array<ArrayBuffer>>>();
  readonly #decoding = new Set<number>();
  readonly #fetching = new Set<Fetching>();
  readonly #followers = new Set<(frame: number | null) => void>();
  #place: Place = { frame: 0, direction: 1, stride: 1 };
  #isScrubbing = false;
  #width: number | null = null;
  #problem: string | null = null;
  #waitMs = 0;
  #stopTimer: (() => void) | null = null;
  #isOver = false;
  /** On the screen: not closed, whatever becomes of its frame. */
  #held: FrameContent | null = null;

  constructor(private readonly parts: StoreParts) {}

  /** Why nothing comes at the moment; null when all is well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** The picture of a frame, perhaps coarser than asked for; null when it is not there yet. */
  find(frame: number): FrameContent | null {
    return this.#pictures.get(frame)?.value ?? null;
  }

  /** Never close the picture that is on the screen. */
  hold(content: FrameContent): void {
    const before = this.#held;
    this.#held = content;
    if (before !== null && before !== content && !this.#isKept(before)) close(before);
  }

  /** Frames that are at hand, as runs. */
  buffered(): readonly (readonly [number, number])[] {
    return runsOf(new Set([...this.#packs.keys(), ...this.#pictures.keys()]));
  }

  /** Say what is looked at. While somebody scrubs only the frame itself is asked for. */
  want(place: Place, options: { readonly isScrubbing?: boolean } = {}): void {
    this.#place = place;
    this.#isScrubbing = options.isScrubbing === true;
    this.#cancelUnwanted();
    this.#pump();
  }

  /** Ask for frames this many pixels wide from now on; what is there is shown until they come. */
  setWidth(width: number | null): void {
    if (width === this.#width) return;
    this.#width = width;
    for (const one of this.#fetching) one.stop.abort();
    this.#fetching.clear();
    this.#pump();
  }

  /** Be told that a frame's picture came (null: something else changed); gives the way to stop. */
  follow(follower: (frame: number | null) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  destroy(): void {
    this.#isOver = true;
    this.#stopTimer?.();
    for (const one of this.#fetching) one.stop.abort();
    for (const { value } of this.#pictures.values()) close(value);
    if (this.#held !== null) close(this.#held);
    this.#pictures.clear();
    this.#packs.clear();
    this.#followers.clear();
    this.parts.decoder.destroy();
  }

  #wanted(ahead: number, behind: number): readonly number[] {
    const { frameCount } = this.parts;
    if (this.#isScrubbing) return wantedFrames(this.#place, { frameCount, ahead: 0, behind: 0 });
    return wantedFrames(this.#place, { frameCount, ahead, behind });
  }

  #pump(): void {
    if (this.#isOver) return;
    for (const frame of this.#wanted(AHEAD_PICTURES, BEHIND_PICTURES)) {
      if (this.#decoding.size >= AT_ONCE) break;
      if (this.#pictures.get(frame)?.width === this.#width || this.#decoding.has(frame)) continue;
      const pack = this.#packs.get(frame);
      if (pack?.width === this.#width) void this.#decode(frame, pack);
    }
    if (this.#stopTimer !== null) return;
    for (const frame of this.#wanted(AHEAD_PACKS, BEHIND_PICTURES)) {
      if (this.#fetching.size >= AT_ONCE) break;
      if (this.#isHad(frame) || this.#isComing(frame)) continue;
      void this.#fetch(this.#requestFor(frame));
    }
  }

  #isHad(frame: number): boolean {
    return this.#packs.get(frame)?.width === this.#width || this.#pictures.get(frame)?.width === this.#width;
  }

  #isComing(frame: number): boolean {
    return [...this.#fetching].some((one) => frame >= one.start && frame < one.start + one.count);
  }

  #requestFor(frame: number): PackRequest {
    const { frameCount, chunk = CHUNK } = this.parts;
    const part = this.#isScrubbing ? { start: frame, count: 1 } : chunkOf(frame, { chunk, frameCount });
    return { ...part, width: this.#width };
  }

  async #fetch(request: PackRequest): Promise<void> {
    const one: Fetching = { ...request, stop: new AbortController() };
    this.#fetching.add(one);
    try {
      const frames = await this.parts.fetchPack(request, one.stop.signal);
      if (this.#isOver) return;
      for (const { frame, bytes } of frames) this.#take(frame, bytes, request.width);
      this.#heal();
    } catch (problem) {
      if (one.stop.signal.aborted || this.#isOver) return;
      if (problem instanceof FramesRefused) this.#refuse(request, problem.message);
      else this.#wait();
    } finally {
      this.#fetching.delete(one);
      this.#evict();
      this.#pump();
    }
  }

  #take(frame: number, bytes: PackedFrame["bytes"], width: number | null): void {
    if (bytes !== null) this.#packs.set(frame, { value: bytes, width });
    else this.#keep(frame, { value: { kind: "broken", sentence: BROKEN }, width });
  }

  #refuse({ start, count, width }: PackRequest, sentence: string): void {
    for (let frame = start; frame < start + count; frame += 1) {
      this.#keep(frame, { value: { kind: "broken", sentence }, width });
    }
  }

  async #decode(frame: number, pack: Kept<Uint8Array<ArrayBuffer>>): Promise<void> {
    this.#decoding.add(frame);
    const image = await this.parts.decoder.decode(pack.value);
    this.#decoding.delete(frame);
    if (this.#isOver) return image?.close();
    const value: FrameContent =
      image === null ? { kind: "broken", sentence: BROKEN } : { kind: "picture", image };
    this.#keep(frame, { value, width: pack.width });
    this.#evict();
    this.#pump();
  }

  #keep(frame: number, kept: Kept<FrameContent>): void {
    const before = this.#pictures.get(frame);
    this.#pictures.set(frame, kept);
    this.#tell(frame);
    if (before !== undefined) this.#letGo(before.value);
  }

  #letGo(content: FrameContent): void {
    if (content !== this.#held) close(content);
  }

  #isKept(content: FrameContent): boolean {
    return [...this.#pictures.values()].some(({ value }) => value === content);
  }

  #evict(): void {
    const { mostPictureBytes = 192 * MB, mostPackBytes = 64 * MB } = this.parts;
    const pictures = new Map([...this.#pictures].map(([frame, { value }]) => [frame, sizeOf(value)]));
    for (const frame of surplus(pictures, { place: this.#place, mostBytes: mostPictureBytes })) {
      const gone = this.#pictures.get(frame);
      this.#pictures.delete(frame);
      if (gone !== undefined) this.#letGo(gone.value);
    }
    const packs = new Map([...this.#packs].map(([frame, { value }]) => [frame, value.byteLength]));
    for (const frame of surplus(packs, { place: this.#place, mostBytes: mostPackBytes })) {
      this.#packs.delete(frame);
    }
    this.#tell(null);
  }

  #cancelUnwanted(): void {
    const wanted = this.#wanted(AHEAD_PACKS, BEHIND_PICTURES);
    for (const one of this.#fetching) {
      if (wanted.some((frame) => frame >= one.start && frame < one.start + one.count)) continue;
      one.stop.abort();
      this.#fetching.delete(one);
    }
  }

  /** The server is away: ask again after a while, longer each time. */
  #wait(): void {
    this.#problem = "The server does not answer: frames come when it is back.";
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs === 0 ? FIRST_WAIT_MS : this.#waitMs * 2);
    const setTimer = this.parts.setTimer ?? windowTimer;
    this.#stopTimer?.();
    this.#stopTimer = setTimer(() => {
      this.#stopTimer = null;
      this.#pump();
    }, this.#waitMs);
    this.#tell(null);
  }

  #heal(): void {
    this.#waitMs = 0;
    if (this.#problem === null) return;
    this.#problem = null;
    this.#tell(null);
  }

  #tell(frame: number | null): void {
    for (const follower of [...this.#followers]) follower(frame);
  }
}

function windowTimer(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => {
    clearTimeout(timer);
  };
}

function sizeOf(content: FrameContent): number {
  return content.kind === "broken" ? 0 : content.image.width * content.image.height * 4;
}

function close(content: FrameContent): void {
  if (content.kind === "picture") content.image.close();
}
