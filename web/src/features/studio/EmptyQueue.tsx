import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconChecks, IconPlugConnectedX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { taskQuery, tasksQuery } from "@/api/queries/tasks";
import { EmptyState } from "@/ui/EmptyState";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";

import { useQueue, useStudio } from "./context";

/** No more work here: what waits where, and the ways on. */
export function EmptyQueue() {
  const { phase, problem } = useQueue();
  const { queue, projectId, task } = useStudio();
  if (phase === "failed" && problem !== null) {
    return (
      <EmptyState icon={<IconPlugConnectedX size={28} />} title="No work could be had">
        <Stack gap="sm">
          <ProblemNote error={problem} onRetry={() => void queue.start()} />
          <Others />
        </Stack>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconChecks size={28} />}
      title="Nothing waits for you here"
      action={
        <Group mt="xs">
          <Button variant="default" onClick={() => void queue.start()}>
            Look again
          </Button>
          <LinkButton to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId: task.id }}>
            To the task
          </LinkButton>
        </Group>
      }
    >
      <Stack gap="sm">
        <SentBack />
        <Where />
        <Others />
      </Stack>
    </EmptyState>
  );
}

/** Finished items that the server did not take: they stay here until something is decided. */
function SentBack() {
  const { entries } = useQueue();
  const { queue } = useStudio();
  const refused = entries.filter((entry) => entry.standing === "refused");
  const [first] = refused;
  if (first === undefined) return null;
  return (
    <Alert
      color="orange"
      variant="light"
      title={
        refused.length === 1 ? "One item was not taken" : `${String(refused.length)} items were not taken`
      }
    >
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          queue.goTo(first.itemId);
        }}
      >
        Back to it, and see why
      </Button>
    </Alert>
  );
}

/** Where the items of this task are. */
function Where() {
  const { task } = useStudio();
  const { data } = useQuery(taskQuery(task.id));
  const counts = (data ?? task).counts;
  const places = [
    { n: counts.leased ?? 0, words: "in somebody's hands" },
    { n: counts.submitted ?? 0, words: "handed in" },
    { n: counts.waiting ?? 0, words: "waiting for their authors" },
    { n: counts.rework ?? 0, words: "sent back to their authors" },
    { n: counts.approved ?? 0, words: "approved" },
    { n: counts.queued ?? 0, words: "in the queue" },
  ].filter(({ n }) => n > 0);
  if (places.length === 0) return <Text size="sm">This task has no items yet.</Text>;
  return <Text size="sm">{places.map(({ n, words }) => `${String(n)} ${words}`).join(", ")}.</Text>;
}

/** Other tasks of the project with work in them. */
function Others() {
  const { projectId, task } = useStudio();
  const { data } = useQuery(tasksQuery(projectId));
  const others = (data?.items ?? []).filter(
    (one) =>
      one.id !== task.id &&
      one.status === "active" &&
      (one.counts.queued ?? 0) + (one.counts.rework ?? 0) > 0,
  );
  if (others.length === 0) return null;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        Work waits in
      </Text>
      {others.slice(0, 5).map((one) => (
        <LinkAnchor
          key={one.id}
          size="sm"
          to="/p/$projectId/studio/$taskId"
          params={{ projectId, taskId: one.id }}
          search={{}}
        >
          {one.name} ({(one.counts.queued ?? 0) + (one.counts.rework ?? 0)})
        </LinkAnchor>
      ))}
    </Stack>
  );
}
