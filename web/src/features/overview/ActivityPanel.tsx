import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import { activityQuery } from "@/api/queries/overview";
import { pipelinesQuery } from "@/api/queries/pipelines";
import { tasksQuery } from "@/api/queries/tasks";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { tellEvent, type Told } from "./activity";
import classes from "./panels.module.css";

/** What happened lately, as sentences that lead to the thing. */
export function ActivityPanel({ projectId }: { readonly projectId: string }) {
  const events = useQuery(activityQuery(projectId));
  const lists = [
    useQuery(datasetsQuery(projectId)).data,
    useQuery(modelsQuery(projectId)).data,
    useQuery(pipelinesQuery(projectId)).data,
    useQuery(tasksQuery(projectId)).data,
  ];
  const names = new Map(
    lists.flatMap((list) => (list?.items ?? []).map((one) => [one.id, one.name] as const)),
  );
  const lines = (events.data ?? []).flatMap((event) => {
    const told = tellEvent(event, { names });
    return told === null ? [] : [{ id: event.id, at: event.at, told }];
  });
  return (
    <Panel title="Lately">
      {events.isPending && <WaitRows rows={4} height={20} />}
      {events.isError && <ProblemNote error={events.error} onRetry={() => void events.refetch()} />}
      {events.isSuccess && lines.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has happened yet.
        </Text>
      )}
      <ul className={classes.list}>
        {lines.map((line) => (
          <li key={line.id}>
            <Group justify="space-between" wrap="nowrap" gap="md" align="baseline">
              <Line told={line.told} projectId={projectId} />
              <Text size="xs" c="dimmed" className={classes.when}>
                {formatAgo(line.at)}
              </Text>
            </Group>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Line({ told, projectId }: { readonly told: Told; readonly projectId: string }) {
  const { link, text, tone, href } = told;
  const look = { className: classes.line, "data-tone": tone };
  switch (link?.page) {
    case "model":
      return (
        <Link {...look} to="/p/$projectId/models/$modelId" params={{ projectId, modelId: link.id }}>
          {text}
        </Link>
      );
    case "comparison":
      return (
        <Link
          {...look}
          to="/p/$projectId/comparisons/$comparisonId"
          params={{ projectId, comparisonId: link.id }}
        >
          {text}
        </Link>
      );
    case "pipeline":
      return (
        <Link {...look} to="/p/$projectId/pipelines/$pipelineId" params={{ projectId, pipelineId: link.id }}>
          {text}
        </Link>
      );
    case "dataset":
      return (
        <Link {...look} to="/p/$projectId/datasets/$datasetId" params={{ projectId, datasetId: link.id }}>
          {text}
        </Link>
      );
    case "task":
      return (
        <Link {...look} to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId: link.id }}>
          {text}
        </Link>
      );
    default:
      if (href !== undefined)
        return (
          <a {...look} href={href} {...(href.startsWith("/") ? {} : { target: "_blank", rel: "noreferrer" })}>
            {text}
          </a>
        );
      return <span {...look}>{text}</span>;
  }
}
