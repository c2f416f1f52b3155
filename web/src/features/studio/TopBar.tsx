import { ActionIcon, Badge, Menu, Progress, Text, Tooltip } from "@mantine/core";
import {
  IconArrowLeft,
  IconCheck,
  IconChevronLeft,
  IconChevronRight,
  IconDotsVertical,
  IconInfoCircle,
  IconMoodEmpty,
  IconPlayerSkipForward,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { taskQuery } from "@/api/queries/tasks";
import { formatCount } from "@/ui/format";
import { LinkActionIcon } from "@/ui/links";

import { AssistantButton } from "./AssistantButton";
import { useEntry, useKeysOf, useStudio } from "./context";
import { ActionButton, KeyHint } from "./KeyButton";
import { LookMenu } from "./LookMenu";
import { SubmitMissed } from "./modes/SubmitMissed";
import { SaveBadge } from "./SaveBadge";
import classes from "./studio.module.css";
import { Timer } from "./Timer";

export function TopBar() {
  const { task, projectId, store } = useStudio();
  const entry = useEntry();
  return (
    <section className={classes.top} aria-label="Task" data-region="top">
      <Tooltip label="Back to the task; your work is saved">
        <LinkActionIcon
          to="/p/$projectId/tasks/$taskId"
          params={{ projectId, taskId: task.id }}
          aria-label="Back to the task"
        >
          <IconArrowLeft size={18} />
        </LinkActionIcon>
      </Tooltip>
      <div className={classes.grow}>
        <Text component="h1" size="sm" fw={600} truncate title={task.name} m={0}>
          {task.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {entry?.work?.item.name ?? "…"}
        </Text>
      </div>
      <AssistantButton />
      <TaskProgress />
      <Timer />
      <SaveBadge />
      <LookMenu />
      <Tooltip label="Instructions">
        <ActionIcon
          aria-label="Instructions"
          onClick={() => {
            store.setState({ dialog: "instructions" });
          }}
        >
          <IconInfoCircle size={18} />
        </ActionIcon>
      </Tooltip>
      <Stepping />
      {task.kind !== "validate" && <FinishButton />}
    </section>
  );
}

/** How much of the task is done, by everybody. */
function TaskProgress() {
  const { task } = useStudio();
  const { data } = useQuery(taskQuery(task.id));
  const counts = (data ?? task).counts;
  const done = (counts.submitted ?? 0) + (counts.approved ?? 0) + (counts.discarded ?? 0);
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  const share = total === 0 ? 0 : (100 * done) / total;
  return (
    <Tooltip label="Items of this task that are done, by everybody">
      <div style={{ width: 104 }}>
        <Text size="xs" ta="right">
          {formatCount(done)} of {formatCount(total)}
        </Text>
        <Progress value={share} size={4} aria-label={`${String(done)} of ${String(total)} items done`} />
      </div>
    </Tooltip>
  );
}

function Stepping() {
  return (
    <>
      <StepButton action="item.previous" name="Item before" icon={<IconChevronLeft size={18} />} />
      <StepButton action="item.next" name="Next item" icon={<IconChevronRight size={18} />} />
      <MoreMenu />
    </>
  );
}

interface StepButtonProps {
  readonly action: string;
  readonly name: string;
  readonly icon: React.ReactNode;
}

function StepButton({ action, name, icon }: StepButtonProps) {
  const { keyboard } = useStudio();
  const keys = useKeysOf(action);
  return (
    <Tooltip label={`${name} (${keys.join(" or ")})`}>
      <ActionIcon
        variant="default"
        aria-label={name}
        aria-keyshortcuts={keys[0]}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={() => keyboard.run(action)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function MoreMenu() {
  const { keyboard, task, asked } = useStudio();
  const item = (action: string, name: string, icon: React.ReactNode) => (
    <Menu.Item
      leftSection={icon}
      rightSection={<KeyHint action={action} />}
      onClick={() => keyboard.run(action)}
    >
      {name}
    </Menu.Item>
  );
  return (
    <Menu position="bottom-end" width={290} returnFocus={false}>
      <Menu.Target>
        <ActionIcon variant="default" aria-label="More about this item">
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {task.kind === "label" &&
          asked.mode === "full" &&
          item("item.empty", "Nothing here: checked empty", <IconMoodEmpty size={16} />)}
        {item("item.skip", "Skip for now", <IconPlayerSkipForward size={16} />)}
        {item("item.discard", "Cannot be worked on…", <IconDotsVertical size={16} />)}
      </Menu.Dropdown>
    </Menu>
  );
}

function FinishButton() {
  const { task, asked } = useStudio();
  const entry = useEntry();
  if (entry?.standing === "done" || entry?.standing === "sending") {
    return (
      <Badge color="green" variant="light" leftSection={<IconCheck size={12} />}>
        {task.kind === "review" ? "Reviewed" : "Handed in"}
      </Badge>
    );
  }
  if (asked.mode === "find_missed") return <SubmitMissed work={entry?.work ?? null} />;
  return task.kind === "review" ? (
    <ActionButton action="review.approve" variant="filled">
      Approve
    </ActionButton>
  ) : (
    <ActionButton action="item.submit" variant="filled">
      Submit
    </ActionButton>
  );
}
