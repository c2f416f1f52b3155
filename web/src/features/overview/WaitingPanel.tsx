import { Badge, Group, Text } from "@mantine/core";
import { IconArrowRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { tasksQuery } from "@/api/queries/tasks";
import type { Overview } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import classes from "./panels.module.css";

type Waiting = Overview["waiting"][number];

/** What waits for whom, with a way straight into the work. */
export function WaitingPanel(props: { readonly waiting: readonly Waiting[]; readonly projectId: string }) {
  return (
    <Panel title="What waits for whom">
      {props.waiting.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing waits for people.
        </Text>
      ) : (
        <ul className={classes.list}>
          {props.waiting.map((one) => (
            <li key={`${one.who} ${one.what} ${one.task_id ?? ""}`}>
              <Group justify="space-between" wrap="nowrap" gap="md">
                <Group gap={8} wrap="nowrap" miw={0}>
                  <Badge
                    variant="light"
                    color={one.who === "managers" ? "red" : "yellow"}
                    style={{ flex: "none" }}
                  >
                    {one.who}
                  </Badge>
                  <Text size="sm" lineClamp={1}>
                    <b>{formatCount(one.count)}</b> {one.what}
                  </Text>
                </Group>
                <div style={{ flex: "none" }}>
                  <WayIn waiting={one} projectId={props.projectId} />
                </div>
              </Group>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function WayIn({ waiting, projectId }: { readonly waiting: Waiting; readonly projectId: string }) {
  const tasks = useQuery(tasksQuery(projectId));
  const look = { size: "compact-sm", variant: "light", rightSection: <IconArrowRight size={14} /> } as const;
  const taskId = waiting.task_id ?? null;
  if (taskId === null) {
    return (
      <LinkButton {...look} to="/p/$projectId/pipelines" params={{ projectId }}>
        Look
      </LinkButton>
    );
  }
  const task = tasks.data?.items.find((one) => one.id === taskId);
  if (waiting.what.startsWith("open issues")) {
    return (
      <LinkButton {...look} to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId }}>
        Read
      </LinkButton>
    );
  }
  if (task?.kind === "classify") {
    return (
      <LinkButton {...look} to="/p/$projectId/grid/$taskId" params={{ projectId, taskId }}>
        Classify
      </LinkButton>
    );
  }
  return (
    <LinkButton {...look} to="/p/$projectId/studio/$taskId" params={{ projectId, taskId }}>
      {task?.kind === "review" ? "Review" : "Label"}
    </LinkButton>
  );
}
