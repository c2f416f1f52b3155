import { Card, CloseButton, Group, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import { useIsAtLeast } from "@/app/context";
import { JobRow } from "@/ui/JobRow";

const FRESH_MS = 10 * 60_000;

export interface RunningJobsProps {
  readonly projectId: string;
  readonly kinds: readonly string[];
  /** Shown elsewhere on the page already. */
  readonly except?: string | null;
}

/** Work of these kinds that runs now or failed lately; nothing when there is none. */
export function RunningJobs({ projectId, kinds, except }: RunningJobsProps) {
  const jobs = useQuery(jobsQuery(projectId));
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const mayCancel = useIsAtLeast("manager");
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const now = jobs.dataUpdatedAt;
  const shown = (jobs.data?.items ?? []).filter(
    (job) =>
      kinds.includes(job.kind) &&
      job.id !== except &&
      !closed.has(job.id) &&
      (isActive(job) ||
        (job.state === "failed" && now - Date.parse(job.finished_at ?? job.created_at) < FRESH_MS)),
  );
  if (shown.length === 0) return null;
  return (
    <Stack gap="xs" mb="md">
      {shown.map((job) => (
        <Card key={job.id} withBorder padding="sm">
          <Group wrap="nowrap" align="flex-start" gap="xs">
            <div style={{ flex: 1, minWidth: 0 }}>
              <JobRow
                job={job}
                onCancel={
                  mayCancel
                    ? () => {
                        cancelling.mutate(job.id);
                      }
                    : undefined
                }
              />
            </div>
            {!isActive(job) && (
              <CloseButton
                size="sm"
                aria-label="Do not show this any more"
                onClick={() => {
                  setClosed(new Set([...closed, job.id]));
                }}
              />
            )}
          </Group>
        </Card>
      ))}
    </Stack>
  );
}
