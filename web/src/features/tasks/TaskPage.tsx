import { Alert, Badge, Button, Card, Group, Menu, SimpleGrid, Tabs } from "@mantine/core";
import { IconDots, IconPlayerPause, IconPlayerPlay, IconSquareCheck, IconUsers } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { taskQuery, updateTask } from "@/api/queries/tasks";
import type { TaskSummary } from "@/api/schema.gen";
import { workOf } from "@/api/taskWork";
import { AssistantsPanel } from "@/assistants/AssistantsPanel";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { formatCount, formatSeconds, formatShare } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { Asked, whyNotMine } from "./Asked";
import { askName } from "./asking";
import { AssigneesPanel } from "./AssigneesPanel";
import { IssuesPanel } from "./IssuesPanel";
import { progressOf, workPlace } from "./kinds";
import { PeoplePanel } from "./PeoplePanel";
import { TaskItemsPanel } from "./TaskItemsPanel";
import { TaskProgress } from "./TaskProgress";

/** One task: how far it is, who does how much, what was sent back. */
export function TaskPage() {
  const { taskId } = useParams({ from: "/signed-in/p/$projectId/tasks/$taskId" });
  const projectId = useProjectId();
  const task = useQuery(taskQuery(taskId));
  const mayManage = useIsAtLeast("manager");
  if (task.isError) return <ProblemNote error={task.error} onRetry={() => void task.refetch()} />;
  if (task.data === undefined) return <WaitRows />;
  const mayHelp = hasAssistants(task.data);
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {task.data.name}
            {task.data.status !== "active" && <Badge variant="light">{task.data.status}</Badge>}
          </Group>
        }
        about={askName(task.data)}
        actions={
          <>
            {mayManage && <StateMenu task={task.data} />}
            {isForGrid(task.data) && (
              <LinkButton variant="default" to="/p/$projectId/grid/$taskId" params={{ projectId, taskId }}>
                {task.data.kind === "validate" ? "A page at a time" : "Label grid"}
              </LinkButton>
            )}
            {whyNotMine(task.data) === null && (
              <LinkButton to={workPlace(task.data.kind)} params={{ projectId, taskId }}>
                {START[task.data.kind]}
              </LinkButton>
            )}
          </>
        }
      />
      <Asked task={task.data} />
      <Shared task={task.data} />
      <Figures task={task.data} />
      <Tabs defaultValue="people" mt="md" keepMounted={false}>
        <Tabs.List mb="md">
          {mayHelp && <Tabs.Tab value="assistants">Assistants</Tabs.Tab>}
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="items">Items</Tabs.Tab>
          <Tabs.Tab value="issues" rightSection={<Count value={task.data.open_issues} />}>
            Issues
          </Tabs.Tab>
          {mayManage && <Tabs.Tab value="assign">Who may work on it</Tabs.Tab>}
        </Tabs.List>
        {mayHelp && (
          <Tabs.Panel value="assistants">
            <AssistantsPanel task={task.data} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="people">
          <PeoplePanel taskId={taskId} isReview={task.data.kind === "review"} />
        </Tabs.Panel>
        <Tabs.Panel value="items">
          <TaskItemsPanel taskId={taskId} projectId={projectId} counts={task.data.counts} />
        </Tabs.Panel>
        <Tabs.Panel value="issues">
          <IssuesPanel taskId={taskId} projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="assign">
          <AssigneesPanel task={task.data} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

const START: Readonly<Record<TaskSummary["kind"], string>> = {
  label: "Start labelling",
  review: "Review",
  validate: "Start answering",
  classify: "Start labelling",
};

/** Whether there is something that an assistant could suggest. */
function hasAssistants(task: TaskSummary): boolean {
  return (task.kind === "label" || task.kind === "classify") && workOf(task).mode === "full";
}

/** Whether whole items are all that is asked, a page at a time. */
function isForGrid(task: TaskSummary): boolean {
  return workOf(task).mode === "full";
}

/** Several people answer each item: say how that goes, and when it cannot go on. */
function Shared({ task }: { readonly task: TaskSummary }) {
  const { answers, people = null } = task;
  if (answers < 2) return null;
  const isShort = people !== null && people < answers;
  return (
    <Alert color={isShort ? "orange" : "blue"} mb="md" icon={<IconUsers size={18} />}>
      {isShort
        ? `Each item wants ${String(answers)} answers, and only ${String(people)} may work here: items wait until more ` +
          "people join, or fewer answers are wanted."
        : `Each item is done by ${String(answers)} people who do not see each other's work; what most of them say holds.`}
    </Alert>
  );
}

function Count({ value }: { readonly value: number }) {
  return value === 0 ? null : (
    <Badge size="xs" color="red" circle>
      {value}
    </Badge>
  );
}

function Figures({ task }: { readonly task: TaskSummary }) {
  const { total, done, inHand, open } = progressOf(task.counts);
  const perItem = done === 0 ? null : task.human_seconds / done;
  return (
    <Card withBorder>
      <SimpleGrid cols={{ base: 3, md: 6 }}>
        <Stat value={formatCount(open)} label="open" />
        <Stat value={formatCount(inHand)} label="in hand" />
        <Stat
          value={formatCount(done)}
          label="done"
          note={total === 0 ? undefined : formatShare(done / total, 0)}
        />
        <Stat value={formatCount(task.counts.rework)} label="sent back" />
        <Stat value={formatCount(task.counts.discarded)} label="discarded" />
        <Stat
          value={formatSeconds(task.human_seconds)}
          label="spent"
          note={perItem === null ? undefined : `${perItem.toFixed(1)} s per item; idle time left out`}
        />
      </SimpleGrid>
      <div style={{ marginTop: 12 }}>
        <TaskProgress counts={task.counts} />
      </div>
    </Card>
  );
}

function StateMenu({ task }: { readonly task: TaskSummary }) {
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (status: TaskSummary["status"]) => updateTask({ taskId: task.id, status }),
    onSuccess: async () => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === "task" || queryKey[0] === "tasks",
      });
    },
  });
  const set = (status: TaskSummary["status"]) => () => {
    changing.mutate(status);
  };
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default" px="xs" aria-label="More" loading={changing.isPending}>
          <IconDots size={18} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {task.status === "active" ? (
          <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={set("paused")}>
            Pause: nobody gets new items
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={set("active")}>
            Open it again
          </Menu.Item>
        )}
        {task.status !== "done" && (
          <Menu.Item leftSection={<IconSquareCheck size={16} />} onClick={set("done")}>
            Close it: done
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
