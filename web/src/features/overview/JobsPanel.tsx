import { Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { asNumber, asText } from "@/api/json";
import { cancelJob, isActive, jobsQuery } from "@/api/queries/jobs";
import { modelsQuery } from "@/api/queries/models";
import type { Job } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { JobRow } from "@/ui/JobRow";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

const SHOWN = 5;

/** Long work that runs, and how the last pieces ended. */
export function JobsPanel({ projectId }: { readonly projectId: string }) {
  const jobs = useQuery(jobsQuery(projectId));
  const mayCancel = useIsAtLeast("manager");
  const client = useQueryClient();
  const cancelling = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  const listed = jobs.data?.items ?? [];
  const shown = [...listed.filter(isActive), ...listed.filter((job) => !isActive(job))].slice(0, SHOWN);
  return (
    <Panel title="Jobs" about="Imports, trainings, evaluations and the like.">
      {jobs.isPending && <WaitRows rows={3} />}
      {jobs.isError && <ProblemNote error={jobs.error} onRetry={() => void jobs.refetch()} />}
      {cancelling.isError && <ProblemNote error={cancelling.error} />}
      {jobs.isSuccess && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          No job was started by hand. Work of pipelines is shown at their steps.
        </Text>
      )}
      <Stack gap="sm">
        {shown.map((job) => (
          <ProjectJob
            key={job.id}
            job={job}
            projectId={projectId}
            onCancel={
              mayCancel
                ? () => {
                    cancelling.mutate(job.id);
                  }
                : undefined
            }
          />
        ))}
      </Stack>
    </Panel>
  );
}

interface ProjectJobProps {
  readonly job: Job;
  readonly projectId: string;
  readonly onCancel?: () => void;
}

function ProjectJob({ job, projectId, onCancel }: ProjectJobProps) {
  const models = useQuery(modelsQuery(projectId));
  const modelId = asText(job.params?.model_id) ?? asText(job.params?.challenger_id);
  const model = models.data?.items.find((one) => one.id === modelId);
  return (
    <JobRow
      job={job}
      onCancel={onCancel}
      budgetSeconds={asNumber(model?.params.budget_s)}
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
    />
  );
}
