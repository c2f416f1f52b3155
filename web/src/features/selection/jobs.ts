/** Following the long work of this room until it gives what it was started for. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { asText } from "@/api/json";
import { jobQuery } from "@/api/queries/jobs";
import type { Job } from "@/api/schema.gen";

const STALE = [
  "selections",
  "selection",
  "simulations",
  "duplicates",
  "duplicate-groups",
  "spaces",
  "similar",
  "jobs",
];

/** The job that was started, and the id in its result once it is done, which is told once. */
export function useFollowedJob(options: {
  readonly jobId: string | null;
  /** Which entry of the result is waited for; null when its end alone is. */
  readonly key: string | null;
  readonly onDone: (id: string) => void;
}): { readonly job: Job | undefined; readonly error: unknown } {
  const { jobId, key, onDone } = options;
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null });
  const state = jobId === null ? null : (job.data?.state ?? null);
  const result = asText(key === null ? "" : (job.data?.result ?? {})[key]);
  useEffect(() => {
    if (state !== "done") return;
    void client.invalidateQueries({ predicate: ({ queryKey }) => STALE.includes(String(queryKey[0])) });
    if (result !== null) onDone(result);
    // Told once: what is done when it is told may change with every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [state, result]);
  return { job: jobId === null ? undefined : job.data, error: job.error };
}
