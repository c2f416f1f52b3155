import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { listingProgressQuery, listingQuery, type Filter } from "@/api/queries/listings";
import type { Listing } from "@/api/schema.gen";

export interface HeldListing {
  readonly listing: Listing | undefined;
  readonly error: unknown;
  /** The dataset has changed since, and the list waits. */
  readonly isOld: boolean;
  readonly refresh: () => void;
  readonly retry: () => void;
  /** Stay with this list, whatever changes. */
  readonly hold: (isHolding: boolean) => void;
}

/**
 * The listing of a filter, which follows the dataset's changes; but not while items are selected: positions would mean
 * others. A query that the server refuses leaves the last good list.
 */
export function useHeldListing(filter: Filter): HeldListing {
  const client = useQueryClient();
  const [isHolding, hold] = useState(false);
  const newest = useQuery(listingQuery(filter));
  const filterKey = `${filter.datasetId} ${filter.q} ${String(filter.asOf)}`;
  const [kept, setKept] = useState<{ key: string; listing: Listing } | null>(null);
  const fresh = newest.data;
  const isNew =
    fresh !== undefined &&
    (kept?.key !== filterKey || kept.listing.id !== fresh.id || !kept.listing.is_complete);
  const mayTake = kept?.key !== filterKey || !isHolding || kept.listing.id === fresh?.id;
  if (isNew && mayTake && kept?.listing !== fresh) setKept({ key: filterKey, listing: fresh });
  const shown = kept?.listing;
  const progress = useQuery(listingProgressQuery(shown));
  const listing =
    shown !== undefined && progress.data?.id === shown.id && !shown.is_complete ? progress.data : shown;
  return {
    listing,
    error: newest.error,
    isOld: shown !== undefined && fresh !== undefined && kept?.key === filterKey && fresh.id !== shown.id,
    refresh: () => {
      if (fresh !== undefined) setKept({ key: filterKey, listing: fresh });
    },
    retry: () => void client.refetchQueries({ queryKey: ["listing"] }),
    hold,
  };
}
