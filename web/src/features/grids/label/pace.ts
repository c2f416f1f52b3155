/** How fast the work goes: time between signs of life, long silences left out. */

const IDLE_MS = 60_000;

export class Pace {
  #last: number | null = null;
  #activeMs = 0;
  /** Of the page on the screen. */
  #pageMs = 0;
  #done = 0;

  constructor(private readonly now: () => number) {}

  /** A key, a click, a move of the pointer. */
  touch(): void {
    const at = this.now();
    if (this.#last !== null && at - this.#last <= IDLE_MS) {
      this.#activeMs += at - this.#last;
      this.#pageMs += at - this.#last;
    }
    this.#last = at;
  }

  /** Nobody looks at the page. */
  pause(): void {
    this.#last = null;
  }

  /** Seconds of the page for each of its items; they are counted from zero again when the items are `finished`. */
  shareOf(items: number): number {
    return items === 0 ? 0 : this.#pageMs / 1000 / items;
  }

  finished(items: number): void {
    this.#done += items;
    this.#pageMs = 0;
  }

  get done(): number {
    return this.#done;
  }

  /** Items a minute in this session; null before there is enough to say. */
  get perMinute(): number | null {
    return this.#done === 0 || this.#activeMs < 1000 ? null : (this.#done / this.#activeMs) * 60_000;
  }
}
