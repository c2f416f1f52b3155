import { Badge, Button, Group, Progress, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

import type { Job } from "@/api/schema.gen";

import { formatAgo, formatSeconds } from "./format";

export interface JobRowProps {
  readonly job: Job;
  /** What it works on, such as a link to the model. */
  readonly subject?: ReactNode;
  /** Left out: it cannot be cancelled from here. */
  readonly onCancel?: () => void;
  /** Seconds that it was given; shows how much of them is used where it does not know its share. */
  readonly budgetSeconds?: number | null;
}

const COLORS = { queued: "gray", running: "whorl", done: "gray", failed: "red", cancelled: "gray" } as const;

/** A long piece of work: how far it is, what it does now, or why it ended. */
export function JobRow({ job, subject, onCancel, budgetSeconds }: JobRowProps) {
  const isOpen = job.state === "queued" || job.state === "running";
  const share = shareDone(job, budgetSeconds ?? null);
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap={8} wrap="nowrap" miw={0}>
          <Badge variant="light" color={COLORS[job.state]}>
            {job.is_cancel_requested && isOpen ? "stopping" : job.state}
          </Badge>
          <Text size="sm" fw={600}>
            {JOB_NAMES[job.kind] ?? job.kind}
          </Text>
          {subject}
        </Group>
        {isOpen && onCancel !== undefined && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={onCancel}
            disabled={job.is_cancel_requested}
            aria-label={`Cancel: ${JOB_NAMES[job.kind] ?? job.kind}`}
          >
            Cancel
          </Button>
        )}
      </Group>
      {isOpen && (
        <Progress
          value={share === null ? 100 : share * 100}
          animated={share === null && job.state === "running"}
          size="sm"
          aria-label="Share done"
        />
      )}
      <Text size="xs" c={job.state === "failed" ? "red" : "dimmed"} lineClamp={3}>
        {sayJob(job)}
      </Text>
    </Stack>
  );
}

const JOB_NAMES: Readonly<Record<string, string>> = {
  train: "Training",
  evaluate: "Evaluation",
  compare: "Comparison",
  predict: "Prediction",
  import: "Import",
  export: "Export",
  select: "Choice",
  embed: "Looking at images",
  simulate: "Simulation",
  find_duplicates: "Search for duplicates",
  map: "Map",
};

/** The share done, by its own word or by the seconds used; null when nothing tells. */
export function shareDone(
  job: Pick<Job, "state" | "progress" | "started_at">,
  budgetSeconds: number | null,
  now: number = Date.now(),
): number | null {
  if (job.state === "queued") return 0;
  if (job.progress > 0) return job.progress;
  if (
    budgetSeconds === null ||
    budgetSeconds <= 0 ||
    job.started_at === null ||
    job.started_at === undefined
  ) {
    return null;
  }
  // The budget is of work; starting and saving come on top, so the bar never claims to be full.
  return Math.min(0.97, Math.max(0, (now - Date.parse(job.started_at)) / 1000 / budgetSeconds));
}

function sayJob(job: Job): string {
  if (job.state === "failed") return job.error ?? "It failed without a word; look into its log.";
  if (job.state === "queued") return "Waits for its turn.";
  const ended = job.finished_at ?? null;
  const began = job.started_at ?? null;
  if (ended !== null) {
    const took =
      began === null ? "" : `, took ${formatSeconds((Date.parse(ended) - Date.parse(began)) / 1000)}`;
    return `${job.state} ${formatAgo(ended)}${took}`;
  }
  const since = began === null ? "" : `for ${formatSeconds((Date.now() - Date.parse(began)) / 1000)}`;
  return [since, job.message].filter((part) => part !== "").join(" · ");
}
