import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsDiff, IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { championsQuery, modelsQuery } from "@/api/queries/models";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { CompareDialog } from "./CompareDialog";
import { DecisionsPanel } from "./DecisionsPanel";
import { JobsStrip } from "./JobsStrip";
import { ModelTable } from "./ModelTable";
import { TrainDialog } from "./TrainDialog";
import { pairUp } from "./words";

/** The project's models, which of them is in use, and what people made of their proposals. */
export function ModelsPage() {
  const projectId = useProjectId();
  const models = useQuery(modelsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const mayWrite = useIsAtLeast("manager");
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [isTraining, training] = useDisclosure(false);
  const [isComparing, comparing] = useDisclosure(false);
  const listed = models.data?.items ?? [];
  const championIds = new Set((champions.data ?? []).flatMap((one) => one.model_id ?? []));
  const pair = pairUp({ picked: listed.filter((one) => picked.includes(one.id)), championIds });
  const train = mayWrite ? (
    <Button leftSection={<IconPlus size={16} />} onClick={training.open}>
      Train a model
    </Button>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Models"
        about="Every model with what it was trained on and how it did. The champion is the one in use: it pre-labels and helps to choose."
        actions={
          mayWrite && listed.length > 0 ? (
            <>
              <Button
                variant="default"
                leftSection={<IconArrowsDiff size={16} />}
                disabled={pair === null}
                onClick={comparing.open}
              >
                {pair === null ? "Pick two to compare" : "Compare the two"}
              </Button>
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
            onPick={mayWrite ? setPicked : undefined}
          />
          {typeof models.data?.next_cursor === "string" && (
            <Text size="sm" c="dimmed">
              The newest 500 are shown.
            </Text>
          )}
          <DecisionsPanel projectId={projectId} models={listed} />
        </Stack>
      )}
      <TrainDialog projectId={projectId} isOpen={isTraining} onClose={training.close} />
      {pair !== null && (
        <CompareDialog projectId={projectId} pair={pair} isOpen={isComparing} onClose={comparing.close} />
      )}
    </>
  );
}
