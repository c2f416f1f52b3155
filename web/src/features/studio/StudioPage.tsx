import { Center, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";

import { ontologyQuery, recipesQuery } from "@/api/queries/ontology";
import { taskQuery } from "@/api/queries/tasks";
import type { Ontology, Recipe, TaskSummary } from "@/api/schema.gen";
import { allowedLabels, workOf } from "@/api/taskWork";
import { useMe } from "@/app/context";
import { Keyboard } from "@/keys/keyboard";
import { loadKeys } from "@/keys/storage";
import { labelColor } from "@/ui/labelColor";
import { ProblemNote } from "@/ui/ProblemNote";

import { StudioContext, type StudioParts } from "./context";
import { Studio } from "./Studio";
import { makeStudioStore } from "./studioStore";
import { firstTool, toolsOf } from "./tools";
import { useSession } from "./useSession";

/** The studio: one person, one task, item after item. It takes the whole window. */
export function StudioPage() {
  const { projectId = "", taskId = "" } = useParams({ strict: false });
  const task = useQuery({ ...taskQuery(taskId), enabled: taskId !== "" });
  const ontology = useQuery({ ...ontologyQuery(projectId), enabled: projectId !== "" });
  const recipes = useQuery({ ...recipesQuery(projectId), enabled: projectId !== "" });
  const problem = task.error ?? ontology.error ?? recipes.error;
  if (problem !== null && task.data === undefined) {
    return (
      <Center h="100vh" p="lg">
        <ProblemNote error={problem} onRetry={() => void task.refetch()} />
      </Center>
    );
  }
  if (task.data === undefined || ontology.data === undefined || recipes.data === undefined)
    return <Waiting />;
  const recipe = recipes.data.find((one) => one.id === task.data.recipe_id) ?? null;
  return <StudioOfTask key={taskId} task={task.data} ontology={ontology.data} recipe={recipe} />;
}

function Waiting() {
  return (
    <Center h="100vh">
      <Loader aria-label="Loading the studio" />
    </Center>
  );
}

interface StudioOfTaskProps {
  readonly task: TaskSummary;
  readonly ontology: Ontology | null;
  readonly recipe: Recipe | null;
}

function StudioOfTask({ task, ontology, recipe }: StudioOfTaskProps) {
  const me = useMe();
  const search = useSearch({ strict: false });
  const itemId = "item" in search && typeof search.item === "string" ? search.item : undefined;
  const asked = useMemo(() => workOf(task, recipe), [task, recipe]);
  const session = useSession({ task, personId: me.id, itemId, work: asked });
  const labels = useMemo(() => allowedLabels(ontology?.labels ?? [], asked.labels), [ontology, asked]);
  const [keyboard] = useState(() => new Keyboard(loadKeys(localStorage)));
  const [store] = useState(() =>
    makeStudioStore({
      tool: task.kind === "review" ? "select" : firstTool(toolsOf(task, recipe, asked)),
      label: labels[0]?.name ?? null,
      panel: task.kind === "review" ? "changes" : "objects",
    }),
  );
  useEffect(() => keyboard.listen(window), [keyboard]);
  const parts = useMemo((): StudioParts | null => {
    if (session === null) return null;
    return {
      ...session,
      projectId: task.project_id,
      task,
      recipe,
      ontology,
      labels,
      tools: toolsOf(task, recipe, asked),
      asked,
      keyboard,
      store,
      labelColor: (name) => labelColor(name, ontology?.labels ?? []),
    };
  }, [session, task, recipe, ontology, asked, labels, keyboard, store]);
  if (parts === null) return <Waiting />;
  return (
    <StudioContext value={parts}>
      <Studio />
    </StudioContext>
  );
}
