import { Badge, Button, Card, Code, Group, Progress, ScrollArea, Text } from "@mantine/core";
import { IconPlayerPlay, IconPlayerSkipForward, IconPlayerStop } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { jobLogQuery } from "@/api/queries/jobs";
import { trainModel } from "@/api/queries/models";
import { cancelTraining, trainingQuery } from "@/api/queries/training";
import type { Model, TrainingState } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatSeconds } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { budgetOf } from "./words";

/** A training that is under way, or one that ended without a model: how far it is, and how it goes on. */
export function TrainingPanel({ model }: { readonly model: Model }) {
  const isLive = model.status === "training" || model.status === "created";
  const state = useQuery(trainingQuery({ modelId: model.id, isLive }));
  if (model.status === "trained") return null;
  if (state.isError) return <ProblemNote error={state.error} onRetry={() => void state.refetch()} />;
  if (state.data === undefined) return null;
  return <Standing model={model} state={state.data} />;
}

function Standing({ model, state }: { readonly model: Model; readonly state: TrainingState }) {
  const isRunning = state.progress !== null && state.progress !== undefined;
  const share = isRunning ? (state.progress ?? 0) : null;
  return (
    <Card withBorder padding="md" mb="md" component="section" aria-label="Training">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap="sm">
            <Badge variant="light" color={isRunning ? "whorl" : "gray"}>
              {isRunning
                ? share === 0
                  ? "waits or begins"
                  : `${(100 * (share ?? 0)).toFixed(0)} %`
                : state.status}
            </Badge>
            <Text size="sm">{sayStanding(model, state)}</Text>
          </Group>
        </div>
        <Ways key={state.job_id ?? ""} model={model} state={state} isRunning={isRunning} />
      </Group>
      {isRunning && (
        <Progress
          mt="sm"
          size="sm"
          value={share === null || share === 0 ? 100 : 100 * share}
          animated={share === null || share === 0}
          aria-label="Share done"
        />
      )}
      {state.job_id !== null && state.job_id !== undefined && (
        <LastLines jobId={state.job_id} isLive={isRunning} />
      )}
    </Card>
  );
}

function sayStanding(model: Model, state: TrainingState): string {
  if (state.progress === null || state.progress === undefined) {
    if (state.can_resume) return "It stopped before it was done; it can go on from where it was.";
    if (model.status === "created") return "It is described, and was not trained yet.";
    if (model.status === "training") return "A pipeline trains it.";
    return model.status === "failed" ? "It ended with an error." : "It was cancelled.";
  }
  const budget = budgetOf(model);
  const message = state.message ?? "";
  // The training itself may have told how long it takes.
  const left = / left$/u.test(message)
    ? ""
    : typeof state.seconds_left === "number"
      ? `about ${formatSeconds(state.seconds_left)} left`
      : budget === null
        ? ""
        : `given ${formatSeconds(budget)}`;
  return [message, left].filter((one) => one !== "").join(" · ") || "Reads the images.";
}

interface WaysProps {
  readonly model: Model;
  readonly state: TrainingState;
  readonly isRunning: boolean;
}

function Ways({ model, state, isRunning }: WaysProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const onSuccess = () =>
    client.invalidateQueries({
      predicate: ({ queryKey }) => ["model", "models", "jobs"].includes(String(queryKey[0])),
    });
  const cancelling = useMutation({ mutationFn: () => cancelTraining(model.id), onSuccess });
  const training = useMutation({
    mutationFn: (isResumed: boolean) => trainModel(model.id, isResumed),
    onSuccess,
  });
  if (!mayWrite || (model.status === "training" && !isRunning)) return null;
  const problem = cancelling.error ?? training.error;
  return (
    <div>
      <Group gap="xs" wrap="nowrap">
        {isRunning ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlayerStop size={14} />}
            loading={cancelling.isPending}
            disabled={cancelling.isSuccess}
            onClick={() => {
              cancelling.mutate();
            }}
          >
            {cancelling.isSuccess ? "Stopping" : "Cancel"}
          </Button>
        ) : (
          <>
            {state.can_resume && (
              <Button
                size="xs"
                leftSection={<IconPlayerSkipForward size={14} />}
                loading={training.isPending}
                onClick={() => {
                  training.mutate(true);
                }}
              >
                Resume
              </Button>
            )}
            <Button
              size="xs"
              variant={state.can_resume ? "default" : "filled"}
              leftSection={<IconPlayerPlay size={14} />}
              loading={training.isPending}
              onClick={() => {
                training.mutate(false);
              }}
            >
              {model.status === "created" ? "Train" : "Train from the start"}
            </Button>
          </>
        )}
      </Group>
      {problem !== null && <ProblemNote error={problem} />}
    </div>
  );
}

const LINES = 4;

function LastLines({ jobId, isLive }: { readonly jobId: string; readonly isLive: boolean }) {
  const log = useQuery({ ...jobLogQuery(jobId), refetchInterval: isLive ? 2000 : false });
  const lines = (log.data ?? []).slice(-LINES);
  if (lines.length === 0) return null;
  return (
    <ScrollArea mt="sm">
      <Code block fz="xs" aria-label="Last lines of its log">
        {lines.join("\n")}
      </Code>
    </ScrollArea>
  );
}
