/** Which frames are wanted next, and which of those kept may go. Pure. */

export interface Place {
  readonly frame: number;
  readonly direction: 1 | -1;
  /** Frames from one that is shown to the next: more than 1 when the speed leaves some out. */
  readonly stride: number;
}

export interface Horizon {
  readonly frameCount: number;
  /** Frames wanted ahead and behind. */
  readonly ahead: number;
  readonly behind: number;
}

/** Frames in the order in which they are wanted: this one, those ahead, a few behind. */
export function wantedFrames(place: Place, { frameCount, ahead, behind }: Horizon): readonly number[] {
  const { frame, direction, stride } = place;
  const wanted = [frame];
  for (let i = 1; i <= ahead; i += 1) wanted.push(frame + direction * stride * i);
  for (let i = 1; i <= behind; i += 1) wanted.push(frame - direction * i);
  return wanted.filter((one) => one >= 0 && one < frameCount);
}

/** The chunk that a frame comes in: its first frame and how many there are. */
export function chunkOf(
  frame: number,
  size: { readonly chunk: number; readonly frameCount: number },
): { readonly start: number; readonly count: number } {
  const start = Math.floor(frame / size.chunk) * size.chunk;
  return { start, count: Math.min(size.chunk, size.frameCount - start) };
}

/** Frames to let go of, the farthest first, until what is kept fits. Behind the direction of play counts twice as far. */
export function surplus(
  kept: ReadonlyMap<number, number>,
  options: { readonly place: Place; readonly mostBytes: number },
): readonly number[] {
  let bytes = 0;
  for (const size of kept.values()) bytes += size;
  if (bytes <= options.mostBytes) return [];
  const { frame, direction } = options.place;
  const far = (one: number) => {
    const away = (one - frame) * direction;
    return away < 0 ? -2 * away : away;
  };
  const gone: number[] = [];
  for (const one of [...kept.keys()].sort((a, b) => far(b) - far(a))) {
    if (bytes <= options.mostBytes || one === frame) break;
    bytes -= kept.get(one) ?? 0;
    gone.push(one);
  }
  return gone;
}

/** Runs of frames that are kept, both ends included; for the marks on the scrub bar. */
export function runsOf(frames: Iterable<number>): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const frame of [...frames].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && frame === last[1] + 1) last[1] = frame;
    else runs.push([frame, frame]);
  }
  return runs;
}
