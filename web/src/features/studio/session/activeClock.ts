/** Seconds of real work: time between signs of life, long silences left out. */

export const IDLE_MS = 60_000;

export class ActiveClock {
  #last: number | null = null;
  #active = 0;
  #told = 0;

  /** `now` gives milliseconds that never run backwards. */
  constructor(private readonly now: () => number) {}

  /** A key, a click, a move of the pointer. */
  touch(): void {
    const at = this.now();
    if (this.#last !== null) this.#active += this.#counted(at - this.#last);
    this.#last = at;
  }

  /** The page is hidden or another item is on: silence from here on is nobody's work. */
  pause(): void {
    if (this.#last !== null) this.#active += this.#counted(this.now() - this.#last);
    this.#last = null;
  }

  /** Seconds so far, to be told to the server; they are counted from zero again. */
  take(): number {
    const at = this.now();
    if (this.#last !== null) {
      this.#active += this.#counted(at - this.#last);
      this.#last = at - this.#last > IDLE_MS ? null : at;
    }
    const seconds = this.#active / 1000;
    this.#told += this.#active;
    this.#active = 0;
    return seconds;
  }

  /** The server was not told after all. */
  giveBack(seconds: number): void {
    this.#active += seconds * 1000;
    this.#told = Math.max(0, this.#told - seconds * 1000);
  }

  /** All seconds so far, told or not. */
  get total(): number {
    return (this.#told + this.#active) / 1000;
  }

  #counted(milliseconds: number): number {
    return milliseconds > IDLE_MS ? 0 : Math.max(0, milliseconds);
  }
}
