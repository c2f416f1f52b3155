/** The session of a page: made when the studio opens, saved and given back when it closes. */
import { useEffect, useState } from "react";

import { isVideo } from "@/api/queries/videos";
import type { TaskSummary } from "@/api/schema.gen";
import type { Work } from "@/api/taskWork";
import { ImageStore } from "@/canvas/engine";
import { randomId } from "@/canvas/engine/randomId";

import { readerOf } from "./modes/frozen";
import { contentUrl } from "./picture";
import { readForReview, reviewServer } from "./review";
import { MemoryOpLog, openOpLog } from "./session/oplog";
import { WorkQueue } from "./session/queue";
import { httpServer } from "./session/server";
import { webTabs } from "./session/tabs";

export interface Session {
  readonly queue: WorkQueue;
  readonly images: ImageStore;
}

/** Null until the log of this browser is open. */
export function useSession(options: {
  readonly task: TaskSummary;
  readonly personId: string;
  readonly itemId: string | undefined;
  readonly work: Work;
}): Session | null {
  const { id, kind, lease_seconds: leaseSeconds, reviews_task_id: reviewsTaskId } = options.task;
  const { personId } = options;
  const [first] = useState(options.itemId);
  const [reader] = useState(() => readerOf(options.work));
  const [session, setSession] = useState<Session | null>(null);
  useEffect(() => {
    let isOver = false;
    let stop: () => void = () => undefined;
    void (async () => {
      const log = await openOpLog().catch(() => new MemoryOpLog());
      if (isOver) return;
      const images = new ImageStore();
      const http = httpServer(id);
      const queue = new WorkQueue({
        server: kind === "review" ? reviewServer(http, reviewsTaskId ?? id) : http,
        log,
        personId,
        taskId: id,
        newId: randomId,
        ...(kind === "review" ? { read: readForReview } : (reader ?? {})),
        leaseSeconds,
        tabs: webTabs(`${personId} ${id}`),
        preload: ({ item }) => {
          if (!isVideo(item)) images.preload(contentUrl(item)).catch(() => undefined);
        },
      });
      stop = listen(queue);
      setSession({ queue, images });
      void queue.start({ itemId: first });
    })();
    return () => {
      isOver = true;
      stop();
    };
  }, [id, kind, leaseSeconds, reviewsTaskId, personId, first, reader]);
  return session;
}

/** How long the page may be out of the line before what waits is tried again. */
function listen(queue: WorkQueue): () => void {
  const off = new AbortController();
  const { signal } = off;
  const touch = () => {
    queue.touch();
  };
  const wake = () => {
    queue.wake();
  };
  const turn = () => {
    if (document.hidden) queue.hide();
    else queue.wake();
  };
  const hide = () => {
    queue.hide();
  };
  const unload = () => {
    queue.unload();
  };
  for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    window.addEventListener(kind, touch, { signal, passive: true });
  }
  window.addEventListener("online", wake, { signal });
  window.addEventListener("focus", wake, { signal });
  window.addEventListener("blur", hide, { signal });
  window.addEventListener("pagehide", unload, { signal });
  document.addEventListener("visibilitychange", turn, { signal });
  return () => {
    off.abort();
    void queue.leave();
  };
}
