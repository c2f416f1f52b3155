import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { recipesQuery } from "@/api/queries/ontology";
import { addTaskItems, createTask } from "@/api/queries/tasks";
import type { Selection } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

const KINDS = [
  { value: "label", label: "Draw and name" },
  { value: "classify", label: "Give a class" },
] as const;

export interface TaskDialogProps {
  readonly selection: Selection;
  readonly projectId: string;
  readonly onClose: () => void;
}

/** A new task with the images of the selection in its queue. */
export function TaskDialog({ selection, projectId, onClose }: TaskDialogProps) {
  const recipes = useQuery(recipesQuery(projectId));
  const client = useQueryClient();
  const navigate = useNavigate();
  const made = useRef<string | null>(null);
  const [name, setName] = useState(selection.name);
  const [kind, setKind] = useState<"label" | "classify">("label");
  const [recipeId, setRecipeId] = useState<string | null>(null);
  const making = useMutation({
    mutationFn: async () => {
      // A second try after a failure goes on with the same task.
      made.current ??= (
        await createTask({
          projectId,
          dataset_id: selection.dataset_id,
          name: name.trim(),
          kind,
          recipe_id: recipeId,
          takes_submitted: false,
        })
      ).id;
      await addTaskItems({ taskId: made.current, query: { filter: { selection: { id: selection.id } } } });
      return made.current;
    },
    onSuccess: async (taskId) => {
      await client.invalidateQueries({ queryKey: ["tasks"] });
      notifications.show({ message: `Task "${name}" is ready.` });
      await navigate({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId } });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Make a task">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            People will work on the {formatCount(selection.n_items)} images of this selection, those drawn by
            chance among them.
          </Text>
          <TextInput
            label="Name"
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <SegmentedControl
            fullWidth
            aria-label="Kind of work"
            value={kind}
            onChange={(value) => {
              setKind(KINDS.find((one) => one.value === value)?.value ?? "label");
            }}
            data={[...KINDS]}
          />
          <Select
            label="Recipe"
            description="Which labels and tools people get; the project's newest ontology without one."
            placeholder="None"
            clearable
            value={recipeId}
            onChange={setRecipeId}
            data={(recipes.data ?? []).map((recipe) => ({ value: recipe.id, label: recipe.name }))}
          />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={making.isPending} disabled={name.trim() === ""}>
              Make the task
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
