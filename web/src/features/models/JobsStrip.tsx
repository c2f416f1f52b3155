import { Card, CloseButton, Group, SimpleGrid } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { asText } from "@/api/json";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import { modelsQuery } from "@/api/queries/models";
import type { Job } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { JobRow } from "@/ui/JobRow";
import { LinkAnchor } from "@/ui/links";

import { budgetOf } from "./words";

const KINDS = ["train", "evaluate", "compare", "predict"];
const FRESH_MS = 10 * 60_000;

/** Work on models that runs now or failed lately, of one model when given; nothing when there is none. */
export function JobsStrip({ projectId, modelId }: { readonly projectId: string; readonly modelId?: string }) {
  const jobs = useQuery(jobsQuery(projectId));
  const models = useQuery(modelsQuery(projectId));
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const mayCancel = useIsAtLeast("manager");
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  // The moment of the answer: a failure fades with the next one.
  const now = jobs.dataUpdatedAt;
  const shown = (jobs.data?.items ?? []).filter(
    (job) =>
      KINDS.includes(job.kind) &&
      !closed.has(job.id) &&
      (modelId === undefined || modelsOf(job).includes(modelId)) &&
      // A model's own page tells its failure itself.
      (isActive(job) ||
        (modelId === undefined &&
          job.state === "failed" &&
          now - Date.parse(job.finished_at ?? job.created_at) < FRESH_MS)),
  );
  if (shown.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: Math.min(2, shown.length) }} mb="md" spacing="sm">
      {shown.map((job) => {
        const model = models.data?.items.find((one) => one.id === modelsOf(job)[0]);
        return (
          <Card key={job.id} withBorder padding="sm">
            <Group wrap="nowrap" align="flex-start" gap="xs">
              <div style={{ flex: 1, minWidth: 0 }}>
                <JobRow
                  job={job}
                  subject={
                    model !== undefined && (
                      <LinkAnchor
                        to="/p/$projectId/models/$modelId"
                        params={{ projectId, modelId: model.id }}
                        size="sm"
                        truncate
                      >
                        {model.name}
                      </LinkAnchor>
                    )
                  }
                  budgetSeconds={model === undefined ? null : budgetOf(model)}
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
        );
      })}
    </SimpleGrid>
  );
}

/** The models that a job works on. */
function modelsOf(job: Job): string[] {
  const params = job.params ?? {};
  return [params.model_id, params.challenger_id, params.champion_id].flatMap((one) => asText(one) ?? []);
}
