/** One question on its way at a time; while it is, only the newest waits. */

export class Newest<Question> {
  #isBusy = false;
  #waiting: Question | null = null;

  /** `ask` must not reject. */
  constructor(private readonly ask: (question: Question) => Promise<void>) {}

  put(question: Question): void {
    if (this.#isBusy) {
      this.#waiting = question;
      return;
    }
    this.#isBusy = true;
    void this.ask(question).finally(() => {
      this.#isBusy = false;
      const next = this.#waiting;
      this.#waiting = null;
      if (next !== null) this.put(next);
    });
  }
}
