import { Alert, Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconEye } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import { recipesQuery } from "@/api/queries/ontology";
import { addTaskItems, createTask, tasksQuery } from "@/api/queries/tasks";
import type { TaskCreate } from "@/api/schema.gen";
import { ChoiceCards } from "@/ui/ChoiceCards";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { askOf, ASKS, EMPTY, fieldsOf, seenWords, taskOf, type Wish } from "./asking";
import { WorkFields } from "./WorkFields";

export interface NewTaskProps {
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks what people shall do on which images, says what they will see, and makes the task with its items. */
export function NewTask({ projectId, isOpen, onClose }: NewTaskProps) {
  const [wish, setWish] = useState(EMPTY);
  const change = (part: Partial<Wish>) => {
    setWish((before) => ({ ...before, ...part }));
  };
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  const labelling = (useQuery(tasksQuery(projectId)).data?.items ?? []).filter(
    (task) => task.kind === "label",
  );
  const making = useMakeTask(projectId, onClose);
  const isReview = wish.ask === "review";
  const datasetId = isReview
    ? (labelling.find((task) => task.id === wish.reviewsId)?.dataset_id ?? null)
    : (wish.datasetId ?? datasets[0]?.id ?? null);
  const body = taskOf(wish, datasetId);
  return (
    <Modal opened={isOpen} onClose={onClose} title="New task" size="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (body !== null) making.mutate({ body, takesAll: wish.takesAll && !isReview });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="Label night shots"
            required
            data-autofocus
            maxLength={200}
            value={wish.name}
            onChange={(event) => {
              change({ name: event.currentTarget.value });
            }}
          />
          <ChoiceCards
            label="What people are asked"
            cols={3}
            choices={ASKS}
            value={wish.ask}
            onChange={(value) => {
              change({ ask: askOf(value) });
            }}
          />
          {isReview ? (
            <Select
              label="Reviews the work of"
              required
              data={labelling.map((task) => ({ value: task.id, label: task.name }))}
              value={wish.reviewsId}
              onChange={(value) => {
                change({ reviewsId: value });
              }}
              nothingFoundMessage="There is no labelling task yet."
            />
          ) : (
            <OfDataset datasets={datasets} datasetId={datasetId} wish={wish} onChange={change} />
          )}
          <WorkFields projectId={projectId} wish={wish} onChange={change} />
          {fieldsOf(wish.ask).hasRecipe && (
            <RecipeField projectId={projectId} wish={wish} onChange={change} />
          )}
          <Seen projectId={projectId} wish={wish} />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="space-between">
            <Text size="sm" c="dimmed">
              {datasets.length === 0 ? "Make a dataset first." : ""}
            </Text>
            <Group>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={making.isPending} disabled={datasetId === null}>
                Make the task
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface PartProps {
  readonly wish: Wish;
  readonly onChange: (part: Partial<Wish>) => void;
}

function OfDataset({
  datasets,
  datasetId,
  wish,
  onChange,
}: PartProps & {
  readonly datasets: readonly { readonly id: string; readonly name: string }[];
  readonly datasetId: string | null;
}) {
  return (
    <>
      <Select
        label="Dataset"
        required
        data={datasets.map((one) => ({ value: one.id, label: one.name }))}
        value={datasetId}
        onChange={(value) => {
          onChange({ datasetId: value });
        }}
      />
      <Switch
        label="Take in every image of the dataset now"
        description="For a part of it, choose a filter in the explorer and make the task there."
        checked={wish.takesAll}
        onChange={(event) => {
          onChange({ takesAll: event.currentTarget.checked });
        }}
      />
    </>
  );
}

function RecipeField({ projectId, wish, onChange }: PartProps & { readonly projectId: string }) {
  const recipes = useQuery(recipesQuery(projectId)).data ?? [];
  if (recipes.length === 0) return null;
  return (
    <Select
      label="Recipe"
      description="Which tools people may use, and their instructions."
      clearable
      placeholder="every tool, no instructions"
      data={recipes.map((one) => ({ value: one.id, label: one.name }))}
      value={wish.recipeId}
      onChange={(value) => {
        onChange({ recipeId: value });
      }}
    />
  );
}

/** What this will look like to whoever takes it. */
function Seen({ projectId, wish }: { readonly projectId: string; readonly wish: Wish }) {
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const recipes = useQuery(recipesQuery(projectId)).data ?? [];
  const model = models.find((one) => one.id === wish.modelId)?.name ?? null;
  const recipe = recipes.find((one) => one.id === wish.recipeId) ?? null;
  return (
    <Alert variant="light" color="whorl" icon={<IconEye size={18} />} py="xs" aria-live="polite">
      {seenWords(wish, { model, recipe })}
    </Alert>
  );
}

interface Making {
  readonly body: Omit<TaskCreate, "lease_seconds">;
  readonly takesAll: boolean;
}

function useMakeTask(projectId: string, onClose: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async ({ body, takesAll }: Making) => {
      const task = await createTask({ projectId, ...body });
      const added = takesAll ? (await addTaskItems({ taskId: task.id, query: {} })).added : 0;
      return { task, added };
    },
    onSuccess: async ({ task, added }) => {
      await client.invalidateQueries({ queryKey: ["tasks"] });
      notifications.show({ message: `“${task.name}” waits with ${formatCount(added)} items` });
      onClose();
      await navigate({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId: task.id } });
    },
  });
}
