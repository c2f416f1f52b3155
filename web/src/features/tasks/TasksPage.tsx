import { Badge, Button, Card, Group, SegmentedControl, Table, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChecklist, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { tasksQuery } from "@/api/queries/tasks";
import type { TaskSummary } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatSeconds } from "@/ui/format";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { AskedBadges, whyNotMine } from "./Asked";
import { askName } from "./asking";
import { progressOf, workPlace } from "./kinds";
import { NewTask } from "./NewTask";
import { TaskProgress } from "./TaskProgress";

type Shown = "open" | "all";

/** The project's human work: what is open, how far it is, and the way in. */
export function TasksPage() {
  const projectId = useProjectId();
  const tasks = useQuery(tasksQuery(projectId));
  const [shown, setShown] = useState<Shown>("open");
  const [isAsking, asking] = useDisclosure(false);
  const create = useIsAtLeast("manager") ? (
    <Button leftSection={<IconPlus size={16} />} onClick={asking.open}>
      New task
    </Button>
  ) : undefined;
  const listed = (tasks.data?.items ?? []).filter((task) => shown === "all" || task.status !== "done");
  return (
    <>
      <PageHeader
        title="Tasks"
        about="Work that waits for people. Each item is in one person's hands at a time and comes back by itself when they leave."
        actions={create}
      />
      {tasks.isPending && <WaitRows />}
      {tasks.isError && <ProblemNote error={tasks.error} onRetry={() => void tasks.refetch()} />}
      {tasks.data?.items.length === 0 && (
        <EmptyState icon={<IconChecklist size={28} />} title="No task yet" action={create}>
          A task asks people to label, review or classify a set of images. Make one here, from any filter in
          the explorer, or let a pipeline make them.
        </EmptyState>
      )}
      {tasks.data !== undefined && tasks.data.items.length > 0 && (
        <>
          <SegmentedControl
            mb="sm"
            value={shown}
            onChange={(value) => {
              setShown(value === "all" ? "all" : "open");
            }}
            data={[
              { value: "open", label: "Open" },
              { value: "all", label: "All" },
            ]}
          />
          {listed.length === 0 ? (
            <Text c="dimmed">Every task is done.</Text>
          ) : (
            <TaskTable tasks={listed} projectId={projectId} />
          )}
        </>
      )}
      <NewTask projectId={projectId} isOpen={isAsking} onClose={asking.close} />
    </>
  );
}

function TaskTable({
  tasks,
  projectId,
}: {
  readonly tasks: readonly TaskSummary[];
  readonly projectId: string;
}) {
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  return (
    <Card withBorder p={0}>
      <Table highlightOnHover stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Task</Table.Th>
            <Table.Th>What is asked</Table.Th>
            <Table.Th>Dataset</Table.Th>
            <Table.Th w={220}>Progress</Table.Th>
            <Table.Th ta="right">Open issues</Table.Th>
            <Table.Th ta="right">Time spent</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tasks.map((task) => (
            <Table.Tr key={task.id}>
              <Table.Td>
                <Group gap={8} wrap="nowrap">
                  <LinkAnchor
                    fw={600}
                    to="/p/$projectId/tasks/$taskId"
                    params={{ projectId, taskId: task.id }}
                  >
                    {task.name}
                  </LinkAnchor>
                  {task.status !== "active" && (
                    <Badge size="sm" variant="light" color={task.status === "done" ? "teal" : "yellow"}>
                      {task.status}
                    </Badge>
                  )}
                </Group>
              </Table.Td>
              <Table.Td>
                {askName(task)}
                <AskedBadges task={task} />
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {datasets.find((dataset) => dataset.id === task.dataset_id)?.name ?? ""}
                </Text>
              </Table.Td>
              <Table.Td>
                <TaskProgress counts={task.counts} />
              </Table.Td>
              <Table.Td ta="right">{task.open_issues}</Table.Td>
              <Table.Td ta="right">{formatSeconds(task.human_seconds)}</Table.Td>
              <Table.Td ta="right">
                <WorkButton task={task} projectId={projectId} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function WorkButton({ task, projectId }: { readonly task: TaskSummary; readonly projectId: string }) {
  const mayReview = useIsAtLeast("reviewer");
  const mayLabel = useIsAtLeast("annotator");
  const { open, inHand } = progressOf(task.counts);
  const may = task.kind === "review" ? mayReview : mayLabel;
  const why = whyNotMine(task);
  if (may && why !== null && task.status === "active") {
    return (
      <Tooltip label={why}>
        <Text size="xs" c="dimmed" tabIndex={0}>
          not for you
        </Text>
      </Tooltip>
    );
  }
  if (!may || task.status !== "active" || open + inHand === 0) return null;
  return (
    <LinkButton size="xs" to={workPlace(task.kind)} params={{ projectId, taskId: task.id }}>
      {task.kind === "review" ? "Review" : "Label"}
    </LinkButton>
  );
}
