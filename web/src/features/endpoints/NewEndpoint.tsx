import {
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { createDataset, datasetsQuery } from "@/api/queries/datasets";
import { createEndpoint, updateEndpoint } from "@/api/queries/endpoints";
import { championsQuery, modelsQuery } from "@/api/queries/models";
import type { Champion, EndpointCreate } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

import { DEFAULTS } from "./settings/defaults";
import { isEndpointName } from "./words";

export interface NewEndpointProps {
  readonly projectId: string;
  /** Chosen beforehand. */
  readonly modelId: string | null;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

type Source = "model" | "follow";

interface Wish {
  readonly name: string;
  readonly source: Source;
  readonly modelId: string | null;
  readonly place: string | null;
  readonly datasetId: string | null;
  readonly perDay: number | null;
  readonly keepsImages: boolean;
  readonly days: number | null;
}

/** Stands for a dataset to be made with the endpoint. */
const NEW = "new";

/** Asks which model is to answer under which name, and what is to be remembered. */
export function NewEndpoint({ projectId, modelId, isOpen, onClose }: NewEndpointProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="New endpoint" size="lg">
      {isOpen && <Form projectId={projectId} modelId={modelId} onClose={onClose} />}
    </Modal>
  );
}

function Form({ projectId, modelId, onClose }: Omit<NewEndpointProps, "isOpen">) {
  const [wish, setWish] = useState<Wish>({
    name: "",
    source: "model",
    modelId,
    place: null,
    datasetId: NEW,
    perDay: DEFAULTS.log_per_day ?? null,
    keepsImages: true,
    days: DEFAULTS.retention_days ?? null,
  });
  const change = (part: Partial<Wish>) => {
    setWish({ ...wish, ...part });
  };
  const champions = useQuery(championsQuery(projectId)).data ?? [];
  const followed = champions.filter((one) => one.pipeline_id !== null);
  const making = useMake(projectId);
  const isReady =
    isEndpointName(wish.name) && (wish.source === "model" ? wish.modelId !== null : wish.place !== null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) making.mutate({ body: bodyOf(wish, followed), makesDataset: wish.datasetId === NEW });
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Part of the address, so small letters, digits and dashes."
          placeholder="shelf-cameras"
          required
          maxLength={100}
          data-autofocus
          value={wish.name}
          error={wish.name !== "" && !isEndpointName(wish.name) && "Small letters, digits and dashes within."}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        <Who wish={wish} followed={followed} projectId={projectId} onChange={change} />
        <Memory wish={wish} projectId={projectId} onChange={change} />
        {making.isError && <ProblemNote error={making.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={making.isPending}>
            Open it
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PartProps {
  readonly wish: Wish;
  readonly projectId: string;
  readonly onChange: (part: Partial<Wish>) => void;
}

function Who({
  wish,
  followed,
  projectId,
  onChange,
}: PartProps & { readonly followed: readonly Champion[] }) {
  const models = useQuery(modelsQuery(projectId));
  const trained = (models.data?.items ?? []).filter((one) => one.status === "trained");
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id="who-answers">
        Who answers
      </Text>
      <SegmentedControl
        fullWidth
        mb="xs"
        aria-labelledby="who-answers"
        data={[
          { value: "model", label: "A model" },
          { value: "follow", label: "The champion of a pipeline", disabled: followed.length === 0 },
        ]}
        value={wish.source}
        onChange={(value) => {
          onChange({ source: value === "follow" ? "follow" : "model" });
        }}
      />
      {wish.source === "model" ? (
        <Select
          aria-label="Model"
          placeholder={models.isSuccess && trained.length === 0 ? "No trained model yet" : "Choose a model"}
          searchable
          data={trained.map((one) => ({ value: one.id, label: `${one.name} (${one.task})` }))}
          value={wish.modelId}
          onChange={(value) => {
            onChange({ modelId: value });
          }}
        />
      ) : (
        <Select
          aria-label="Pipeline and variable"
          description="Whenever this champion changes, the endpoint changes with it, without dropping a request."
          placeholder="Choose a champion to follow"
          data={followed.map((one) => ({
            value: keyOf(one),
            label: `${one.pipeline_name ?? "project"}: ${one.variable}`,
          }))}
          value={wish.place}
          onChange={(value) => {
            onChange({ place: value });
          }}
        />
      )}
      {wish.source === "model" && (
        <Text size="xs" c="dimmed" mt={4}>
          It stays until somebody changes it. To change it after each won comparison, follow a champion.
        </Text>
      )}
    </div>
  );
}

function Memory({ wish, projectId, onChange }: PartProps) {
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  return (
    <>
      <Select
        label="Dataset for flagged images"
        description="Flagged answers become items there, with the answer as a proposal. Empty: flags are kept, but nothing can be labelled."
        placeholder="None"
        clearable
        data={[
          { value: NEW, label: `A new one: ${flaggedName(wish.name)}` },
          ...datasets.map((one) => ({ value: one.id, label: one.name })),
        ]}
        value={wish.datasetId}
        onChange={(value) => {
          onChange({ datasetId: value });
        }}
      />
      <Group grow align="flex-start">
        <NumberInput
          label="Most log lines a day"
          description="Empty: no quota"
          min={0}
          allowDecimal={false}
          thousandSeparator=","
          value={wish.perDay ?? ""}
          onChange={(value) => {
            onChange({ perDay: typeof value === "number" ? value : null });
          }}
        />
        <NumberInput
          label="Keep them for days"
          description="Empty: for ever"
          min={1}
          allowDecimal={false}
          value={wish.days ?? ""}
          onChange={(value) => {
            onChange({ days: typeof value === "number" ? value : null });
          }}
        />
      </Group>
      <Switch
        label="Keep the images"
        description="Off: only each image's hash is kept. Nobody can look at it later, and it cannot be labelled."
        checked={wish.keepsImages}
        onChange={(event) => {
          onChange({ keepsImages: event.currentTarget.checked });
        }}
      />
    </>
  );
}

interface Making {
  readonly body: EndpointCreate;
  readonly makesDataset: boolean;
}

function useMake(projectId: string) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ body, makesDataset }: Making) => {
      const made = await createEndpoint({ projectId, body });
      if (!makesDataset) return made;
      const name = flaggedName(made.name);
      const { items } = await client.fetchQuery(datasetsQuery(projectId));
      const dataset = items.find((one) => one.name === name) ?? (await createDataset({ projectId, name }));
      return updateEndpoint({ endpointId: made.id, body: { dataset_id: dataset.id } });
    },
    onSuccess: async (made) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["endpoints", "datasets"].includes(String(queryKey[0])),
      });
      await navigate({
        to: "/p/$projectId/endpoints/$endpointId",
        params: { projectId, endpointId: made.id },
      });
    },
  });
}

function bodyOf(wish: Wish, followed: readonly Champion[]): EndpointCreate {
  const place = wish.source === "follow" ? followed.find((one) => keyOf(one) === wish.place) : undefined;
  return {
    name: wish.name,
    model_id: wish.source === "model" ? wish.modelId : null,
    pipeline_id: place?.pipeline_id ?? null,
    variable: place?.variable ?? null,
    dataset_id: wish.datasetId === NEW ? null : wish.datasetId,
    settings: {
      ...DEFAULTS,
      log_per_day: wish.perDay,
      keep_images: wish.keepsImages,
      retention_days: wish.days,
    },
  };
}

function flaggedName(endpointName: string): string {
  return `${endpointName === "" ? "endpoint" : endpointName} flagged`;
}

function keyOf(one: Champion): string {
  return `${one.pipeline_id ?? ""} ${one.variable}`;
}
