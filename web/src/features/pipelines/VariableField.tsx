import { Autocomplete, JsonInput, NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import type { VariableSpec } from "@/api/schema.gen";

import { variableWords } from "./words";

export interface VariableFieldProps {
  readonly spec: Pick<VariableSpec, "name" | "type">;
  readonly projectId: string;
  /** As `toText` writes it; datasets of a new pipeline by name. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly problem?: string;
  /** A dataset may be named that is still to be made. */
  readonly mayMakeDataset?: boolean;
  readonly hasNoLabel?: boolean;
}

/** Help below the field keeps fields beside each other in line. */
const ORDER: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** A variable's value in the form that its type asks for. */
export function VariableField(props: VariableFieldProps) {
  const { spec, text, onChange, problem, hasNoLabel } = props;
  const words = variableWords(spec.name);
  const common =
    hasNoLabel === true
      ? { "aria-label": words.title, error: problem, inputWrapperOrder: ORDER }
      : { label: words.title, description: words.help, error: problem, inputWrapperOrder: ORDER };
  if (spec.type === "dataset") return <DatasetField {...props} common={common} />;
  if (spec.type === "model") return <ModelField {...props} common={common} />;
  if (spec.type === "number") {
    return (
      <NumberInput
        {...common}
        value={text}
        onChange={(value) => {
          onChange(String(value));
        }}
        thousandSeparator=","
      />
    );
  }
  if (spec.type === "json") {
    return <JsonInput {...common} value={text} onChange={onChange} autosize minRows={1} formatOnBlur />;
  }
  if (words.choices !== undefined) {
    return <Autocomplete {...common} value={text} onChange={onChange} data={[...words.choices]} />;
  }
  return (
    <TextInput
      {...common}
      value={text}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
      placeholder={spec.type === "query" ? "label:car confidence<0.5" : undefined}
    />
  );
}

interface Common {
  readonly "aria-label"?: string;
  readonly label?: string;
  readonly description?: string;
  readonly error: string | undefined;
  readonly inputWrapperOrder: typeof ORDER;
}

function DatasetField(props: VariableFieldProps & { readonly common: Common }) {
  const { projectId, text, onChange, common, mayMakeDataset } = props;
  const datasets = useQuery(datasetsQuery(projectId));
  const listed = datasets.data?.items ?? [];
  if (mayMakeDataset === true) {
    const isNew = text.trim() !== "" && datasets.isSuccess && !listed.some((one) => one.name === text.trim());
    return (
      <Autocomplete
        {...common}
        value={text}
        onChange={onChange}
        data={listed.map((one) => one.name)}
        placeholder="An existing dataset, or a new name"
        rightSectionWidth={isNew ? 92 : undefined}
        rightSection={isNew ? <small>will be made</small> : undefined}
        required
      />
    );
  }
  return (
    <Select
      {...common}
      value={text === "" ? null : text}
      onChange={(value) => {
        onChange(value ?? "");
      }}
      data={listed.map((one) => ({ value: one.id, label: one.name }))}
      searchable
      clearable
      placeholder="none"
    />
  );
}

function ModelField({ projectId, text, onChange, common }: VariableFieldProps & { readonly common: Common }) {
  const models = useQuery(modelsQuery(projectId));
  const trained = (models.data?.items ?? []).filter((one) => one.status === "trained" || one.id === text);
  return (
    <Select
      {...common}
      value={text === "" ? null : text}
      onChange={(value) => {
        onChange(value ?? "");
      }}
      data={trained.map((one) => ({ value: one.id, label: one.name }))}
      searchable
      clearable
      placeholder="none"
      nothingFoundMessage="No trained model"
    />
  );
}
