import { Alert, Button, Divider, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCircleX, IconPlayerPlay } from "@tabler/icons-react";
import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Fragment } from "react";

import { trainNewModel } from "@/api/queries/models";
import type { CheckNotice, ModelCheck, ModelCreate, SubsetCheck } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatCount, formatSeconds } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "./playground.module.css";
import type { PartProps } from "./PlaygroundPage";

export interface CheckPanelProps extends PartProps {
  readonly check: UseQueryResult<ModelCheck>;
  readonly isWaiting: boolean;
  readonly body: ModelCreate;
}

/** What the training would find, what speaks against it, and the button that starts it. */
export function CheckPanel({ form, onChange, projectId, check, isWaiting, body }: CheckPanelProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const navigate = useNavigate();
  const training = useMutation({
    mutationFn: () => trainNewModel({ projectId, body }),
    onSuccess: async ({ model }) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["models", "jobs", "overview"].includes(String(queryKey[0])),
      });
      await navigate({ to: "/p/$projectId/models/$modelId", params: { projectId, modelId: model.id } });
    },
  });
  const hasName = form.name.trim() !== "";
  const isRefused = check.data === undefined || !check.data.can_train;
  return (
    <Panel title="Check and train" about="Counted on your data; nothing is written yet.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          training.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            required
            maxLength={200}
            placeholder="first try"
            value={form.name}
            onChange={(event) => {
              onChange({ name: event.currentTarget.value });
            }}
          />
          {form.datasetId === null && (
            <Text size="sm" c="dimmed">
              There is no dataset to learn from yet.
            </Text>
          )}
          {check.isError && <ProblemNote error={check.error} />}
          {check.data === undefined && !check.isError && form.datasetId !== null && (
            <WaitRows rows={5} height={22} />
          )}
          {check.data !== undefined && !check.isError && <Found check={check.data} isOld={isWaiting} />}
          {training.isError && <ProblemNote error={training.error} />}
          <Button
            type="submit"
            leftSection={<IconPlayerPlay size={16} />}
            loading={training.isPending}
            disabled={!mayWrite || !hasName || isRefused || check.isError || isWaiting}
          >
            Train
          </Button>
          {!mayWrite && (
            <Text size="xs" c="dimmed">
              Managers of the project may train.
            </Text>
          )}
          {mayWrite && !hasName && (
            <Text size="xs" c="dimmed">
              Give it a name first.
            </Text>
          )}
        </Stack>
      </form>
    </Panel>
  );
}

function Found({ check, isOld }: { readonly check: ModelCheck; readonly isOld: boolean }) {
  const train = check.subsets.find((one) => one.subset === "train");
  return (
    <Stack gap="sm" aria-live="polite" aria-busy={isOld} opacity={isOld ? 0.6 : 1}>
      {check.errors.map((one) => (
        <Notice key={one.code + one.message} notice={one} isError />
      ))}
      {check.warnings.map((one) => (
        <Notice key={one.code + one.message} notice={one} isError={false} />
      ))}
      <Group gap="lg">
        {check.subsets.map((one) => (
          <SubsetCount key={one.subset} subset={one} />
        ))}
      </Group>
      {train !== undefined && <Labels subset={train} />}
      <Divider />
      <Text size="sm">
        {check.estimated_seconds === null ? (
          "How long it takes cannot be told."
        ) : (
          <>
            About <b>{formatSeconds(check.estimated_seconds)}</b> of one CPU.
          </>
        )}{" "}
        <Text span size="xs" c="dimmed">
          {check.estimate}
        </Text>
      </Text>
      <Text size="xs" c="dimmed">
        Revision {check.revision}; {formatCount(check.n_effective)} samples a pass
        {check.size_px !== null && `, at ${String(check.size_px)} px`}
        {check.small_images > 0 && `; ${formatCount(check.small_images)} images are much smaller than that`}
        {check.large_images > 0 && `; ${formatCount(check.large_images)} are much larger`}.
      </Text>
    </Stack>
  );
}

function SubsetCount({ subset }: { readonly subset: SubsetCheck }) {
  return (
    <div>
      <Text fz={20} fw={650} lh={1.15}>
        {formatCount(subset.n_labelled)}
      </Text>
      <Text size="xs" c="dimmed">
        {subset.subset}
        {subset.n_items !== subset.n_labelled && ` of ${formatCount(subset.n_items)}`}
      </Text>
    </div>
  );
}

function Labels({ subset }: { readonly subset: SubsetCheck }) {
  const rows = Object.entries(subset.labels).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  if (rows.length === 0) return null;
  return (
    <div className={classes.labels} role="group" aria-label="Labels of the train subset" tabIndex={0}>
      {rows.map(([label, count]) => (
        <Fragment key={label}>
          <Text size="xs" truncate title={label} c={count === 0 ? "red" : undefined}>
            {label}
          </Text>
          <span
            className={classes.bar}
            style={{ width: `${String((100 * count) / most)}%`, backgroundColor: labelColor(label) }}
          />
          <Text size="xs" ta="right" c="dimmed">
            {formatCount(count)}
          </Text>
        </Fragment>
      ))}
    </div>
  );
}

function Notice({ notice, isError }: { readonly notice: CheckNotice; readonly isError: boolean }) {
  return (
    <Alert
      p="xs"
      variant="light"
      color={isError ? "red" : "yellow"}
      icon={isError ? <IconCircleX size={16} /> : <IconAlertTriangle size={16} />}
      role={isError ? "alert" : undefined}
    >
      <Text size="sm">{notice.message}</Text>
      {notice.hint !== "" && notice.hint !== undefined && <Text size="xs">{notice.hint}</Text>}
    </Alert>
  );
}
