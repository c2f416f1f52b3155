import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { isActive } from "@/api/queries/jobs";
import { createSimulation } from "@/api/queries/simulations";
import type { Dataset, SimulationDraft } from "@/api/schema.gen";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";

import { useFollowedJob } from "../jobs";
import { STRATEGIES } from "../strategies";

const MOST_STRATEGIES = 12;

interface Form {
  readonly datasetId: string | null;
  readonly name: string;
  readonly strategies: readonly string[];
  readonly rounds: number;
  readonly seeds: number;
  readonly target: number | null;
  readonly secondsPerLabel: number | null;
}

export interface NewSimulationProps {
  readonly projectId: string;
  readonly datasets: readonly Dataset[];
  readonly onClose: () => void;
}

/** Which dataset is replayed, by which ways of choosing, how often; then how far it is. */
export function NewSimulation({ projectId, datasets, onClose }: NewSimulationProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [jobId, setJobId] = useState<string | null>(null);
  const [form, setForm] = useState<Form>({
    datasetId: datasets[0]?.id ?? null,
    name: "",
    strategies: ["auto", "random"],
    rounds: 8,
    seeds: 5,
    target: null,
    secondsPerLabel: null,
  });
  const set = (changes: Partial<Form>) => {
    setForm((before) => ({ ...before, ...changes }));
  };
  const starting = useMutation({
    mutationFn: () => createSimulation({ projectId, draft: draftOf(form) }),
    onSuccess: (job) => {
      setJobId(job.id);
      void client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const { job } = useFollowedJob({
    jobId,
    key: "simulation_id",
    onDone: (simulationId) =>
      void navigate({ to: "/p/$projectId/simulations/$simulationId", params: { projectId, simulationId } }),
  });
  const isWorking = jobId !== null && (job === undefined || isActive(job));
  return (
    <Modal opened onClose={onClose} title="New simulation" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          starting.mutate();
        }}
      >
        <Stack gap="sm">
          <Fields form={form} onSet={set} datasets={datasets} />
          {starting.isError && <ProblemNote error={starting.error} />}
          {job !== undefined && job.state !== "done" && <JobRow job={job} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {isWorking ? "Go on in the background" : "Cancel"}
            </Button>
            {!isWorking && (
              <Button
                type="submit"
                loading={starting.isPending}
                disabled={form.datasetId === null || form.strategies.length === 0}
              >
                Simulate
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface FieldsProps {
  readonly form: Form;
  readonly onSet: (changes: Partial<Form>) => void;
  readonly datasets: readonly Dataset[];
}

function Fields({ form, onSet, datasets }: FieldsProps) {
  const number = (value: string | number) => (typeof value === "number" ? value : null);
  return (
    <>
      <Select
        label="Labelled dataset"
        required
        allowDeselect={false}
        searchable={datasets.length > 8}
        data={datasets.map((one) => ({ value: one.id, label: one.name }))}
        value={form.datasetId}
        onChange={(datasetId) => {
          onSet({ datasetId });
        }}
      />
      <MultiSelect
        label="Ways of choosing"
        description="By chance is the one they are measured against."
        required
        searchable
        maxValues={MOST_STRATEGIES}
        data={STRATEGIES.map((one) => ({ value: one.name, label: one.title }))}
        value={[...form.strategies]}
        onChange={(strategies) => {
          onSet({ strategies });
        }}
      />
      <SimpleGrid cols={2}>
        <NumberInput
          label="Rounds"
          description="Points on each curve."
          min={1}
          max={40}
          value={form.rounds}
          onChange={(value) => {
            onSet({ rounds: number(value) ?? 8 });
          }}
        />
        <NumberInput
          label="Pools"
          description="Each drawn anew; more make the interval honest."
          min={1}
          max={50}
          value={form.seeds}
          onChange={(value) => {
            onSet({ seeds: number(value) ?? 5 });
          }}
        />
        <NumberInput
          label="Target"
          description="Of the metric: what would it cost?"
          placeholder="none"
          min={0}
          max={1}
          step={0.01}
          decimalScale={3}
          value={form.target ?? ""}
          onChange={(value) => {
            onSet({ target: number(value) });
          }}
        />
        <NumberInput
          label="Seconds per label"
          description="To tell the cost in hours."
          placeholder="unknown"
          min={0}
          value={form.secondsPerLabel ?? ""}
          onChange={(value) => {
            onSet({ secondsPerLabel: number(value) });
          }}
        />
      </SimpleGrid>
      <TextInput
        label="Name"
        maxLength={200}
        placeholder="made of the dataset and the time"
        value={form.name}
        onChange={(event) => {
          onSet({ name: event.currentTarget.value });
        }}
      />
      <Text size="xs" c="dimmed">
        It trains {form.rounds * form.seeds * form.strategies.length} small models. Nothing of the dataset
        changes.
      </Text>
    </>
  );
}

function draftOf(form: Form): SimulationDraft {
  return {
    name: form.name.trim() === "" ? null : form.name.trim(),
    dataset_id: form.datasetId ?? "",
    strategies: [...form.strategies],
    rounds: form.rounds,
    seeds: form.seeds,
    test_share: 0.3,
    target: form.target,
    seconds_per_label: form.secondsPerLabel === 0 ? null : form.secondsPerLabel,
  };
}
