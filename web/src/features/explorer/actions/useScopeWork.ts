import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { readListingIds } from "@/api/queries/listings";

import { gather, stretchesOf, type Scope } from "./scope";

export interface ScopeWork {
  readonly run: (work: (itemIds: string[], signal: AbortSignal) => Promise<unknown>) => Promise<void>;
  readonly cancel: () => void;
  readonly done: number;
  readonly isRunning: boolean;
  readonly error: unknown;
}

/** Does something with all items of a scope, ten thousand at a time: how far it is, and a way to stop. */
export function useScopeWork(scope: Scope): ScopeWork {
  const client = useQueryClient();
  const abort = useRef<AbortController | null>(null);
  const [done, setDone] = useState(0);
  const working = useMutation({
    mutationFn: async (work: (itemIds: string[], signal: AbortSignal) => Promise<unknown>) => {
      const controller = new AbortController();
      abort.current = controller;
      setDone(0);
      for await (const ids of gather(idsOf(scope, controller.signal))) {
        controller.signal.throwIfAborted();
        await work(ids, controller.signal);
        setDone((old) => old + ids.length);
      }
    },
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ["listing", "facets", "dataset", "tasks"].includes(String(queryKey[0])),
      }),
  });
  return {
    run: (work) => working.mutateAsync(work),
    cancel: () => {
      abort.current?.abort();
    },
    done,
    isRunning: working.isPending,
    error: working.error,
  };
}

async function* idsOf({ listing, spans }: Scope, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  for (const stretch of stretchesOf(spans)) {
    const found = await readListingIds({
      datasetId: listing.dataset_id,
      listingId: listing.id,
      ...stretch,
      signal,
    });
    yield found.item_ids;
  }
}
