import { Alert, Button, Card, Divider, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconSparkles } from "@tabler/icons-react";
import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";

import { cancelJob, isActive } from "@/api/queries/jobs";
import { createSelection } from "@/api/queries/selections";
import type { Dataset, SelectionPlan } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatCount, formatSeconds } from "@/ui/format";
import { JobRow } from "@/ui/JobRow";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";
import { isQueryProblem } from "@/query/QueryBar";

import { useFollowedJob } from "../jobs";
import { RunningJobs } from "../RunningJobs";
import { strategyTitle } from "../strategies";
import { draftOf, randomWarning, whyNot, type Form } from "./form";
import { causeWords } from "./words";

export interface PlanPanelProps {
  readonly projectId: string;
  readonly dataset: Dataset;
  readonly form: Form;
  readonly plan: UseQueryResult<SelectionPlan>;
  readonly isWaiting: boolean;
  readonly onDone: (selectionId: string) => void;
}

/** What pressing the button would do, counted on these images; the button; and how far it is. */
export function PlanPanel({ projectId, dataset, form, plan, isWaiting, onDone }: PlanPanelProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const [jobId, setJobId] = useState<string | null>(null);
  const draft = draftOf(form);
  const choosing = useMutation({
    mutationFn: createSelection,
    onSuccess: (job) => {
      setJobId(job.id);
      void client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const { job } = useFollowedJob({ jobId, key: "selection_id", onDone });
  const isWorking = job !== undefined && isActive(job);
  const missing = whyNot(form);
  const isEmpty = plan.data !== undefined && plan.data.budget === 0 && !isWaiting;
  return (
    <Stack gap="sm">
      <Panel title="What this would choose" about="Counted on your images; nothing is written yet.">
        <Stack gap="sm">
          {missing !== null && (
            <Text size="sm" c="dimmed">
              {missing}
            </Text>
          )}
          {plan.isError && !isQueryProblem(plan.error) && (
            <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} />
          )}
          {isQueryProblem(plan.error) && <ProblemNote error={plan.error} />}
          {plan.data === undefined && !plan.isError && missing === null && <WaitRows rows={4} height={26} />}
          {plan.data !== undefined && !plan.isError && (
            <Plan plan={plan.data} isOld={isWaiting} warning={randomWarning(form, plan.data.budget)} />
          )}
          {choosing.isError && <ProblemNote error={choosing.error} />}
          {job === undefined || !isWorking ? (
            <Button
              size="md"
              leftSection={<IconSparkles size={18} />}
              loading={choosing.isPending || (jobId !== null && job === undefined)}
              disabled={!mayWrite || draft === null || plan.isError || isEmpty}
              onClick={() => {
                if (draft !== null) choosing.mutate({ datasetId: dataset.id, draft });
              }}
            >
              {buttonWords(plan.data, isWaiting)}
            </Button>
          ) : null}
          {job !== undefined && job.state !== "done" && (
            <Card withBorder padding="sm">
              <JobRow job={job} onCancel={() => void cancelJob(job.id)} />
            </Card>
          )}
          {!mayWrite && (
            <Text size="xs" c="dimmed">
              Managers of the project may choose.
            </Text>
          )}
        </Stack>
      </Panel>
      <RunningJobs projectId={projectId} kinds={["select", "embed"]} except={jobId} />
    </Stack>
  );
}

function buttonWords(plan: SelectionPlan | undefined, isOld: boolean): string {
  if (plan === undefined || isOld || plan.budget === 0) return "Choose";
  return plan.budget === 1 ? "Choose 1 image" : `Choose ${formatCount(plan.budget)} images`;
}

interface PlanProps {
  readonly plan: SelectionPlan;
  readonly isOld: boolean;
  /** About the share by chance. */
  readonly warning: string | null;
}

function Plan({ plan, isOld, warning }: PlanProps) {
  const left = Object.entries(plan.left_out ?? {}).filter(([, count]) => count > 0);
  return (
    <Stack gap="sm" aria-live="polite" aria-busy={isOld} opacity={isOld ? 0.6 : 1}>
      {(plan.warnings ?? []).map((one) => (
        <Alert key={one} p="xs" variant="light" color="yellow" icon={<IconAlertTriangle size={16} />}>
          <Text size="sm">{one}</Text>
        </Alert>
      ))}
      <Group gap="lg">
        <Figure value={plan.budget} label="to choose" />
        <Figure value={plan.n_pool} label="in the pool" />
        <Figure value={plan.n_labelled} label="labelled already" />
      </Group>
      <Divider />
      <div>
        <Text size="sm" fw={600}>
          {strategyTitle(plan.strategy)}{" "}
          <Text span size="xs" c="dimmed" ff="monospace">
            {plan.strategy}
          </Text>
        </Text>
        {plan.why.map((one) => (
          <Text key={one} size="sm" c="dimmed">
            {one}
          </Text>
        ))}
      </div>
      <Text size="xs" c="dimmed">
        {timeWords(plan)}
      </Text>
      {warning !== null && (
        <Text size="xs" c="dimmed">
          {warning}
        </Text>
      )}
      {left.length > 0 && (
        <Text size="xs" c="dimmed">
          Not in the pool:{" "}
          {left.map(([cause, count]) => `${formatCount(count)} ${causeWords(cause)}`).join(", ")}.
        </Text>
      )}
    </Stack>
  );
}

function Figure({ value, label }: { readonly value: number; readonly label: string }) {
  return (
    <div>
      <Text fz={20} fw={650} lh={1.15}>
        {formatCount(value)}
      </Text>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </div>
  );
}

/** What has to be computed first, how long it takes, and how long people will work. */
function timeWords(plan: SelectionPlan): string {
  const parts = [
    plan.n_missing_vectors > 0
      ? `${formatCount(plan.n_missing_vectors)} images are looked at first${
          typeof plan.space === "string" ? ` (${plan.space})` : ""
        }`
      : null,
    typeof plan.machine_seconds === "number"
      ? `about ${formatSeconds(Math.max(1, plan.machine_seconds))} on this machine`
      : null,
    typeof plan.seconds_per_item === "number"
      ? `then some ${formatSeconds(plan.seconds_per_item * plan.budget)} of labelling, at ${String(
          Number(plan.seconds_per_item.toPrecision(2)),
        )} s an image`
      : null,
  ].filter((one) => one !== null);
  const said = parts.join("; ");
  return said === "" ? "" : `${said.charAt(0).toUpperCase()}${said.slice(1)}.`;
}
