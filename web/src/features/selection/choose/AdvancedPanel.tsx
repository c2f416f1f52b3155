import {
  Accordion,
  Badge,
  Checkbox,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Slider,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { modelsQuery } from "@/api/queries/models";
import { ontologyQuery } from "@/api/queries/ontology";
import { spacesQuery } from "@/api/queries/spaces";
import type { Dataset } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import classes from "../selection.module.css";
import type { PartProps } from "./ChooseTab";
import { countChanged, readExamples } from "./form";
import { TargetRows } from "./TargetRows";

export interface AdvancedPanelProps extends PartProps {
  readonly projectId: string;
  readonly dataset: Dataset;
}

/** What a first user never opens. */
export function AdvancedPanel({ projectId, form, onChange }: AdvancedPanelProps) {
  const changed = countChanged(form);
  return (
    <Accordion variant="separated" chevronPosition="left">
      <Accordion.Item value="advanced">
        <Accordion.Control>
          <Group gap="xs">
            <Text fw={600}>Advanced</Text>
            {changed > 0 && (
              <Badge size="sm" variant="light">
                {changed} changed
              </Badge>
            )}
          </Group>
        </Accordion.Control>
        <Accordion.Panel>
          <Stack gap="lg">
            <Fairness form={form} onChange={onChange} />
            <Sources projectId={projectId} form={form} onChange={onChange} />
            <Examples form={form} onChange={onChange} />
            {form.strategy === "class_balance" && (
              <Target projectId={projectId} form={form} onChange={onChange} />
            )}
            <Group align="flex-end">
              <TextInput
                label="Name"
                flex={1}
                maxLength={200}
                placeholder="made of the strategy and the time"
                value={form.name}
                onChange={(event) => {
                  onChange({ name: event.currentTarget.value });
                }}
              />
              <NumberInput
                label="Seed"
                w={120}
                allowDecimal={false}
                min={0}
                value={form.seed}
                onChange={(value) => {
                  onChange({ seed: typeof value === "number" ? value : 0 });
                }}
              />
            </Group>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function Fairness({ form, onChange }: PartProps) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <div>
        <Text size="sm" fw={500}>
          Drawn by chance: {form.randomPercent} %
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          A marked slice that no strategy touches. Without it nobody can measure what the choice saved.
        </Text>
        <Slider
          thumbLabel="Percent drawn by chance"
          min={0}
          max={50}
          step={5}
          value={form.randomPercent}
          onChange={(randomPercent) => {
            onChange({ randomPercent });
          }}
          label={(value) => `${String(value)} %`}
        />
        {form.randomPercent === 0 && (
          <Text size="xs" c="orange" mt={6}>
            With none, the saving of this choice can never be proven.
          </Text>
        )}
      </div>
      <Stack gap="sm">
        <Checkbox
          label="One of each group of near duplicates"
          description="The second picture of the same scene teaches next to nothing."
          checked={form.withoutDuplicates}
          onChange={(event) => {
            onChange({ withoutDuplicates: event.currentTarget.checked });
          }}
        />
        <Checkbox
          label="No blurred, dark, bright or odd images"
          description="See the tab Health for what that would leave out."
          checked={form.withoutBad}
          onChange={(event) => {
            onChange({ withoutBad: event.currentTarget.checked });
          }}
        />
      </Stack>
    </SimpleGrid>
  );
}

function Sources({ projectId, form, onChange }: PartProps & { readonly projectId: string }) {
  const spaces = useQuery(spacesQuery(projectId)).data ?? [];
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
      <Select
        label="What images look like"
        description="The embedding space that tells alike from unlike."
        clearable
        placeholder="the project's own"
        data={spaces.map((one) => ({
          value: one.id,
          label: `${one.name} (${formatCount(one.n_vectors)} vectors)`,
        }))}
        value={form.space}
        onChange={(space) => {
          onChange({ space });
        }}
      />
      <Select
        label="Whose doubts"
        description="The model whose uncertainty guides the choice."
        clearable
        searchable
        placeholder="the champion, when there is one"
        data={models
          .filter((one) => one.status === "trained")
          .map((one) => ({ value: one.id, label: one.name }))}
        value={form.model}
        onChange={(model) => {
          onChange({ model });
        }}
      />
    </SimpleGrid>
  );
}

function Examples({ form, onChange }: PartProps) {
  const found = readExamples(form.examples);
  return (
    <Textarea
      className={classes.mono}
      label="Examples to look alike"
      description={`Ids or addresses of items, for the strategy "Like these"${
        found.length > 0 ? `: ${String(found.length)} found` : ""
      }.`}
      autosize
      minRows={1}
      maxRows={5}
      placeholder="itm_…"
      value={form.examples}
      onChange={(event) => {
        onChange({ examples: event.currentTarget.value });
      }}
    />
  );
}

function Target({ projectId, form, onChange }: PartProps & { readonly projectId: string }) {
  const ontology = useQuery(ontologyQuery(projectId)).data;
  return (
    <TargetRows labels={(ontology?.labels ?? []).map((one) => one.name)} form={form} onChange={onChange} />
  );
}
