/** What selections saved against chance. */
import { queryOptions } from "@tanstack/react-query";

import { api, unwrap } from "../client";
import { exactly } from "../exact";
import type { SelectionProof } from "../schema.gen";

const POLL_MS = 3000;

/** What it saved against chance. A model may be trained for it, so it is asked for when somebody looks. */
export function selectionProofQuery(selectionId: string) {
  return queryOptions({
    queryKey: ["selection", selectionId, "proof"],
    queryFn: ({ signal }) =>
      exactly<SelectionProof>(
        unwrap(
          api.GET("/api/v1/selections/{selection_id}/proof", {
            params: { path: { selection_id: selectionId } },
            signal,
          }),
        ),
      ),
    refetchOnWindowFocus: false,
    staleTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.is_pending === true ? POLL_MS : false),
  });
}
