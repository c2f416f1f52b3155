/** Which frames a timeline shows, and where they lie on it. Pure. */

/** Frames at the two ends of the view; fractions while somebody zooms. */
export interface TimeView {
  readonly from: number;
  readonly to: number;
}

/** No closer than this many frames across. */
const FEWEST = 12;

export function wholeVideo(frameCount: number): TimeView {
  return { from: 0, to: Math.max(FEWEST, frameCount) };
}

/** Where a frame begins, in pixels. */
export function xOf(frame: number, view: TimeView, width: number): number {
  return ((frame - view.from) / (view.to - view.from)) * width;
}

/** The frame at a place, a fraction. */
export function frameAtX(x: number, view: TimeView, width: number): number {
  return view.from + (x / Math.max(1, width)) * (view.to - view.from);
}

/** Closer (factor above 1) or farther about a frame. */
export function zoomed(
  view: TimeView,
  {
    about,
    factor,
    frameCount,
  }: { readonly about: number; readonly factor: number; readonly frameCount: number },
): TimeView {
  const whole = wholeVideo(frameCount);
  const length = Math.min(whole.to, Math.max(FEWEST, (view.to - view.from) / factor));
  const share = (about - view.from) / (view.to - view.from);
  return within({ from: about - share * length, to: about + (1 - share) * length }, frameCount);
}

export function shifted(view: TimeView, by: number, frameCount: number): TimeView {
  return within({ from: view.from + by, to: view.to + by }, frameCount);
}

/** The same length, moved so that a frame is in sight; the same view when it is. */
export function showing(view: TimeView, frame: number, frameCount: number): TimeView {
  if (frame >= view.from && frame < view.to) return view;
  const length = view.to - view.from;
  return within({ from: frame - length * 0.1, to: frame + length * 0.9 }, frameCount);
}

function within({ from, to }: TimeView, frameCount: number): TimeView {
  const most = wholeVideo(frameCount).to;
  const length = Math.min(to - from, most);
  const start = Math.min(Math.max(0, from), most - length);
  return { from: start, to: start + length };
}

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Round times for the axis, so that their words do not touch. */
export function ticksOf(options: {
  readonly fromS: number;
  readonly toS: number;
  readonly width: number;
  readonly leastPx: number;
}): { readonly stepS: number; readonly times: readonly number[] } {
  const { fromS, toS, width, leastPx } = options;
  const perPx = (toS - fromS) / Math.max(1, width);
  const stepS = STEPS_S.find((step) => step >= perPx * leastPx) ?? 7200;
  const times: number[] = [];
  for (let i = Math.ceil(fromS / stepS - 1e-9); i * stepS <= toS && times.length < 500; i += 1) {
    times.push(i * stepS);
  }
  return { stepS, times };
}
