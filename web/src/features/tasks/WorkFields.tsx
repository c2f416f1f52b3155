import { MultiSelect, NumberInput, Select, SimpleGrid, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { modelsQuery } from "@/api/queries/models";
import { ontologyQuery } from "@/api/queries/ontology";
import { membersQuery } from "@/api/queries/people";

import { fieldsOf, type Wish } from "./asking";

export interface WorkFieldsProps {
  readonly projectId: string;
  readonly wish: Wish;
  readonly onChange: (part: Partial<Wish>) => void;
}

/** What narrows the work: labels, whose proposals, the question, and who can do it. */
export function WorkFields({ projectId, wish, onChange }: WorkFieldsProps) {
  const labels = useQuery(ontologyQuery(projectId)).data?.labels ?? [];
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const members = useQuery(membersQuery(projectId)).data ?? [];
  const known = [...new Set(members.flatMap((one) => one.skills ?? []))].sort();
  const { hasLabels, hasModel, hasQuestion } = fieldsOf(wish.ask);
  return (
    <>
      {hasQuestion && (
        <TextInput
          label="Question"
          placeholder="Is there a car in the picture?"
          required
          maxLength={500}
          value={wish.question}
          onChange={(event) => {
            onChange({ question: event.currentTarget.value });
          }}
        />
      )}
      {hasLabels && labels.length > 0 && (
        <MultiSelect
          label="Labels"
          description="The only ones people can use here."
          placeholder={wish.labels.length === 0 ? "all labels" : undefined}
          searchable
          clearable
          data={labels.map(({ name }) => name)}
          value={[...wish.labels]}
          onChange={(chosen) => {
            onChange({ labels: chosen });
          }}
        />
      )}
      {hasModel && (
        <SimpleGrid cols={2} spacing="sm">
          <Select
            label="Whose predictions are shown"
            placeholder={wish.ask === "full" ? "every model's" : "the newest on each image"}
            clearable
            searchable
            data={models.map((one) => ({ value: one.id, label: one.name }))}
            value={wish.modelId}
            onChange={(modelId) => {
              onChange({ modelId });
            }}
            nothingFoundMessage="This project has no model yet."
          />
          {(wish.ask !== "full" || wish.modelId !== null) && (
            <NumberInput
              label="From a score of"
              min={0}
              max={1}
              step={0.05}
              decimalScale={2}
              value={wish.minConfidence}
              onChange={(value) => {
                if (typeof value === "number") onChange({ minConfidence: value });
              }}
            />
          )}
        </SimpleGrid>
      )}
      <TagsInput
        label="Skills"
        description="Only people who have all of these get its items. Skills are given to people in the settings."
        placeholder={wish.skills.length === 0 ? "nobody needs a skill" : undefined}
        clearable
        maxTags={20}
        data={known}
        value={[...wish.skills]}
        onChange={(skills) => {
          onChange({ skills });
        }}
      />
    </>
  );
}
