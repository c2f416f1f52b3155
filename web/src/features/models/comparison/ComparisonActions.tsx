import { Button, Modal, Select, Stack, Text, Textarea, TextInput, Group } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconArrowBackUp, IconListCheck, IconRocket } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import {
  championsQuery,
  labelDisagreements,
  modelQuery,
  promoteChallenger,
  type ChampionPlace,
} from "@/api/queries/models";
import type { Champion, Comparison } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";

import { DeployDialog } from "../DeployDialog";
import { placeName, placesOf } from "../words";

export interface ComparisonActionsProps {
  readonly comparison: Comparison;
  readonly projectId: string;
}

/** What can follow from a comparison: promote all the same, label where they differ, or go back. */
export function ComparisonActions({ comparison, projectId }: ComparisonActionsProps) {
  const mayWrite = useIsAtLeast("manager");
  const champions = useQuery(championsQuery(projectId));
  const challenger = useQuery(modelQuery(comparison.challenger_id));
  const [isPromoting, promoting] = useDisclosure(false);
  const [isLabelling, labelling] = useDisclosure(false);
  const [isRollingBack, rollingBack] = useDisclosure(false);
  if (!mayWrite || champions.data === undefined || challenger.data === undefined) return null;
  const places = placesOf(champions.data, comparison.challenger_id);
  const others = champions.data.filter((one) => one.model_id !== comparison.challenger_id);
  const hasChampion = comparison.champion_id !== null && comparison.champion_id !== undefined;
  return (
    <>
      {hasChampion && (
        <Button variant="default" leftSection={<IconListCheck size={16} />} onClick={labelling.open}>
          Label where they differ
        </Button>
      )}
      {places.length > 0 ? (
        <Button variant="default" leftSection={<IconArrowBackUp size={16} />} onClick={rollingBack.open}>
          Roll back
        </Button>
      ) : (
        <Button leftSection={<IconRocket size={16} />} onClick={promoting.open}>
          Promote
        </Button>
      )}
      <Modal opened={isPromoting} onClose={promoting.close} title={`Promote ${challenger.data.name}?`}>
        {isPromoting && <PromoteForm comparison={comparison} places={others} onClose={promoting.close} />}
      </Modal>
      <Modal opened={isLabelling} onClose={labelling.close} title="Label where they differ">
        {isLabelling && (
          <LabelForm
            comparison={comparison}
            projectId={projectId}
            name={challenger.data.name}
            onClose={labelling.close}
          />
        )}
      </Modal>
      <DeployDialog
        model={challenger.data}
        move={isRollingBack ? "rollback" : null}
        places={places}
        projectId={projectId}
        onClose={rollingBack.close}
      />
    </>
  );
}

const OVERRULES: Readonly<Record<string, string>> = {
  keep: "The comparison says to keep the champion. Say why the challenger goes in all the same.",
  tie: "The comparison could not tell them apart. Say why the challenger goes in all the same.",
};

interface PromoteFormProps {
  readonly comparison: Comparison;
  readonly places: readonly Champion[];
  readonly onClose: () => void;
}

function PromoteForm({ comparison, places, onClose }: PromoteFormProps) {
  const [at, setAt] = useState("0");
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const place: ChampionPlace | undefined = places[Number(at)];
  const isOverruling = comparison.decision !== "promote";
  const promoting = useMutation({
    mutationFn: () =>
      promoteChallenger({
        comparisonId: comparison.id,
        reason: reason.trim(),
        isForced: isOverruling,
        place,
      }),
    onSuccess: async () => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) =>
          ["champions", "models", "comparison", "comparisons", "pipeline", "pipelines", "overview"].includes(
            String(queryKey[0]),
          ),
      });
      onClose();
      notifications.show({ title: "Promoted", message: "The challenger is the champion now." });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        promoting.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          {OVERRULES[comparison.decision] ??
            "The comparison found it provably better. It becomes the champion."}
        </Text>
        {places.length > 1 && (
          <Select
            label="Where"
            allowDeselect={false}
            data={places.map((one, index) => ({ value: String(index), label: placeName(one) }))}
            value={at}
            onChange={(value) => {
              setAt(value ?? "0");
            }}
          />
        )}
        <Textarea
          label="Reason"
          description="Kept with the change, for those who ask later."
          required={isOverruling}
          data-autofocus
          autosize
          minRows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
        />
        {promoting.isError && <ProblemNote error={promoting.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={isOverruling ? "orange" : undefined}
            loading={promoting.isPending}
            disabled={isOverruling && reason.trim() === ""}
          >
            {isOverruling ? "Promote all the same" : "Promote"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface LabelFormProps extends ComparisonActionsProps {
  readonly name: string;
  readonly onClose: () => void;
}

function LabelForm({ comparison, projectId, name, onClose }: LabelFormProps) {
  const [title, setTitle] = useState(`Where ${name} differs`);
  const client = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: () => labelDisagreements({ comparisonId: comparison.id, name: title.trim() }),
    onSuccess: async (task) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["tasks", "task", "overview"].includes(String(queryKey[0])),
      });
      await navigate({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId: task.id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Only items on which the two answer differently can decide between them. A task with exactly those
          checks their labels; a wrong label among them weighs more than ten right ones elsewhere.
        </Text>
        <TextInput
          label="Name of the task"
          required
          data-autofocus
          maxLength={200}
          value={title}
          onChange={(event) => {
            setTitle(event.currentTarget.value);
          }}
        />
        {making.isError && <ProblemNote error={making.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={making.isPending} disabled={title.trim() === ""}>
            Make the task
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
