import {
  Autocomplete,
  Button,
  Group,
  JsonInput,
  Modal,
  NumberInput,
  Select,
  Stack,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { asRecord } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { championsQuery, modelsQuery, trainNewModel } from "@/api/queries/models";
import { ProblemNote } from "@/ui/ProblemNote";

export interface TrainDialogProps {
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const ARCHITECTURES = [
  { value: "builtin:linear", about: "A classifier on ready-made features: trained in seconds." },
  { value: "builtin:tinydet", about: "A small detector for boxes: trained in a minute on a CPU." },
] as const;

/** A new model: what to train, on which labelled images, for how long. */
export function TrainDialog({ projectId, isOpen, onClose }: TrainDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Train a model" size="lg">
      {isOpen && <TrainForm projectId={projectId} onClose={onClose} />}
    </Modal>
  );
}

interface Form {
  readonly name: string;
  readonly architecture: string;
  readonly datasetId: string | null;
  readonly query: string;
  readonly budget: string;
  readonly more: string;
}

const FIRST: Form = {
  name: "",
  architecture: "builtin:linear",
  datasetId: null,
  query: "",
  budget: "60",
  more: "",
};

function TrainForm({ projectId, onClose }: { readonly projectId: string; readonly onClose: () => void }) {
  const [form, setForm] = useState(FIRST);
  const set = (changes: Partial<Form>) => {
    setForm((before) => ({ ...before, ...changes }));
  };
  const datasets = useQuery(datasetsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const models = useQuery(modelsQuery(projectId));
  const client = useQueryClient();
  const navigate = useNavigate();
  const hasBudget = form.architecture !== "builtin:linear";
  const params = readParams(form, hasBudget);
  // What the last model learnt from is most likely labelled.
  const usual = models.data?.items.find((one) => one.dataset_id !== null)?.dataset_id;
  const datasetId = form.datasetId ?? usual ?? datasets.data?.items[0]?.id ?? null;
  const training = useMutation({
    mutationFn: () =>
      trainNewModel({
        projectId,
        body: {
          name: form.name.trim(),
          architecture: form.architecture.trim(),
          dataset_id: datasetId ?? "",
          query: form.query.trim() === "" ? null : form.query.trim(),
          params: params ?? {},
          parent_id: champions.data?.find((one) => one.model_id !== null)?.model_id ?? null,
        },
      }),
    onSuccess: async ({ model }) => {
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["models", "jobs", "overview"].includes(String(queryKey[0])),
      });
      onClose();
      await navigate({ to: "/p/$projectId/models/$modelId", params: { projectId, modelId: model.id } });
    },
  });
  return (
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
          data-autofocus
          maxLength={200}
          placeholder="first try"
          value={form.name}
          onChange={(event) => {
            set({ name: event.currentTarget.value });
          }}
        />
        <ArchitectureField architecture={form.architecture} onChange={set} />
        <Select
          label="Dataset"
          description="Its present revision is pinned: train and validation subsets are learnt from, test is not."
          required
          searchable
          data={(datasets.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={datasetId}
          onChange={(value) => {
            set({ datasetId: value });
          }}
          nothingFoundMessage="No dataset"
        />
        <TextInput
          label="Only these items"
          description="A query in text form; every labelled item when empty."
          placeholder="label:car|bus -tag:night"
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          value={form.query}
          onChange={(event) => {
            set({ query: event.currentTarget.value });
          }}
        />
        {hasBudget && (
          <NumberInput
            label="Budget in seconds"
            description="CPU time for the training itself."
            min={1}
            max={86_400}
            value={form.budget}
            onChange={(value) => {
              set({ budget: String(value) });
            }}
          />
        )}
        <JsonInput
          label="More parameters"
          description="The architecture's own, as JSON."
          placeholder='{"seed": 1}'
          autosize
          minRows={1}
          value={form.more}
          onChange={(more) => {
            set({ more });
          }}
          error={params === null ? 'Not JSON: write it like {"seed": 1}.' : undefined}
        />
        {training.isError && <ProblemNote error={training.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={training.isPending}
            disabled={form.name.trim() === "" || datasetId === null || params === null}
          >
            Train
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ArchitectureFieldProps {
  readonly architecture: string;
  readonly onChange: (changes: Pick<Form, "architecture">) => void;
}

function ArchitectureField({ architecture, onChange }: ArchitectureFieldProps) {
  return (
    <Autocomplete
      label="Architecture"
      description={
        ARCHITECTURES.find((one) => one.value === architecture)?.about ??
        "Your own adapter, as package.module:Object; it must be installed where Whorl runs."
      }
      required
      data={ARCHITECTURES.map((one) => one.value)}
      value={architecture}
      onChange={(value) => {
        onChange({ architecture: value });
      }}
    />
  );
}

function readParams(form: Form, hasBudget: boolean): Record<string, unknown> | null {
  const budget = Number(form.budget);
  const own = hasBudget && budget > 0 ? { budget_s: budget } : {};
  if (form.more.trim() === "") return own;
  try {
    const more: unknown = JSON.parse(form.more);
    return { ...own, ...asRecord(more) };
  } catch {
    return null;
  }
}
