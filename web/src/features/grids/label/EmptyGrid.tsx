import { Box, Button, Center, Group, Loader, Stack } from "@mantine/core";
import { IconChecks, IconPhotoPlus } from "@tabler/icons-react";

import type { TaskSummary } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";

import { KeyButton } from "../keys";

import type { GridSession } from "./session";
import { useSessionState } from "./useSession";

export interface EmptyGridProps {
  readonly task: TaskSummary;
  readonly session: GridSession;
}

/** No page: work is on its way, there is none left, or it cannot be had. */
export function EmptyGrid({ task, session }: EmptyGridProps) {
  const projectId = useProjectId();
  const state = useSessionState(session);
  if (state.phase === "starting") {
    return (
      <Center h="100%">
        <Loader aria-label="Getting a page of items" />
      </Center>
    );
  }
  const back = (
    <LinkButton variant="default" to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId: task.id }}>
      Back to the task
    </LinkButton>
  );
  if (state.phase === "failed") {
    return (
      <Center h="100%">
        <Stack w={520}>
          <ProblemNote error={state.problem} onRetry={() => void session.retry()} />
          <Group>{back}</Group>
        </Stack>
      </Center>
    );
  }
  return (
    <Center h="100%">
      <Box>
        <Words task={task} done={state.done} />
        <Group justify="center">
          {state.canGoBack && <KeyButton action="grid.back">Page before</KeyButton>}
          <Button variant="default" size="sm" onClick={() => void session.retry()}>
            Look again
          </Button>
          {back}
        </Group>
      </Box>
    </Center>
  );
}

function Words({ task, done }: { readonly task: TaskSummary; readonly done: number }) {
  const projectId = useProjectId();
  const {
    submitted = 0,
    approved = 0,
    leased = 0,
    waiting = 0,
    rework = 0,
    queued = 0,
    discarded = 0,
  } = task.counts;
  const finished = submitted + approved + discarded;
  if (finished + leased + waiting + rework + queued === 0) {
    return (
      <EmptyState
        icon={<IconPhotoPlus size={28} />}
        title="This task has no items yet"
        action={
          <LinkButton
            to="/p/$projectId/explorer"
            params={{ projectId }}
            search={{ dataset: task.dataset_id }}
          >
            Choose items in the explorer
          </LinkButton>
        }
      >
        Filter the images in the explorer and add them to this task under Actions.
      </EmptyState>
    );
  }
  const others = leased + rework;
  return (
    <EmptyState
      icon={<IconChecks size={28} />}
      title={done > 0 ? `Done: ${formatCount(done)} items in this sitting` : "Nothing waits for you here"}
      action={
        others === 0 ? (
          <LinkButton to="/p/$projectId/models" params={{ projectId }}>
            Train a model on them
          </LinkButton>
        ) : undefined
      }
    >
      {formatCount(finished)} items of this task are finished.{" "}
      {others > 0
        ? `${formatCount(others)} are in other people's hands; what they give back comes here.`
        : "A model trained on them proposes the classes of the next."}
    </EmptyState>
  );
}
