import { Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { snapshotsQuery } from "@/api/queries/datasets";
import type { Dataset, ModelCheck } from "@/api/schema.gen";
import { formatAgo, formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { SAMPLINGS } from "./form";
import classes from "./playground.module.css";
import type { PartProps } from "./PlaygroundPage";
import { ChoiceCards } from "@/ui/ChoiceCards";

export interface DataPanelProps extends PartProps {
  readonly datasets: readonly Dataset[];
  readonly check: ModelCheck | undefined;
}

/** What it learns from: a revision, a query for all and one per subset, and how often each item is seen. */
export function DataPanel({ form, onChange, datasets, check }: DataPanelProps) {
  const snapshots = useQuery({ ...snapshotsQuery(form.datasetId ?? ""), enabled: form.datasetId !== null });
  return (
    <Panel
      title="Data"
      about="The revision is pinned, so the same training can be repeated. Test items are never learnt from."
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <Select
            label="Dataset"
            required
            searchable={datasets.length > 8}
            allowDeselect={false}
            data={datasets.map((one) => ({ value: one.id, label: one.name }))}
            value={form.datasetId}
            onChange={(datasetId) => {
              onChange({ datasetId, snapshot: null });
            }}
            nothingFoundMessage="No dataset"
          />
          <Select
            label="State"
            allowDeselect={false}
            data={[
              { value: "", label: "As it is now" },
              ...(snapshots.data?.items ?? []).map((one) => ({
                value: one.id,
                label: `${one.name}, revision ${String(one.revision)}, ${formatAgo(one.created_at)}`,
              })),
            ]}
            value={form.snapshot ?? ""}
            onChange={(snapshot) => {
              onChange({ snapshot: snapshot === "" ? null : snapshot });
            }}
          />
        </SimpleGrid>
        <QueryInput
          label="Only these items"
          placeholder="every labelled item"
          value={form.query}
          onChange={(query) => {
            onChange({ query });
          }}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <QueryInput
            label="Of the train subset only"
            placeholder="-metadata.blurred:true"
            value={form.trainQuery}
            count={countOf(check, "train")}
            onChange={(trainQuery) => {
              onChange({ trainQuery });
            }}
          />
          <QueryInput
            label="Of the validation subset only"
            placeholder="metadata.camera:north"
            value={form.validationQuery}
            count={countOf(check, "validation")}
            onChange={(validationQuery) => {
              onChange({ validationQuery });
            }}
          />
        </SimpleGrid>
        <ChoiceCards
          label="How often each item is seen"
          choices={SAMPLINGS.map((one) => ({
            ...one,
            badge:
              one.value === form.sampling && check !== undefined
                ? `${formatCount(check.n_effective)} a pass`
                : undefined,
          }))}
          value={form.sampling}
          onChange={(value) => {
            onChange({ sampling: SAMPLINGS.find((one) => one.value === value)?.value ?? "as_is" });
          }}
        />
      </Stack>
    </Panel>
  );
}

function countOf(check: ModelCheck | undefined, subset: string): string {
  const found = check?.subsets.find((one) => one.subset === subset);
  if (found === undefined) return "…";
  return found.n_items === found.n_labelled
    ? formatCount(found.n_items)
    : `${formatCount(found.n_labelled)} labelled of ${formatCount(found.n_items)}`;
}

interface QueryInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly count?: ReactNode;
  readonly onChange: (query: string) => void;
}

function QueryInput({ label, placeholder, value, count, onChange }: QueryInputProps) {
  return (
    <TextInput
      className={classes.mono}
      label={
        <>
          {label}
          {count !== undefined && <> · {count}</>}
        </>
      }
      aria-label={label}
      placeholder={placeholder}
      spellCheck={false}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
