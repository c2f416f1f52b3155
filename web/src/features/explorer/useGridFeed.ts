import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { ApiProblem } from "@/api/client";
import type { Layer, Listing } from "@/api/schema.gen";

import { GridFeed } from "./grid/feed";

/** A feed that follows the listing; a listing that the server forgot is made again. */
export function useGridFeed(options: {
  readonly listing: Listing | undefined;
  readonly layers: readonly Layer[];
  readonly filterKey: string;
  readonly evaluationId: string | null;
}): GridFeed {
  const { listing, layers, filterKey, evaluationId } = options;
  const client = useQueryClient();
  const [feed] = useState(
    () =>
      new GridFeed((error, failing) => {
        const isGone = error instanceof ApiProblem && error.code === "listing_gone";
        if (isGone) void client.refetchQueries({ queryKey: ["listing"] }).then(failing.retry);
      }),
  );
  const layersKey = layers.join();
  useEffect(() => {
    if (listing !== undefined) feed.follow({ listing, layers, filterKey, evaluationId });
    // The layers are named by their key; a listing that only grew is followed too.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [feed, listing, layersKey, filterKey, evaluationId]);
  useEffect(
    () => () => {
      feed.close();
    },
    [feed],
  );
  return feed;
}
