/** Frames and the times they are shown at; where these are not evenly spaced, each has its own. */

/** What is known of a video. */
export interface VideoFacts {
  readonly itemId: string;
  readonly frameCount: number;
  readonly durationS: number;
  /** Frames a second on average. */
  readonly rate: number;
  readonly width: number;
  readonly height: number;
  /** What is wrong with it, as a sentence. */
  readonly problem: string | null;
  /** Of each frame, in seconds; null when they are evenly spaced. */
  readonly times: readonly number[] | null;
}

export class FrameTimes {
  readonly #facts: VideoFacts;
  readonly #rate: number;

  constructor(facts: VideoFacts) {
    this.#facts = facts;
    this.#rate = facts.rate > 0 ? facts.rate : 25;
  }

  get frameCount(): number {
    return this.#facts.frameCount;
  }

  /** When a frame is shown, in seconds from the first. */
  timeOf(frame: number): number {
    const { times } = this.#facts;
    return times?.[frame] ?? frame / this.#rate;
  }

  /** How long a frame stays. */
  lengthOf(frame: number): number {
    const { times } = this.#facts;
    const [now, next] = [times?.[frame], times?.[frame + 1]];
    return now === undefined || next === undefined ? 1 / this.#rate : Math.max(0, next - now);
  }

  /** The frame that is on the screen at a time; the first before it, the last after it. */
  frameAt(time: number): number {
    const { times } = this.#facts;
    const last = Math.max(0, this.frameCount - 1);
    if (times === null) return Math.min(last, Math.max(0, Math.floor(time * this.#rate + 1e-6)));
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[middle] ?? Infinity) <= time + 1e-9) low = middle + 1;
      else high = middle;
    }
    return Math.min(last, Math.max(0, low - 1));
  }

  get rate(): number {
    return this.#rate;
  }
}

/** A time as people write it: `0:07.40`, `1:02:03.00`. */
export function showTime(seconds: number): string {
  const hundredths = Math.round(Math.max(0, seconds) * 100);
  const whole = Math.floor(hundredths / 100);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  const clock =
    hours > 0 ? `${String(hours)}:${two(minutes)}:${two(rest)}` : `${String(minutes)}:${two(rest)}`;
  return `${clock}.${two(hundredths % 100)}`;
}

/** A place that somebody typed: `120` is a frame, `0:07.4` and `7.4s` are times. Null when it is neither. */
export function readPlace(text: string, times: FrameTimes): number | null {
  const said = text.trim();
  if (/^\d+$/.test(said)) return Math.min(Number(said), Math.max(0, times.frameCount - 1));
  const parts = /^(?:(\d+):)?(?:(\d+):)?(\d+(?:\.\d+)?)\s*s?$/.exec(said);
  if (parts === null) return null;
  const [, one, two, seconds = "0"] = parts;
  const [hours, minutes] = two === undefined ? ["0", one ?? "0"] : [one ?? "0", two];
  return times.frameAt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}
