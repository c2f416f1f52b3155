/** The session of a page: begun when the grid opens, given back when it closes. */
import { useEffect, useState, useSyncExternalStore } from "react";

import { gridServer } from "@/api/queries/grids";
import type { TaskSummary } from "@/api/schema.gen";

import { webClaims } from "./claims";
import { localKeeper } from "./keep";
import { GridSession, type SessionState } from "./session";

/** Null in the first moment. */
export function useSession(options: {
  readonly task: TaskSummary;
  readonly personId: string;
  readonly pageSize: number;
}): GridSession | null {
  const { id: taskId, dataset_id: datasetId, lease_seconds: leaseSeconds } = options.task;
  const { personId } = options;
  const isAsking = options.task.kind === "validate";
  const [firstSize] = useState(options.pageSize);
  const [session, setSession] = useState<GridSession | null>(null);
  useEffect(() => {
    const now = () => Date.now();
    const begun: GridSession = new GridSession({
      server: gridServer({ taskId, datasetId, isAsking }),
      claims: webClaims(`${personId} ${taskId}`, (itemId) => {
        begun.taken(itemId);
      }),
      keeper: localKeeper(window.localStorage, { personId, taskId, now }),
      leaseSeconds,
      pageSize: firstSize,
      now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
    const stop = listen(begun);
    let isOver = false;
    queueMicrotask(() => {
      if (isOver) return;
      setSession(begun);
      void begun.start();
    });
    return () => {
      isOver = true;
      stop();
      void begun.leave({ isLeaving: false });
    };
  }, [taskId, datasetId, isAsking, leaseSeconds, personId, firstSize]);
  return session;
}

export function useSessionState(session: GridSession): SessionState {
  return useSyncExternalStore(
    (follow) => session.follow(follow),
    () => session.state,
  );
}

function listen(session: GridSession): () => void {
  const off = new AbortController();
  const { signal } = off;
  const touch = () => {
    session.touch();
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"])
    window.addEventListener(kind, touch, { signal, passive: true });
  const hide = () => {
    session.hide();
  };
  window.addEventListener("blur", hide, { signal });
  document.addEventListener("visibilitychange", hide, { signal });
  window.addEventListener("pagehide", () => void session.leave({ isLeaving: true }), { signal });
  return () => {
    off.abort();
  };
}
