import { Button, Grid, Group, Skeleton, Stack } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import {
  activatePipeline,
  deadLettersQuery,
  pausePipeline,
  pipelineQuery,
  pipelineStatusQuery,
} from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { DeadLettersPanel } from "./DeadLettersPanel";
import { NodePanel } from "./NodePanel";
import { ActiveBadge } from "./PipelinesPage";
import { RunDialog } from "./RunDialog";
import { RunsPanel } from "./RunsPanel";
import { VariablesPanel } from "./VariablesPanel";
import { useStarts, WhenPanel } from "./WhenPanel";

const GraphView = lazy(async () => ({ default: (await import("./GraphView")).GraphView }));

/** One pipeline: its graph with live counts, its variables, its runs, and what went wrong. */
export function PipelinePage() {
  const projectId = useProjectId();
  const { pipelineId = "" } = useParams({ strict: false });
  const pipeline = useQuery(pipelineQuery(pipelineId));
  if (pipeline.isPending) return <WaitRows rows={8} />;
  if (pipeline.isError) return <ProblemNote error={pipeline.error} onRetry={() => void pipeline.refetch()} />;
  return <PipelineView pipeline={pipeline.data} projectId={projectId} />;
}

function PipelineView({ pipeline, projectId }: { readonly pipeline: Pipeline; readonly projectId: string }) {
  const status = useQuery(pipelineStatusQuery(pipeline.id));
  const letters = useQuery(deadLettersQuery(pipeline.id));
  const starts = useStarts(pipeline, projectId);
  const mayRun = useIsAtLeast("manager");
  const [node, setNode] = useState<string | null>(null);
  const [isRunning, running] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {pipeline.name}
            <ActiveBadge isActive={pipeline.is_active} />
          </Group>
        }
        about={
          <>
            <LinkAnchor to="/p/$projectId/pipelines" params={{ projectId }} size="sm">
              Pipelines
            </LinkAnchor>{" "}
            · {pipeline.definition.description} Version {pipeline.version} · <IdText id={pipeline.id} />
          </>
        }
        actions={
          mayRun ? (
            <>
              <ActiveButton pipeline={pipeline} />
              <Button leftSection={<IconPlayerTrackNext size={16} />} onClick={running.open}>
                Run…
              </Button>
            </>
          ) : undefined
        }
      />
      {status.isError && <ProblemNote error={status.error} onRetry={() => void status.refetch()} />}
      {(letters.data?.items.length ?? 0) > 0 && (
        <DeadLettersPanel letters={letters.data?.items ?? []} pipelineId={pipeline.id} mayRetry={mayRun} />
      )}
      <Grid gap="md" mt="md">
        <Grid.Col span={12}>
          <Panel
            title="Where everything is"
            about="Choose a step to see what it does. The numbers are live: waiting, at work, parked, done."
          >
            <Suspense fallback={<Skeleton h={300} />}>
              <GraphView
                definition={pipeline.definition}
                status={status.data?.nodes ?? {}}
                chosen={node}
                starts={starts}
                onChoose={setNode}
              />
            </Suspense>
            {node !== null && (
              <NodePanel
                key={node}
                pipeline={pipeline}
                nodeId={node}
                projectId={projectId}
                counts={status.data?.nodes[node]}
                onClose={() => {
                  setNode(null);
                }}
              />
            )}
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <RunsPanel pipeline={pipeline} projectId={projectId} counts={status.data?.runs ?? {}} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md">
            <WhenPanel pipeline={pipeline} projectId={projectId} />
            <VariablesPanel pipeline={pipeline} projectId={projectId} mayEdit={mayRun} />
          </Stack>
        </Grid.Col>
      </Grid>
      <RunDialog pipeline={pipeline} isOpen={isRunning} onClose={running.close} />
    </>
  );
}

function ActiveButton({ pipeline }: { readonly pipeline: Pipeline }) {
  const client = useQueryClient();
  const turn = useMutation({
    mutationFn: () => (pipeline.is_active ? pausePipeline(pipeline.id) : activatePipeline(pipeline.id)),
    onSuccess: async (changed) => {
      client.setQueryData(pipelineQuery(pipeline.id).queryKey, changed);
      await client.invalidateQueries({ queryKey: ["pipelines"] });
    },
    onError: (error) => {
      modals.open({ title: "Nothing was changed", children: <ProblemNote error={error} /> });
    },
  });
  const ask = () => {
    if (!pipeline.is_active) {
      turn.mutate();
      return;
    }
    modals.openConfirmModal({
      title: `Pause ${pipeline.name}?`,
      children:
        "Its triggers stop: new images and decisions start nothing until it is active again. What is under way goes on.",
      labels: { confirm: "Pause", cancel: "Cancel" },
      onConfirm: () => {
        turn.mutate();
      },
    });
  };
  return (
    <Button
      variant="default"
      loading={turn.isPending}
      onClick={ask}
      leftSection={pipeline.is_active ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
    >
      {pipeline.is_active ? "Pause" : "Activate"}
    </Button>
  );
}
