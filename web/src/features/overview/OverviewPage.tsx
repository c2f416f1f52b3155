import { Card, Grid, Skeleton, Stack } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";

import { datasetsQuery } from "@/api/queries/datasets";
import { overviewQuery } from "@/api/queries/overview";
import { pipelinesQuery, pipelineStatusQuery } from "@/api/queries/pipelines";
import { projectQuery } from "@/api/queries/projects";
import type { Overview } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";

import { ActivityPanel } from "./ActivityPanel";
import { Center } from "./Center";
import { FirstSteps } from "./FirstSteps";
import { JobsPanel } from "./JobsPanel";
import { LoopPicture } from "./LoopPicture";
import { loopStages, mainPipelines, sumFlows } from "./loop";
import { RoundsPanel } from "./RoundsPanel";
import { WaitingPanel } from "./WaitingPanel";

/** The loop of this project: how much is where, how good the model is, and what waits for whom. */
export function OverviewPage() {
  const projectId = useProjectId();
  const project = useQuery(projectQuery(projectId));
  const overview = useQuery(overviewQuery(projectId));
  return (
    <>
      <PageHeader
        title={project.data?.name ?? "Overview"}
        about="From images to a model in use and back again. Every number is live and leads to where its work is done."
      />
      {overview.isPending && (
        <Stack gap="md" aria-busy="true" aria-label="Loading">
          <Skeleton h={330} />
          <Skeleton h={300} />
        </Stack>
      )}
      {overview.isError && <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.data !== undefined && <Loop overview={overview.data} projectId={projectId} />}
    </>
  );
}

function Loop({ overview, projectId }: { readonly overview: Overview; readonly projectId: string }) {
  const { flows, pipelineId } = useFlows(overview, projectId);
  const stages = loopStages({ overview, flows, pipelineId });
  const isNew = overview.rounds.length === 0;
  return (
    <Stack gap="md">
      {isNew && <FirstSteps overview={overview} projectId={projectId} />}
      <Card withBorder padding="md">
        <LoopPicture stages={stages} projectId={projectId}>
          <Center overview={overview} projectId={projectId} />
        </LoopPicture>
      </Card>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="md">
            <RoundsPanel rounds={overview.rounds} projectId={projectId} />
            <ActivityPanel projectId={projectId} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md">
            <WaitingPanel waiting={overview.waiting} projectId={projectId} />
            <JobsPanel projectId={projectId} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

/** Tokens by type of step over the pipelines that do the project's work. */
function useFlows(overview: Overview, projectId: string) {
  const pipelines = useQuery(pipelinesQuery(projectId));
  const datasets = useQuery(datasetsQuery(projectId));
  const main = mainPipelines({
    pipelines: pipelines.data?.items ?? [],
    rounds: overview.rounds,
    datasetNames: new Map((datasets.data?.items ?? []).map((one) => [one.id, one.name])),
  });
  const found = useQueries({ queries: main.map((one) => pipelineStatusQuery(one.id)) });
  const flows = sumFlows(
    main.flatMap((pipeline, at) => {
      const status = found[at]?.data;
      return status === undefined ? [] : [{ pipeline, status }];
    }),
  );
  return { flows, pipelineId: main.length === 1 ? (main[0]?.id ?? null) : null };
}
