import { Button, Grid, Group, Skeleton, Stack, Tabs } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil, IconPlayerTrackNext } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";

import { deadLettersQuery, pipelineQuery, pipelineStatusQuery } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { IdText } from "@/ui/IdText";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { DeadLettersPanel } from "./DeadLettersPanel";
import { LedgerPanel } from "./LedgerPanel";
import { CostPanel } from "./live/CostPanel";
import classes from "./live/live.module.css";
import { LogPanel } from "./live/LogPanel";
import { SteerButtons } from "./live/SteerButtons";
import { TokensDrawer, type Looked } from "./live/TokensDrawer";
import { NodePanel } from "./NodePanel";
import { ActiveBadge } from "./PipelinesPage";
import { RunDialog } from "./RunDialog";
import { RunsPanel } from "./RunsPanel";
import { VariablesPanel } from "./VariablesPanel";
import { WebhooksPanel } from "./webhooks/WebhooksPanel";
import { useStarts, WhenPanel } from "./WhenPanel";

const LiveGraph = lazy(async () => ({ default: (await import("./live/LiveGraph")).LiveGraph }));
const VersionsPanel = lazy(async () => ({
  default: (await import("./versions/VersionsPanel")).VersionsPanel,
}));

/** One pipeline: its graph with live counts, its variables, its runs, and what went wrong. */
export function PipelinePage() {
  const projectId = useProjectId();
  const { pipelineId = "" } = useParams({ strict: false });
  const pipeline = useQuery(pipelineQuery(pipelineId));
  if (pipeline.isPending) return <WaitRows rows={8} />;
  if (pipeline.isError) return <ProblemNote error={pipeline.error} onRetry={() => void pipeline.refetch()} />;
  return <PipelineView pipeline={pipeline.data} projectId={projectId} />;
}

interface ViewProps {
  readonly pipeline: Pipeline;
  readonly projectId: string;
}

function PipelineView({ pipeline, projectId }: ViewProps) {
  const letters = useQuery(deadLettersQuery(pipeline.id));
  const mayRun = useIsAtLeast("manager");
  const [tab, setTab] = useState("live");
  const hasWebhook = pipeline.definition.nodes.some((node) => node.type === "webhook");
  return (
    <>
      <Header pipeline={pipeline} projectId={projectId} mayRun={mayRun} />
      {(letters.data?.items.length ?? 0) > 0 && (
        <DeadLettersPanel letters={letters.data?.items ?? []} pipelineId={pipeline.id} mayRetry={mayRun} />
      )}
      <Tabs
        value={tab}
        onChange={(value) => {
          setTab(value ?? "live");
        }}
        keepMounted={false}
        mt="xs"
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="live">Live</Tabs.Tab>
          <Tabs.Tab value="cost">Steps and costs</Tabs.Tab>
          <Tabs.Tab value="ledger">Ledger</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          {hasWebhook && <Tabs.Tab value="webhooks">Webhooks</Tabs.Tab>}
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="live">
          <Live pipeline={pipeline} projectId={projectId} mayRun={mayRun} />
        </Tabs.Panel>
        <Tabs.Panel value="cost">
          <CostPanel pipeline={pipeline} />
        </Tabs.Panel>
        <Tabs.Panel value="ledger">
          <LedgerPanel pipelineId={pipeline.id} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogPanel pipeline={pipeline} />
        </Tabs.Panel>
        <Tabs.Panel value="webhooks">
          <WebhooksPanel pipeline={pipeline} mayRun={mayRun} />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Suspense fallback={<WaitRows rows={8} />}>
            <VersionsPanel pipeline={pipeline} />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Header({ pipeline, projectId, mayRun }: ViewProps & { readonly mayRun: boolean }) {
  const [isRunning, running] = useDisclosure(false);
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {pipeline.name}
            <ActiveBadge pipeline={pipeline} />
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
              <LinkButton
                variant="default"
                leftSection={<IconPencil size={16} />}
                to="/p/$projectId/pipelines/$pipelineId/edit"
                params={{ projectId, pipelineId: pipeline.id }}
              >
                Edit
              </LinkButton>
              <SteerButtons pipeline={pipeline} />
              <Button leftSection={<IconPlayerTrackNext size={16} />} onClick={running.open}>
                Run…
              </Button>
            </>
          ) : undefined
        }
      />
      <RunDialog pipeline={pipeline} isOpen={isRunning} onClose={running.close} />
    </>
  );
}

function Live({ pipeline, projectId, mayRun }: ViewProps & { readonly mayRun: boolean }) {
  const status = useQuery(pipelineStatusQuery(pipeline.id));
  const starts = useStarts(pipeline, projectId);
  const [node, setNode] = useState<string | null>(null);
  const [looked, setLooked] = useState<Looked | null>(null);
  return (
    <>
      {status.isError && <ProblemNote error={status.error} onRetry={() => void status.refetch()} />}
      <Grid gap="md">
        <Grid.Col span={12}>
          <Panel
            title="Where everything is"
            about="Choose a step to see what it does; choose a count to see what is there. The numbers are live."
          >
            <div className={classes.graph}>
              <Suspense fallback={<Skeleton h="100%" />}>
                <LiveGraph
                  pipeline={pipeline}
                  starts={starts}
                  chosen={node}
                  onChoose={setNode}
                  onCount={(at, kind) => {
                    setLooked({ node: at, kind });
                  }}
                />
              </Suspense>
            </div>
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
          <RunsPanel
            pipeline={pipeline}
            projectId={projectId}
            counts={status.data?.runs ?? {}}
            mayRun={mayRun}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack gap="md">
            <WhenPanel pipeline={pipeline} projectId={projectId} />
            <VariablesPanel pipeline={pipeline} projectId={projectId} mayEdit={mayRun} />
          </Stack>
        </Grid.Col>
      </Grid>
      <TokensDrawer
        pipeline={pipeline}
        projectId={projectId}
        looked={looked}
        mayRun={mayRun}
        onLook={setLooked}
      />
    </>
  );
}
