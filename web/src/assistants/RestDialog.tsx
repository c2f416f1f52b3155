import { Alert, Button, Group, Modal, Progress, Slider, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { labelRest, restQuery } from "@/api/queries/assistants";
import { cancelJob, isActive, jobQuery } from "@/api/queries/jobs";
import type { Assistant, Job, RestPreview } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { pointAt, precisionWords } from "./words";

export interface RestDialogProps {
  readonly assistant: Assistant;
  readonly onClose: () => void;
}

/** Let the assistant suggest on all that nobody finished: what that would give, a rehearsal, and the run itself. */
export function RestDialog({ assistant, onClose }: RestDialogProps) {
  const preview = useQuery(restQuery(assistant.id));
  const [threshold, setThreshold] = useState(Math.max(FIRST, assistant.shows_from));
  const [jobId, setJobId] = useState<string | null>(null);
  const client = useQueryClient();
  const starting = useMutation({
    mutationFn: (dry_run: boolean) => labelRest({ id: assistant.id, threshold, dry_run }),
    onSuccess: async (job) => {
      setJobId(job.id);
      await client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null }).data;
  const isBusy = starting.isPending || (job !== undefined && isActive(job));
  const isDone = job?.state === "done" && !isDry(job);
  const close = () => {
    if (isBusy) notifications.show({ message: "It goes on; its progress is among the jobs." });
    onClose();
  };
  return (
    <Modal opened onClose={close} title="Label the rest" size="lg">
      <Stack gap="md">
        <Text size="sm">
          The assistant suggests on every image of this task that nobody finished. They are suggestions:
          people accept them, or a rule of yours does; nothing becomes ground truth here.
        </Text>
        {preview.isPending && <WaitRows rows={3} />}
        {preview.isError && <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />}
        {preview.data !== undefined && (
          <Preview
            preview={preview.data}
            threshold={threshold}
            onThreshold={(value) => {
              setThreshold(value);
              setJobId(null);
            }}
            isLocked={isBusy}
          />
        )}
        {starting.isError && <ProblemNote error={starting.error} />}
        {job !== undefined && <JobState job={job} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isDone ? "Close" : "Cancel"}
          </Button>
          {!isDone && (
            <>
              <Button
                variant="default"
                disabled={isBusy || preview.data === undefined}
                onClick={() => {
                  starting.mutate(true);
                }}
              >
                Count first, write nothing
              </Button>
              <Button
                loading={isBusy}
                disabled={preview.data === undefined || preview.data.n_items === 0}
                onClick={() => {
                  starting.mutate(false);
                }}
              >
                Label the rest
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

const FIRST = 0.5;

interface PreviewProps {
  readonly preview: RestPreview;
  readonly threshold: number;
  readonly onThreshold: (value: number) => void;
  readonly isLocked: boolean;
}

function Preview({ preview, threshold, onThreshold, isLocked }: PreviewProps) {
  const point = pointAt(preview, threshold);
  const least = Math.min(...preview.points.map((one) => one.threshold), MOST);
  const isPart = preview.n_looked_at < preview.n_items;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        Suggestions from a confidence of {threshold.toFixed(2)}
      </Text>
      <Slider
        label={null}
        min={Math.max(STEP, least)}
        max={MOST}
        step={STEP}
        disabled={isLocked}
        thumbLabel="Smallest confidence"
        value={threshold}
        onChange={onThreshold}
      />
      {point !== null && (
        <div aria-live="polite">
          <Group gap="xl" mt={4} align="flex-start">
            <Stat
              value={formatCount(point.n_items)}
              label="images with a suggestion"
              note={`of ${formatCount(preview.n_looked_at)} looked at`}
            />
            <Stat value={formatCount(point.n_objects)} label="suggestions" />
            <Stat
              value={point.precision === null ? "–" : `${String(Math.round(point.precision * 100))} %`}
              label="expected right"
              note={`of ${formatCount(point.n_decided)} decided`}
            />
          </Group>
          <Text size="sm" mt={6}>
            {precisionWords(point)}
          </Text>
        </div>
      )}
      <Text size="xs" c="dimmed">
        {preview.n_items === 0
          ? "Nobody has anything left to do here: every image is finished."
          : isPart
            ? `Counted on the ${formatCount(preview.n_looked_at)} of ${formatCount(preview.n_items)} open images that it has looked at.`
            : `Counted on all ${formatCount(preview.n_items)} open images.`}
      </Text>
    </Stack>
  );
}

const STEP = 0.05;
const MOST = 0.95;

function isDry(job: Job): boolean {
  return job.params?.dry_run === true;
}

function JobState({ job }: { readonly job: Job }) {
  if (isActive(job)) {
    return (
      <Group gap="sm" wrap="nowrap">
        <Progress flex={1} value={(job.progress ?? 0) * 100} animated aria-label="How far it is" />
        <Button size="xs" variant="default" onClick={() => void cancelJob(job.id)}>
          Stop it
        </Button>
      </Group>
    );
  }
  if (job.state === "failed") {
    return (
      <Alert color="red" variant="light" title="It failed">
        {job.error}
      </Alert>
    );
  }
  if (job.state === "cancelled") return <Text size="sm">Stopped. What it had suggested by then stays.</Text>;
  const { n_items: items, n_objects: objects } = job.result ?? {};
  const said = `${shown(objects)} suggestions on ${shown(items)} images`;
  return (
    <Alert color="teal" variant="light" role="status">
      {isDry(job) ? `It would make ${said}. Nothing was written.` : `Made ${said}. They wait in the studio.`}
    </Alert>
  );
}

function shown(value: unknown): string {
  return typeof value === "number" ? formatCount(value) : "no";
}
