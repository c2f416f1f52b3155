import { Alert, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { deployModel, modelsQuery, rollBackModel } from "@/api/queries/models";
import type { Champion, Model } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

import { placeName } from "./words";

export type DeployMove = "deploy" | "rollback";

export interface DeployDialogProps {
  readonly model: Model;
  /** Null: closed. */
  readonly move: DeployMove | null;
  /** Where it can happen. */
  readonly places: readonly Champion[];
  readonly projectId: string;
  readonly onClose: () => void;
}

/** Says what deploying or going back changes, and does it. */
export function DeployDialog({ model, move, places, projectId, onClose }: DeployDialogProps) {
  return (
    <Modal
      opened={move !== null}
      onClose={onClose}
      title={move === "rollback" ? `Roll back ${model.name}?` : `Deploy ${model.name}?`}
    >
      {move !== null && (
        <DeployForm model={model} move={move} places={places} projectId={projectId} onClose={onClose} />
      )}
    </Modal>
  );
}

interface DeployFormProps extends DeployDialogProps {
  readonly move: DeployMove;
}

function DeployForm({ model, move, places, projectId, onClose }: DeployFormProps) {
  const models = useQuery(modelsQuery(projectId));
  const [chosen, setChosen] = useState(0);
  const client = useQueryClient();
  const place = places[chosen];
  const nameOf = (id: string | null) =>
    id === null ? "no model" : (models.data?.items.find((one) => one.id === id)?.name ?? "another model");
  const going = useMutation({
    mutationFn: async () => {
      if (place === undefined) return null;
      const act = move === "rollback" ? rollBackModel : deployModel;
      return act({ modelId: model.id, place });
    },
    onSuccess: async (changed) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) =>
          ["champions", "models", "pipeline", "pipelines", "overview"].includes(String(queryKey[0])),
      });
      onClose();
      if (changed === null) return;
      notifications.show({
        title: `Champion of ${placeName(changed)}`,
        message: `It is now ${nameOf(changed.model_id)}.`,
      });
    },
  });
  if (place === undefined) {
    return <Text size="sm">There is no place where it could be deployed.</Text>;
  }
  return (
    <Stack gap="sm">
      {places.length > 1 && (
        <Radio.Group
          label="Where"
          value={String(chosen)}
          onChange={(value) => {
            setChosen(Number(value));
          }}
        >
          <Stack gap={6} mt={4}>
            {places.map((one, at) => (
              <Radio
                key={`${one.pipeline_id ?? ""}${one.variable}`}
                value={String(at)}
                label={placeName(one)}
                description={`now ${nameOf(one.model_id)}`}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Alert variant="light" color={move === "rollback" ? "yellow" : "whorl"} title="What changes">
        {move === "rollback" ? (
          <>
            The champion of <b>{placeName(place)}</b> before {model.name} becomes the champion again.
          </>
        ) : (
          <>
            The champion of <b>{placeName(place)}</b> changes from {nameOf(place.model_id)} to {model.name}.
          </>
        )}{" "}
        {place.pipeline_id === null
          ? "Whoever asks the project for its champion gets it from now on."
          : "The pipeline pre-labels and chooses with it from its next batch on, and challengers must beat it."}{" "}
        Labels and predictions that exist stay as they are. You can go back at any time.
      </Alert>
      {going.isError && <ProblemNote error={going.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={going.isPending}
          data-autofocus
          onClick={() => {
            going.mutate();
          }}
        >
          {move === "rollback" ? "Roll back" : "Deploy"}
        </Button>
      </Group>
    </Stack>
  );
}
