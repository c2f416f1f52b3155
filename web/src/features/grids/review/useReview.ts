/** The session of a review: one for each dataset, class, judge and order. */
import { useEffect, useState, useSyncExternalStore } from "react";

import { cropServer, type CropsOf } from "@/api/queries/crops";

import { localSeen } from "./seen";
import { ReviewSession, type ReviewState } from "./session";

/** Null in the first moment. */
export function useReview(
  options: CropsOf & { readonly pageSize: number; readonly isAll: boolean },
): ReviewSession | null {
  const { datasetId, label, modelId, order, pageSize, isAll } = options;
  const [session, setSession] = useState<ReviewSession | null>(null);
  useEffect(() => {
    let isOver = false;
    queueMicrotask(() => {
      if (isOver) return;
      const begun = new ReviewSession({
        server: cropServer({ datasetId, label, modelId, order }),
        seen: localSeen(window.localStorage, { datasetId, label }),
        pageSize,
        isAll,
      });
      setSession(begun);
      void begun.start();
    });
    return () => {
      isOver = true;
      setSession(null);
    };
  }, [datasetId, label, modelId, order, pageSize, isAll]);
  return session;
}

export function useReviewState(session: ReviewSession): ReviewState {
  return useSyncExternalStore(
    (follow) => session.follow(follow),
    () => session.state,
  );
}
