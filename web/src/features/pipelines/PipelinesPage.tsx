import { Badge, Card, Skeleton, Table, Text } from "@mantine/core";
import { IconPlus, IconRouteAltLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { lastRunQuery, pipelinesQuery, pipelineStatusQuery } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { sumStatus } from "./words";

/** The project's pipelines: whether they run, what is under way, what waits and what failed. */
export function PipelinesPage() {
  const projectId = useProjectId();
  const pipelines = useQuery(pipelinesQuery(projectId));
  const create = useIsAtLeast("manager") ? (
    <LinkButton to="/p/$projectId/pipelines/new" params={{ projectId }} leftSection={<IconPlus size={16} />}>
      New pipeline
    </LinkButton>
  ) : undefined;
  const listed = pipelines.data?.items ?? [];
  return (
    <>
      <PageHeader
        title="Pipelines"
        about="A pipeline moves images from one step to the next, to people where they are needed, and trains and compares models by itself."
        actions={create}
      />
      {pipelines.isPending && <WaitRows />}
      {pipelines.isError && <ProblemNote error={pipelines.error} onRetry={() => void pipelines.refetch()} />}
      {pipelines.isSuccess && listed.length === 0 && (
        <EmptyState icon={<IconRouteAltLeft size={28} />} title="No pipeline yet" action={create}>
          Begin with a template: it chooses images, has them labelled and reviewed, trains a model after every
          so many, and keeps only what is provably better.
        </EmptyState>
      )}
      {listed.length > 0 && <PipelineTable pipelines={listed} projectId={projectId} />}
    </>
  );
}

function PipelineTable(props: { readonly pipelines: readonly Pipeline[]; readonly projectId: string }) {
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={720}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Under way</Table.Th>
              <Table.Th ta="right">Waits for people</Table.Th>
              <Table.Th ta="right">In the pool</Table.Th>
              <Table.Th ta="right">Failed</Table.Th>
              <Table.Th>Last run</Table.Th>
              <Table.Th ta="right">Version</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.pipelines.map((pipeline) => (
              <PipelineRow key={pipeline.id} pipeline={pipeline} projectId={props.projectId} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function PipelineRow({ pipeline, projectId }: { readonly pipeline: Pipeline; readonly projectId: string }) {
  const status = useQuery(pipelineStatusQuery(pipeline.id));
  const last = useQuery(lastRunQuery(pipeline.id));
  const sums = status.data === undefined ? null : sumStatus(status.data, pipeline.definition.nodes);
  const lastAt = last.data?.items[0]?.created_at;
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          to="/p/$projectId/pipelines/$pipelineId"
          params={{ projectId, pipelineId: pipeline.id }}
          fw={600}
          size="sm"
        >
          {pipeline.name}
        </LinkAnchor>
        <Text size="xs" c="dimmed" lineClamp={1} maw={420}>
          {pipeline.definition.description}
        </Text>
      </Table.Td>
      <Table.Td>
        <ActiveBadge pipeline={pipeline} />
      </Table.Td>
      {sums === null ? (
        <Table.Td colSpan={4}>{status.isError ? "–" : <Skeleton h={14} />}</Table.Td>
      ) : (
        <>
          <CountCell count={sums.moving} />
          <CountCell count={sums.people} color="yellow" />
          <CountCell count={sums.pool} />
          <CountCell count={sums.failed} color="red" />
        </>
      )}
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {lastAt === undefined ? "never" : formatAgo(lastAt)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{pipeline.version}</Table.Td>
    </Table.Tr>
  );
}

function CountCell({ count, color }: { readonly count: number; readonly color?: string }) {
  return (
    <Table.Td ta="right">
      {count > 0 && color !== undefined ? (
        <Badge variant="light" color={color} size="lg" radius="sm">
          {formatCount(count)}
        </Badge>
      ) : (
        <Text size="sm" c={count === 0 ? "dimmed" : undefined}>
          {formatCount(count)}
        </Text>
      )}
    </Table.Td>
  );
}

/** Whether its triggers fire and its steps work. */
export function ActiveBadge({ pipeline }: { readonly pipeline: Pick<Pipeline, "is_active" | "is_paused"> }) {
  const [word, color] = pipeline.is_paused
    ? ["paused", "yellow"]
    : pipeline.is_active
      ? ["active", "whorl"]
      : ["triggers off", "gray"];
  return (
    <Badge variant="light" color={color} miw="max-content">
      {word}
    </Badge>
  );
}
