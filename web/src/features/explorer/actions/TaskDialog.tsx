import { NumberInput, Select, SegmentedControl, TextInput, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { recipesQuery } from "@/api/queries/ontology";
import { addTaskItems, createTask } from "@/api/queries/tasks";

import type { Scope } from "./scope";
import { ScopeDialog } from "./ScopeDialog";
import { useScopeWork } from "./useScopeWork";

const KINDS = [
  { value: "label", label: "Label" },
  { value: "validate", label: "Validate" },
  { value: "classify", label: "Classify" },
] as const;
type Kind = (typeof KINDS)[number]["value"];
const ABOUT: Readonly<Record<Kind, string>> = {
  label: "People draw and name what is in each picture.",
  validate: "People say yes or no to what a model said.",
  classify: "People give each picture a class, in the studio or in the grid.",
};

export interface ActionDialogProps {
  readonly projectId: string;
  readonly scope: Scope;
  readonly onClose: () => void;
}

/** A new task with the items of the scope in its queue. */
export function TaskDialog({ projectId, scope, onClose }: ActionDialogProps) {
  const recipes = useQuery(recipesQuery(projectId));
  const work = useScopeWork(scope);
  const navigate = useNavigate();
  const made = useRef<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("label");
  const [recipeId, setRecipeId] = useState<string | null>(null);
  const [most, setMost] = useState<number | string>("");
  const limited = typeof most === "number" && most > 0 ? Math.min(most, scope.count) : scope.count;

  const make = async () => {
    setError(null);
    try {
      // A second try after a failure goes on with the same task.
      made.current ??= (
        await createTask({
          projectId,
          dataset_id: scope.listing.dataset_id,
          name,
          kind,
          recipe_id: recipeId,
          takes_submitted: false,
        })
      ).id;
      const taskId = made.current;
      let left = limited;
      await work.run(async (itemIds) => {
        const some = itemIds.slice(0, left);
        left -= some.length;
        if (some.length > 0) await addTaskItems({ taskId, item_ids: some });
      });
      notifications.show({ message: `Task "${name}" is ready.` });
      await navigate({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId } });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <ScopeDialog
      title="Make a task"
      lead="People will work on"
      scope={scope}
      work={work}
      error={error}
      button="Make the task"
      isReady={name.trim() !== ""}
      onSubmit={() => void make()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        placeholder="Cars at night, second round"
        required
        data-autofocus
        maxLength={200}
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <div>
        <SegmentedControl
          fullWidth
          aria-label="Kind of work"
          value={kind}
          onChange={(value) => {
            setKind(KINDS.find((one) => one.value === value)?.value ?? "label");
          }}
          data={[...KINDS]}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {ABOUT[kind]}
        </Text>
      </div>
      <Select
        label="Recipe"
        description="Which labels and tools people get; the project's newest ontology without one."
        placeholder="None"
        clearable
        value={recipeId}
        onChange={setRecipeId}
        data={(recipes.data ?? []).map((recipe) => ({ value: recipe.id, label: recipe.name }))}
      />
      <NumberInput
        label="At most this many items"
        description="The first of the list, in its order."
        placeholder="All"
        min={1}
        max={scope.count}
        value={most}
        onChange={setMost}
      />
    </ScopeDialog>
  );
}
