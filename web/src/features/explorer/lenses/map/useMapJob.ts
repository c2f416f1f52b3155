import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useProjectId } from "@/app/context";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import { computeMap } from "@/api/queries/maps";
import type { Job } from "@/api/schema.gen";

export interface MapJob {
  /** The newest computation for this dataset; undefined when there was none. */
  readonly job: Job | undefined;
  readonly isRunning: boolean;
  readonly error: unknown;
  readonly start: (isFresh: boolean) => void;
  readonly cancel: () => void;
}

/** The computation of a dataset's map: started here or elsewhere, followed until it is done. */
export function useMapJob(datasetId: string): MapJob {
  const projectId = useProjectId();
  const client = useQueryClient();
  const jobs = useQuery(jobsQuery(projectId, "map"));
  const job = jobs.data?.items.find((one) => one.params?.dataset_id === datasetId);
  const isRunning = job !== undefined && isActive(job);
  const starting = useMutation({
    mutationFn: (isFresh: boolean) =>
      computeMap({ datasetId, body: { is_fresh: isFresh, seed: 0, filter: null } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs", projectId] }),
  });
  const cancelling = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs", projectId] }),
  });
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) void client.invalidateQueries({ queryKey: ["maps", datasetId] });
    wasRunning.current = isRunning;
  }, [client, datasetId, isRunning]);
  return {
    job,
    isRunning: isRunning || starting.isPending,
    error: starting.error,
    start: starting.mutate,
    cancel: () => {
      if (job !== undefined) cancelling.mutate(job.id);
    },
  };
}
