import { Center, Group, Stack } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconLayoutGrid } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { ontologyQuery, recipesQuery } from "@/api/queries/ontology";
import { taskQuery } from "@/api/queries/tasks";
import type { Recipe, TaskSummary } from "@/api/schema.gen";
import { allowedLabels, workOf } from "@/api/taskWork";
import { useMe, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { LARGEST_PAGE, SMALLEST_PAGE } from "./label/GridHead";
import { LabelGrid } from "./label/LabelGrid";
import { useSession } from "./label/useSession";
import { whyNot } from "./label/whyNot";
import { ANSWERS, type Labels } from "./names";

/** Classes for whole items, a page at a time. */
export function LabelGridPage() {
  const { taskId } = useParams({ from: "/signed-in/p/$projectId/grid/$taskId" });
  const projectId = useProjectId();
  const task = useQuery(taskQuery(taskId));
  const ontology = useQuery(ontologyQuery(projectId));
  const recipes = useQuery(recipesQuery(projectId));
  const failed = [task, ontology, recipes].find((one) => one.isError);
  if (failed !== undefined) {
    return (
      <Center h="100%">
        <Stack w={520}>
          <ProblemNote error={failed.error} onRetry={() => void failed.refetch()} />
        </Stack>
      </Center>
    );
  }
  if (task.data === undefined || ontology.data === undefined || recipes.data === undefined)
    return <WaitRows />;
  const recipe = recipes.data.find((one) => one.id === task.data.recipe_id) ?? null;
  const labels =
    task.data.kind === "validate"
      ? ANSWERS
      : allowedLabels(ontology.data?.labels ?? [], workOf(task.data, recipe).labels);
  const reason = whyNot({ task: task.data, recipe, labels });
  if (reason !== null)
    return <NotHere task={task.data} title={reason.title} about={reason.about} to={reason.to} />;
  return <Grid key={taskId} task={task.data} labels={labels} recipe={recipe} />;
}

interface GridProps {
  readonly task: TaskSummary;
  readonly labels: Labels;
  readonly recipe: Recipe | null;
}

function Grid({ task, labels, recipe }: GridProps) {
  const me = useMe();
  const [kept, setSize] = useLocalStorage({
    key: "whorl-grid-size",
    defaultValue: 60,
    getInitialValueInEffect: false,
  });
  const size = Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, kept));
  const session = useSession({ task, personId: me.id, pageSize: size });
  const hasShapes =
    task.kind === "label" && (recipe === null || recipe.tools.some((tool) => tool !== "class"));
  if (session === null) return null;
  return (
    <LabelGrid
      task={task}
      labels={labels}
      session={session}
      size={size}
      onSize={setSize}
      hasShapes={hasShapes}
      told={recipe?.instructions ?? ""}
    />
  );
}

interface NotHereProps {
  readonly task: TaskSummary;
  readonly title: string;
  readonly about: string;
  readonly to: "studio" | "ontology";
}

function NotHere({ task, title, about, to }: NotHereProps) {
  const projectId = useProjectId();
  return (
    <Center h="100%">
      <div>
        <EmptyState icon={<IconLayoutGrid size={28} />} title={title}>
          {about}
        </EmptyState>
        <Group justify="center">
          {to === "studio" ? (
            <LinkButton to="/p/$projectId/studio/$taskId" params={{ projectId, taskId: task.id }}>
              Open the studio
            </LinkButton>
          ) : (
            <LinkButton to="/p/$projectId/settings/$section" params={{ projectId, section: "ontology" }}>
              Make classes
            </LinkButton>
          )}
          <LinkButton
            variant="default"
            to="/p/$projectId/tasks/$taskId"
            params={{ projectId, taskId: task.id }}
          >
            Back to the task
          </LinkButton>
        </Group>
      </div>
    </Center>
  );
}
