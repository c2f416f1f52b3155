/** Carrying tracks on, as the page runs it: one at a time, one step of undo, told in words. */
import { useEffect, useRef, useState } from "react";

import { carryTracks, type CarryRequest, type CarriedTrack, type CarrySettings } from "./carry";
import type { VideoSession } from "./session";

export type AskTracker = (
  request: CarryRequest,
  options: { readonly itemId: string; readonly signal: AbortSignal },
) => Promise<ReadonlyMap<string, CarriedTrack>>;

export interface Carry {
  readonly settings: CarrySettings;
  readonly setSettings: (settings: CarrySettings) => void;
  /** In [0, 1] while the tracker works. */
  readonly progress: number | null;
  readonly start: () => boolean;
  readonly stop: () => void;
}

const FIRST: CarrySettings = { way: "forward", count: 20, isDense: false };

export function useCarry(options: {
  readonly session: VideoSession | null;
  readonly ask: AskTracker;
  readonly say: (text: string) => void;
}): Carry {
  const { session, ask, say } = options;
  const [settings, setSettings] = useState(FIRST);
  const [progress, setProgress] = useState<number | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(
    () => () => {
      running.current?.abort();
    },
    [session],
  );
  const start = (): boolean => {
    if (session === null || running.current !== null) return false;
    const { chosen } = session.desk;
    if (chosen.size === 0) {
      say("Select the tracks that the tracker is to carry on.");
      return true;
    }
    const control = new AbortController();
    running.current = control;
    setProgress(0);
    void run({ session, settings, ask, say, control, onProgress: setProgress }).finally(() => {
      running.current = null;
      setProgress(null);
    });
    return true;
  };
  return { settings, setSettings, progress, start, stop: () => running.current?.abort() };
}

async function run(options: {
  readonly session: VideoSession;
  readonly settings: CarrySettings;
  readonly ask: AskTracker;
  readonly say: (text: string) => void;
  readonly control: AbortController;
  readonly onProgress: (share: number) => void;
}): Promise<void> {
  const { session, settings, ask, say, control, onProgress } = options;
  const { desk, facts, player } = session;
  player.pause();
  desk.finishGesture();
  const carried = await carryTracks([...desk.chosen], {
    keyframesOf: (id) => desk.keyframesOf(id),
    nameOf: (id) => desk.doc.peek(id)?.label ?? "an object",
    frame: desk.frame,
    frameCount: desk.frameCount,
    settings,
    ask: (request) => ask(request, { itemId: facts.itemId, signal: control.signal }),
    onProgress,
    signal: control.signal,
  });
  const isDone = carried.keyframes.size > 0 && desk.put("tracker", carried.keyframes);
  say(wordsFor({ isDone, carried, isStopped: control.signal.aborted, way: settings.way }));
}

function wordsFor({
  isDone,
  carried,
  isStopped,
  way,
}: {
  readonly isDone: boolean;
  readonly carried: Awaited<ReturnType<typeof carryTracks>>;
  readonly isStopped: boolean;
  readonly way: CarrySettings["way"];
}): string {
  const lost = carried.stops.map(({ words }) => words).slice(0, 3);
  const problem = carried.problem === null ? [] : [carried.problem];
  if (!isDone) {
    if (problem.length + lost.length > 0) return [...problem, ...lost].join(". ");
    if (isStopped) return "Stopped: nothing was changed.";
    return way === "between"
      ? "There is no keyframe on both sides of this frame, at most 300 frames apart."
      : "There is nothing to carry on: the track is not in the picture here, or the video ends.";
  }
  const said = `Carried on over ${String(carried.frames)} frames${isStopped ? ", then stopped" : ""}`;
  return [said, ...problem, ...lost].join(". ");
}
