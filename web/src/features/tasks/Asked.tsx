import { Alert, Badge, Group, Text } from "@mantine/core";
import { IconEye, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { modelsQuery } from "@/api/queries/models";
import { recipesQuery } from "@/api/queries/ontology";
import type { TaskSummary } from "@/api/schema.gen";
import { workOf } from "@/api/taskWork";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { LinkAnchor } from "@/ui/links";

import { askOfTask, EMPTY, seenWords } from "./asking";

/** Labels and skills of a task, small. */
export function AskedBadges({ task }: { readonly task: TaskSummary }) {
  const { labels, skills } = workOf(task);
  const lacking = task.missing_skills ?? [];
  return (
    <Group gap={4} wrap="wrap">
      {labels.slice(0, SHOWN).map((name) => (
        <Badge key={name} size="sm" variant="default" tt="none">
          {name}
        </Badge>
      ))}
      {labels.length > SHOWN && (
        <Text size="xs" c="dimmed">
          and {labels.length - SHOWN} more
        </Text>
      )}
      {skills.map((name) => (
        <Badge
          key={name}
          size="sm"
          variant="light"
          tt="none"
          color={lacking.includes(name) ? "orange" : "teal"}
          leftSection={lacking.includes(name) ? <IconLock size={10} /> : undefined}
        >
          needs {name}
        </Badge>
      ))}
    </Group>
  );
}

const SHOWN = 3;

/** Why this person gets no items; null where they do. */
export function whyNotMine(task: TaskSummary): string | null {
  if (task.may_take !== false) return null;
  const lacking = task.missing_skills ?? [];
  if (lacking.length === 0) return "This task is for other people.";
  return `You lack ${lacking.length === 1 ? "the skill" : "the skills"} ${lacking.join(", ")}.`;
}

/** What people see in a task, and whether it is for whoever looks. */
export function Asked({ task }: { readonly task: TaskSummary }) {
  const projectId = useProjectId();
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const recipe = (useQuery(recipesQuery(projectId)).data ?? []).find((one) => one.id === task.recipe_id);
  const work = workOf(task, recipe ?? null);
  const model = models.find((one) => one.id === work.modelId)?.name ?? null;
  const { question } = task.settings;
  const wish = {
    ...EMPTY,
    ...work,
    ask: askOfTask(task),
    question: typeof question === "string" ? question : (recipe?.instructions ?? ""),
  };
  return (
    <>
      <Alert role="note" variant="light" color="whorl" icon={<IconEye size={18} />} py="xs" mb="sm">
        <Text size="sm">{seenWords(wish, { model, recipe: recipe ?? null })}</Text>
        {(work.labels.length > 0 || work.skills.length > 0) && <AskedBadges task={task} />}
      </Alert>
      <NotMine task={task} />
    </>
  );
}

function NotMine({ task }: { readonly task: TaskSummary }) {
  const projectId = useProjectId();
  const mayGive = useIsAtLeast("owner");
  const why = whyNotMine(task);
  if (why === null) return null;
  return (
    <Alert variant="light" color="orange" icon={<IconLock size={18} />} py="xs" mb="sm" title={why}>
      {mayGive ? (
        <>
          Skills are given to people under{" "}
          <LinkAnchor
            size="sm"
            to="/p/$projectId/settings/$section"
            params={{ projectId, section: "members" }}
          >
            settings, people
          </LinkAnchor>
          ; you can give them to yourself.
        </>
      ) : (
        "An owner of the project can give them to you."
      )}
    </Alert>
  );
}
