import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsDiff, IconChartLine, IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { championsQuery, modelsQuery } from "@/api/queries/models";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { CompareDialog } from "./comparison/CompareDialog";
import { DecisionsPanel } from "./DecisionsPanel";
import { JobsStrip } from "./JobsStrip";
import { ModelTable } from "./ModelTable";
import { MOST_PICKED } from "./runs/table";
import { pairUp } from "./words";

/** The project's models, which of them is in use, and what was decided between them. */
export function ModelsPage() {
  const projectId = useProjectId();
  const models = useQuery(modelsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const mayWrite = useIsAtLeast("manager");
  const [picked, setPicked] = useState<readonly string[]>([]);
  const listed = models.data?.items ?? [];
  const train = mayWrite ? (
    <LinkButton leftSection={<IconPlus size={16} />} to="/p/$projectId/models/new" params={{ projectId }}>
      Train a model
    </LinkButton>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Models"
        about="Every model with what it was trained on and how it did. The champion is the one in use: it pre-labels and helps to choose."
        actions={
          listed.length > 0 ? (
            <>
              <PickedActions projectId={projectId} picked={picked} />
              {train}
            </>
          ) : undefined
        }
      />
      <JobsStrip projectId={projectId} />
      {models.isPending && <WaitRows />}
      {models.isError && <ProblemNote error={models.error} onRetry={() => void models.refetch()} />}
      {models.isSuccess && listed.length === 0 && (
        <EmptyState
          icon={<IconStack2 size={28} />}
          title="No model yet"
          action={
            <Group mt="xs">
              {train}
              <LinkButton variant="default" to="/p/$projectId/pipelines" params={{ projectId }}>
                To the pipelines
              </LinkButton>
            </Group>
          }
        >
          Train one on labelled images here, or let a pipeline train one after every so many new labels.
        </EmptyState>
      )}
      {listed.length > 0 && (
        <Stack gap="md">
          <ModelTable
            models={listed}
            champions={champions.data ?? []}
            projectId={projectId}
            picked={picked}
            onPick={setPicked}
          />
          {typeof models.data?.next_cursor === "string" && (
            <Text size="sm" c="dimmed">
              The newest 500 are shown.
            </Text>
          )}
          <DecisionsPanel projectId={projectId} models={listed} />
        </Stack>
      )}
    </>
  );
}

interface PickedActionsProps {
  readonly projectId: string;
  readonly picked: readonly string[];
}

/** What can be done with the picked runs: curves of two to six, a verdict between two trained ones. */
function PickedActions({ projectId, picked }: PickedActionsProps) {
  const mayWrite = useIsAtLeast("manager");
  const models = useQuery(modelsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const [isComparing, comparing] = useDisclosure(false);
  const championIds = new Set((champions.data ?? []).flatMap((one) => one.model_id ?? []));
  const chosen = (models.data?.items ?? []).filter((one) => picked.includes(one.id));
  const pair = chosen.every((one) => one.status === "trained")
    ? pairUp({ picked: chosen, championIds })
    : null;
  return (
    <>
      <LinkButton
        variant="default"
        leftSection={<IconChartLine size={16} />}
        to="/p/$projectId/models/runs"
        params={{ projectId }}
        search={{ ids: picked.join(",") }}
        disabled={picked.length < 2}
        data-disabled={picked.length < 2 || undefined}
        aria-disabled={picked.length < 2}
      >
        {picked.length < 2
          ? `Pick 2 to ${String(MOST_PICKED)} runs`
          : `${String(picked.length)} side by side`}
      </LinkButton>
      {mayWrite && (
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={16} />}
          disabled={pair === null}
          onClick={comparing.open}
        >
          Which is better?
        </Button>
      )}
      {pair !== null && (
        <CompareDialog projectId={projectId} pair={pair} isOpen={isComparing} onClose={comparing.close} />
      )}
    </>
  );
}
