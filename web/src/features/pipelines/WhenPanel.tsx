import { Code, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { datasetsQuery } from "@/api/queries/datasets";
import type { Pipeline } from "@/api/schema.gen";
import { Panel } from "@/ui/Panel";

import { describeTrigger, spaced, type TriggerNames } from "./words";

/** By node: the phrases of the triggers that start runs there. */
export function useStarts(pipeline: Pipeline, projectId: string): ReadonlyMap<string, string> {
  const names = useTriggerNames(pipeline, projectId);
  const starts = new Map<string, string>();
  for (const trigger of pipeline.definition.triggers ?? []) {
    const node = trigger.target.split(".")[0] ?? "";
    const phrase = `Starts ${describeTrigger(trigger, names)}`;
    const known = starts.get(node);
    starts.set(node, known === undefined ? phrase : `${known}; ${phrase}`);
  }
  return starts;
}

function useTriggerNames(pipeline: Pipeline, projectId: string): TriggerNames {
  const datasets = useQuery(datasetsQuery(projectId));
  return {
    variables: pipeline.variables,
    datasets: new Map((datasets.data?.items ?? []).map((one) => [one.id, one.name])),
  };
}

/** What starts runs. */
export function WhenPanel({
  pipeline,
  projectId,
}: {
  readonly pipeline: Pipeline;
  readonly projectId: string;
}) {
  const names = useTriggerNames(pipeline, projectId);
  const triggers = pipeline.definition.triggers ?? [];
  return (
    <Panel
      title="What starts runs"
      about={pipeline.is_active ? undefined : "Paused: none of this happens now."}
    >
      {triggers.length === 0 ? (
        <Text size="sm" c="dimmed">
          Only people do: press Run.
        </Text>
      ) : (
        <Stack gap={6}>
          {triggers.map((trigger) => (
            <Text size="sm" key={trigger.id}>
              <Code>{spaced(trigger.target.split(".")[0] ?? "")}</Code> {describeTrigger(trigger, names)}
            </Text>
          ))}
        </Stack>
      )}
    </Panel>
  );
}
