import { Group, Stack, Text, Timeline } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asRecord } from "@/api/json";
import { stepsQuery } from "@/api/queries/pipelines";
import type { Run, RunStep } from "@/api/schema.gen";
import { formatAgo, formatSeconds } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { sayValue } from "./NodePanel";
import { RunButtons } from "./live/RunButtons";
import { RunBadge, Subject } from "./RunsPanel";
import { spaced } from "./words";

export interface JourneyProps {
  readonly run: Run;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
  /** It may be cancelled or begun again. */
  readonly mayRun: boolean;
}

/** The steps that a run passed, in order, and what each said. */
export function Journey({ run, names, projectId, mayRun }: JourneyProps) {
  const steps = useQuery(stepsQuery(run.id));
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Subject subject={run.ref} names={names} projectId={projectId} />
        <RunBadge state={run.state} />
      </Group>
      <Text size="sm" c="dimmed">
        Began {formatAgo(run.created_at)} at {spaced(run.start_node)}, on version {run.version}. Cause:{" "}
        {sayCause(run.cause)}. <IdText id={run.id} />
      </Text>
      {mayRun && <RunButtons run={run} />}
      {steps.isPending && <WaitRows />}
      {steps.isError && <ProblemNote error={steps.error} onRetry={() => void steps.refetch()} />}
      {steps.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          It has not passed a step yet.
        </Text>
      )}
      <Timeline bulletSize={14} lineWidth={2} active={steps.data?.length ?? 0}>
        {steps.data?.map((step, at) => (
          <Timeline.Item key={at} title={<StepTitle step={step} />}>
            <StepFacts step={step} names={names} />
          </Timeline.Item>
        ))}
      </Timeline>
    </Stack>
  );
}

function StepTitle({ step }: { readonly step: RunStep }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm" fw={600}>
        {spaced(step.node)}
        <Text span size="sm" c="dimmed" fw={400}>
          {step.port === "" ? "" : ` → ${spaced(step.port)}`}
        </Text>
      </Text>
      <Text size="xs" c="dimmed">
        {formatAgo(step.at)}
      </Text>
    </Group>
  );
}

function StepFacts({ step, names }: { readonly step: RunStep; readonly names: ReadonlyMap<string, string> }) {
  // The port is in the title.
  const facts = Object.entries(asRecord(step.output)).filter(([name]) => name !== "port");
  return (
    <Stack gap={0}>
      {facts.map(([name, value]) => (
        <Text key={name} size="xs" c="dimmed">
          {spaced(name)}: {sayValue(value, names)}
        </Text>
      ))}
      {step.machine_seconds >= 1 && (
        <Text size="xs" c="dimmed">
          {formatSeconds(step.machine_seconds)} of machine time
        </Text>
      )}
      {step.human_seconds >= 1 && (
        <Text size="xs" c="dimmed">
          {formatSeconds(step.human_seconds)} of people's time
        </Text>
      )}
    </Stack>
  );
}

function sayCause(cause: string): string {
  if (cause.startsWith("manual:")) return "started by hand";
  const trigger = cause.split(":")[0] ?? cause;
  return `its trigger “${spaced(trigger)}”`;
}
