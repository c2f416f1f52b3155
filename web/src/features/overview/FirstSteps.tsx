import { Group, Text, ThemeIcon, VisuallyHidden } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { ontologyQuery } from "@/api/queries/ontology";
import { pipelinesQuery } from "@/api/queries/pipelines";
import { tasksQuery } from "@/api/queries/tasks";
import type { Overview } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { LinkButton } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import classes from "./panels.module.css";

interface Step {
  readonly key: string;
  readonly title: string;
  readonly why: string;
  readonly isDone: boolean;
  readonly action: ReactNode;
}

/** What a new project needs, as a list with buttons; gone when all of it is there. */
export function FirstSteps({
  overview,
  projectId,
}: {
  readonly overview: Overview;
  readonly projectId: string;
}) {
  const ontology = useQuery(ontologyQuery(projectId));
  const tasks = useQuery(tasksQuery(projectId));
  const pipelines = useQuery(pipelinesQuery(projectId));
  const mayManage = useIsAtLeast("manager");
  const ready = ontology.isSuccess && tasks.isSuccess && pipelines.isSuccess;
  if (!ready || !mayManage) return null;
  const count = (key: string) => overview.stages.find((one) => one.key === key)?.count ?? 0;
  const look = { size: "xs", variant: "light" } as const;
  const hasPipeline = pipelines.data.items.length > 0;
  const steps: readonly Step[] = [
    {
      key: "images",
      title: "Upload images",
      why: "Into a dataset of your own making; a folder can be dropped onto it.",
      isDone: count("items") > 0,
      action: (
        <LinkButton {...look} to="/p/$projectId/datasets" params={{ projectId }}>
          To the datasets
        </LinkButton>
      ),
    },
    {
      key: "labels",
      title: "Define labels",
      why: "What there is to see in them, and how it is drawn.",
      isDone: (ontology.data?.labels ?? []).length > 0,
      action: (
        <LinkButton
          {...look}
          to="/p/$projectId/settings/$section"
          params={{ projectId, section: "ontology" }}
        >
          Define labels
        </LinkButton>
      ),
    },
    {
      key: "task",
      title: "Make a task, or let a pipeline make it",
      why: "A task brings images to people, each to one person at a time.",
      isDone: tasks.data.items.length > 0 || hasPipeline,
      action: (
        <LinkButton {...look} to="/p/$projectId/tasks" params={{ projectId }}>
          Make a task
        </LinkButton>
      ),
    },
    {
      key: "pipeline",
      title: "Start the loop",
      why: "A pipeline from the template chooses, trains and compares by itself.",
      isDone: hasPipeline,
      action: (
        <LinkButton {...look} to="/p/$projectId/pipelines/new" params={{ projectId }}>
          Start a pipeline
        </LinkButton>
      ),
    },
  ];
  if (steps.every((step) => step.isDone)) return null;
  const next = steps.find((step) => !step.isDone)?.key;
  return (
    <Panel title="First steps" about="In this order, or as you like.">
      <ol className={classes.list} style={{ gap: 0 }}>
        {steps.map((step, at) => (
          <li key={step.key} className={classes.step}>
            <ThemeIcon
              size={26}
              radius="xl"
              variant={step.isDone ? "filled" : step.key === next ? "light" : "default"}
            >
              <VisuallyHidden>{step.isDone ? "Done:" : "To do:"}</VisuallyHidden>
              {step.isDone ? <IconCheck size={15} /> : <Text size="xs">{at + 1}</Text>}
            </ThemeIcon>
            <div>
              <Text
                size="sm"
                fw={600}
                td={step.isDone ? "line-through" : undefined}
                c={step.isDone ? "dimmed" : undefined}
              >
                {step.title}
              </Text>
              {!step.isDone && (
                <Text size="sm" c="dimmed">
                  {step.why}
                </Text>
              )}
            </div>
            <Group>{!step.isDone && step.action}</Group>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
