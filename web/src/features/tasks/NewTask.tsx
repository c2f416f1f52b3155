import { Button, Group, Modal, Radio, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { recipesQuery } from "@/api/queries/ontology";
import { addTaskItems, createTask, tasksQuery } from "@/api/queries/tasks";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { KINDS, type TaskKind } from "./kinds";

export interface NewTaskProps {
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

interface Wish {
  readonly name: string;
  readonly kind: TaskKind;
  readonly datasetId: string | null;
  readonly recipeId: string | null;
  readonly reviewsId: string | null;
  readonly takesAll: boolean;
}

const EMPTY: Wish = {
  name: "",
  kind: "label",
  datasetId: null,
  recipeId: null,
  reviewsId: null,
  takesAll: true,
};

/** Asks what kind of work on which images, and makes the task with its items. */
export function NewTask({ projectId, isOpen, onClose }: NewTaskProps) {
  const [wish, setWish] = useState(EMPTY);
  const change = (part: Partial<Wish>) => {
    setWish({ ...wish, ...part });
  };
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  const recipes = useQuery(recipesQuery(projectId)).data ?? [];
  const labelling = (useQuery(tasksQuery(projectId)).data?.items ?? []).filter(
    (task) => task.kind === "label",
  );
  const making = useMakeTask(projectId, onClose);
  const isReview = wish.kind === "review";
  const datasetId = isReview
    ? (labelling.find((task) => task.id === wish.reviewsId)?.dataset_id ?? null)
    : (wish.datasetId ?? datasets[0]?.id ?? null);
  return (
    <Modal opened={isOpen} onClose={onClose} title="New task" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (datasetId !== null) making.mutate({ ...wish, datasetId });
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
          <Radio.Group
            label="Kind of work"
            value={wish.kind}
            onChange={(value) => {
              const found = KINDS.find((one) => one.kind === value);
              if (found !== undefined) change({ kind: found.kind });
            }}
          >
            <Stack gap={6} mt={4}>
              {KINDS.map((one) => (
                <Radio key={one.kind} value={one.kind} label={one.name} description={one.about} />
              ))}
            </Stack>
          </Radio.Group>
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
            <>
              <Select
                label="Dataset"
                required
                data={datasets.map((one) => ({ value: one.id, label: one.name }))}
                value={datasetId}
                onChange={(value) => {
                  change({ datasetId: value });
                }}
              />
              <Switch
                label="Take in every image of the dataset now"
                description="For a part of it, choose a filter in the explorer and make the task there."
                checked={wish.takesAll}
                onChange={(event) => {
                  change({ takesAll: event.currentTarget.checked });
                }}
              />
            </>
          )}
          {recipes.length > 0 && (
            <Select
              label="Recipe"
              description="Which tools people may use, and their instructions."
              clearable
              placeholder="every tool, no instructions"
              data={recipes.map((one) => ({ value: one.id, label: one.name }))}
              value={wish.recipeId}
              onChange={(value) => {
                change({ recipeId: value });
              }}
            />
          )}
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

function useMakeTask(projectId: string, onClose: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (wish: Wish & { datasetId: string }) => {
      const isReview = wish.kind === "review";
      const task = await createTask({
        projectId,
        name: wish.name,
        kind: wish.kind,
        dataset_id: wish.datasetId,
        recipe_id: wish.recipeId,
        reviews_task_id: isReview ? wish.reviewsId : null,
        takes_submitted: isReview,
      });
      const added =
        !isReview && wish.takesAll ? (await addTaskItems({ taskId: task.id, query: {} })).added : 0;
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
