import { Autocomplete, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asText } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import { ontologyQuery, recipesQuery } from "@/api/queries/ontology";
import { tasksQuery } from "@/api/queries/tasks";
import { ChoicePicker, type InputProps as PickerProps } from "@/graph/inputs";

import { useEditor } from "./useEditor";

export function DatasetPicker(props: PickerProps) {
  const { projectId } = useEditor();
  const datasets = useQuery(datasetsQuery(projectId));
  const choices = (datasets.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
  return <ChoicePicker {...props} choices={choices} nothing="No dataset of this name" />;
}

export function ModelPicker(props: PickerProps) {
  const { projectId } = useEditor();
  const models = useQuery(modelsQuery(projectId));
  const choices = (models.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
  return <ChoicePicker {...props} choices={choices} nothing="No model of this name" />;
}

export function RecipePicker(props: PickerProps) {
  const { projectId } = useEditor();
  const recipes = useQuery(recipesQuery(projectId));
  const choices = (recipes.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  return <ChoicePicker {...props} choices={choices} nothing="No recipe of this name" />;
}

export function VariablePicker(props: PickerProps) {
  const { draft } = useEditor();
  const choices = draft.variables.map((one) => ({ value: one.name, label: `${one.name} (${one.type})` }));
  return <ChoicePicker {...props} choices={choices} nothing="No variable yet: add one under Variables" />;
}

/** A text with suggestions. */
export function SuggestPicker(props: PickerProps & { readonly offers: readonly string[] }) {
  const { field, value, onChange, common, offers } = props;
  if (field.isList) {
    const chosen = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
    return (
      <TagsInput
        {...common}
        placeholder={chosen.length === 0 ? common.placeholder : undefined}
        data={[...offers]}
        value={chosen}
        onChange={(values) => {
          onChange(values.length === 0 ? undefined : values);
        }}
      />
    );
  }
  return (
    <Autocomplete
      {...common}
      data={[...new Set(offers)]}
      value={asText(value) ?? ""}
      onChange={(text) => {
        onChange(text === "" ? undefined : text);
      }}
    />
  );
}

export function TaskPicker(props: PickerProps) {
  const { projectId, draft } = useEditor();
  const tasks = useQuery(tasksQuery(projectId));
  const here = draft.nodes.map((node) => asText(node.params?.task)).filter((name) => name !== null);
  return <SuggestPicker {...props} offers={[...(tasks.data?.items ?? []).map((one) => one.name), ...here]} />;
}

export function LabelsPicker(props: PickerProps) {
  const { projectId } = useEditor();
  const ontology = useQuery(ontologyQuery(projectId));
  return <SuggestPicker {...props} offers={(ontology.data?.labels ?? []).map((one) => one.name)} />;
}

const STRATEGIES = [
  "herding",
  "margin",
  "entropy",
  "k_center",
  "typical",
  "stratified",
  "detection",
  "random",
] as const;

export function StrategyPicker(props: PickerProps) {
  return <SuggestPicker {...props} offers={STRATEGIES} />;
}

const SUBSETS = ["train", "validation", "test"].map((one) => ({ value: one, label: one }));

export function SubsetPicker(props: PickerProps) {
  return <ChoicePicker {...props} choices={SUBSETS} />;
}
