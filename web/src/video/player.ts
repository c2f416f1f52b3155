/** Plays a video frame by frame: which frame is shown now, and what is wanted next. No page, no React. */

import type { FrameContent, FrameSource } from "@/canvas/engine";

import type { FrameStore } from "./frameStore";
import { FrameTimes, type VideoFacts } from "./times";

/** Asks to be called before the next picture of the screen; gives the way not to be. */
export type AskFrame = (work: (nowMs: number) => void) => () => void;

export interface PlayerParts {
  readonly facts: VideoFacts;
  readonly store: FrameStore;
  readonly askFrame: AskFrame;
}

export interface PlayerState {
  /** The frame that is meant; its picture may still be on the way. */
  readonly frame: number;
  /** The frame on the screen, with which one works; null before the first has come. */
  readonly shownFrame: number | null;
  readonly isPlaying: boolean;
  readonly speed: number;
  /** The frame's picture has not come yet. */
  readonly isWaiting: boolean;
  readonly problem: string | null;
}

export const SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

/** More pictures a second than this nobody sees: at higher speeds frames are left out. */
const MOST_SHOWN_PER_S = 30;

export class Player implements FrameSource {
  readonly times: FrameTimes;
  readonly width: number;
  readonly height: number;
  #state: PlayerState;
  #shown: FrameContent | null = null;
  /** The time of the video that is played now, in seconds. */
  #at = 0;
  #lastMs: number | null = null;
  #stopAsking: (() => void) | null = null;
  #direction: 1 | -1 = 1;
  #pictureFollowers = new Set<() => void>();
  #followers = new Set<(state: PlayerState) => void>();
  readonly #stopStore: () => void;

  constructor(private readonly parts: PlayerParts) {
    this.times = new FrameTimes(parts.facts);
    this.width = parts.facts.width;
    this.height = parts.facts.height;
    this.#state = {
      frame: 0,
      shownFrame: null,
      isPlaying: false,
      speed: 1,
      isWaiting: true,
      problem: null,
    };
    this.#stopStore = parts.store.follow((frame) => {
      this.#stored(frame);
    });
    this.#want(false);
  }

  get state(): PlayerState {
    return this.#state;
  }

  get frameCount(): number {
    return this.parts.facts.frameCount;
  }

  get shown(): FrameContent | null {
    return this.#shown;
  }

  /** Be told of another picture. */
  follow(follower: () => void): () => void {
    this.#pictureFollowers.add(follower);
    return () => this.#pictureFollowers.delete(follower);
  }

  /** Be told of another state. */
  followState(follower: (state: PlayerState) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  play(): void {
    if (this.#state.isPlaying || this.frameCount < 2) return;
    if (this.#state.frame >= this.frameCount - 1) this.seek(0);
    this.#at = this.times.timeOf(this.#state.frame);
    this.#lastMs = null;
    this.#direction = 1;
    this.#set({ isPlaying: true });
    this.#want(false);
    this.#ask();
  }

  pause(): void {
    if (!this.#state.isPlaying) return;
    this.#stopAsking?.();
    this.#stopAsking = null;
    this.#set({ isPlaying: false });
    this.#want(false);
  }

  toggle(): void {
    if (this.#state.isPlaying) this.pause();
    else this.play();
  }

  setSpeed(speed: number): void {
    this.#set({ speed });
    this.#want(false);
  }

  /** So many frames on or back. Playing stops. */
  step(by: number): void {
    this.seek(this.#state.frame + by);
  }

  /** Go to a frame. While somebody scrubs nothing is fetched ahead. */
  seek(frame: number, options: { readonly isScrubbing?: boolean } = {}): void {
    this.pause();
    const target = Math.min(Math.max(0, Math.round(frame)), Math.max(0, this.frameCount - 1));
    if (target !== this.#state.frame) this.#direction = target > this.#state.frame ? 1 : -1;
    this.#goTo(target);
    this.#want(options.isScrubbing === true);
  }

  destroy(): void {
    this.#stopAsking?.();
    this.#stopStore();
    this.#followers.clear();
    this.#pictureFollowers.clear();
  }

  #ask(): void {
    this.#stopAsking = this.parts.askFrame((nowMs) => {
      this.#tick(nowMs);
    });
  }

  #tick(nowMs: number): void {
    if (!this.#state.isPlaying) return;
    const passed = this.#lastMs === null ? 0 : Math.min(0.25, (nowMs - this.#lastMs) / 1000);
    this.#lastMs = nowMs;
    const { frame, speed } = this.#state;
    const wanted = this.#at + passed * speed;
    const target = this.times.frameAt(wanted);
    const reached = this.#bestUpTo(target);
    if (reached === target) this.#at = wanted;
    // The frames have not come: time stands still until they have.
    else this.#at = Math.min(wanted, this.times.timeOf(reached + 1));
    if (reached !== frame) this.#goTo(reached);
    else if (target > frame && !this.#state.isWaiting) this.#set({ isWaiting: true });
    if (this.#isAtEnd()) {
      this.pause();
      return;
    }
    this.#want(false);
    this.#ask();
  }

  /** The latest frame up to a target whose picture is there; where we are when there is none. */
  #bestUpTo(target: number): number {
    const { frame } = this.#state;
    for (let one = target; one > frame; one -= 1) if (this.parts.store.find(one) !== null) return one;
    return frame;
  }

  #isAtEnd(): boolean {
    const last = this.frameCount - 1;
    return this.#state.frame >= last && this.#at >= this.times.timeOf(last);
  }

  #goTo(frame: number): void {
    const content = this.parts.store.find(frame);
    this.#set({ frame, isWaiting: content === null });
    if (content !== null) this.#show(content, frame);
  }

  #stored(frame: number | null): void {
    const { problem } = this.parts.store;
    if (problem !== this.#state.problem) this.#set({ problem });
    if (frame !== this.#state.frame) return;
    const content = this.parts.store.find(frame);
    if (content === null) return;
    this.#set({ isWaiting: false });
    this.#show(content, frame);
  }

  #show(content: FrameContent, frame: number): void {
    this.#shown = content;
    this.#set({ shownFrame: frame });
    for (const follower of [...this.#pictureFollowers]) follower();
    this.parts.store.hold(content);
  }

  #want(isScrubbing: boolean): void {
    const { frame, isPlaying, speed } = this.#state;
    const stride = isPlaying ? Math.max(1, Math.floor((this.times.rate * speed) / MOST_SHOWN_PER_S)) : 1;
    this.parts.store.want({ frame, direction: this.#direction, stride }, { isScrubbing });
  }

  #set(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    for (const follower of [...this.#followers]) follower(this.#state);
  }
}

/** The screen's own rhythm. */
export const screenFrames: AskFrame = (work) => {
  const ticket = requestAnimationFrame(work);
  return () => {
    cancelAnimationFrame(ticket);
  };
};
