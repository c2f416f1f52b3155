/** What a part of the page knows of a video. */
import { useDeferredValue, useEffect, useState, useSyncExternalStore } from "react";

import type { Player, PlayerState } from "./player";
import { openVideo, type OpenVideo, type VideoSession } from "./session";
import type { TrackDesk } from "./trackDesk";

/** A video, open as long as the part of the page is there and what it is made of stays; null until then. */
export function useVideoSession(open: OpenVideo | null): VideoSession | null {
  const [session, setSession] = useState<VideoSession | null>(null);
  useEffect(() => {
    if (open === null) return undefined;
    let made: VideoSession | null = null;
    let isOver = false;
    void Promise.resolve().then(() => {
      if (isOver) return;
      made = openVideo(open);
      setSession(made);
    });
    return () => {
      isOver = true;
      made?.destroy();
      setSession(null);
    };
  }, [open]);
  return session;
}

export function usePlayer(player: Player): PlayerState {
  return useSyncExternalStore(
    (follow) => player.followState(follow),
    () => player.state,
  );
}

/** Counts the changes of the tracks, the selection and the frame. */
export function useDesk(desk: TrackDesk): number {
  return useSyncExternalStore(
    (follow) => desk.follow(follow),
    () => desk.version,
  );
}

/** The same for parts that may lag behind. */
export function useLaggingDesk(desk: TrackDesk): number {
  return useDeferredValue(useDesk(desk));
}
