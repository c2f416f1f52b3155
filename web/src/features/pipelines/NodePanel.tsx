import { Badge, CloseButton, Code, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { asRecord, asText } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import { nodeTypesQuery } from "@/api/queries/pipelines";
import { tasksQuery } from "@/api/queries/tasks";
import type { NodeCounts, Pipeline } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { LinkButton } from "@/ui/links";

import classes from "./panels.module.css";
import { resolve, spaced } from "./words";

export interface NodePanelProps {
  readonly pipeline: Pipeline;
  readonly nodeId: string;
  readonly projectId: string;
  readonly counts: NodeCounts | undefined;
  readonly onClose: () => void;
}

/** What a step does, with which values, how much is there, and where its work is done. */
export function NodePanel({ pipeline, nodeId, projectId, counts, onClose }: NodePanelProps) {
  const types = useQuery(nodeTypesQuery());
  const names = useNames(projectId);
  const node = pipeline.definition.nodes.find((one) => one.id === nodeId);
  if (node === undefined) return null;
  const type = types.data?.find((one) => one.name === node.type);
  return (
    <section className={classes.node} aria-label={`Step ${spaced(nodeId)}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={600}>{spaced(nodeId)}</Text>
            <Badge variant="default">{spaced(node.type)}</Badge>
            {counts !== undefined && <CountList counts={counts} />}
          </Group>
          <Text size="sm" c="dimmed">
            {type?.summary ?? ""}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          <WorkLink pipeline={pipeline} nodeId={nodeId} projectId={projectId} />
          <CloseButton aria-label="Close the step" onClick={onClose} />
        </Group>
      </Group>
      {Object.keys(node.params ?? {}).length > 0 && (
        <Table verticalSpacing={3} mt="xs" w="auto">
          <Table.Tbody>
            {Object.entries(node.params ?? {}).map(([name, raw]) => (
              <Table.Tr key={name}>
                <Table.Td c="dimmed">{spaced(name)}</Table.Td>
                <Table.Td>{sayValue(resolve(raw, pipeline.variables), names)}</Table.Td>
                <Table.Td>
                  {asText(asRecord(raw).$var) !== null && (
                    <Text size="xs" c="dimmed">
                      from the variable <Code>{asText(asRecord(raw).$var)}</Code>
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}

/** Names of the project's datasets and models by id. */
export function useNames(projectId: string): ReadonlyMap<string, string> {
  const datasets = useQuery(datasetsQuery(projectId));
  const models = useQuery(modelsQuery(projectId));
  return new Map(
    [...(datasets.data?.items ?? []), ...(models.data?.items ?? [])].map((one) => [one.id, one.name]),
  );
}

/** A value for people: names instead of ids. */
export function sayValue(value: unknown, names: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "string") return names.get(value) ?? value;
  if (typeof value === "number") return formatCount(value);
  return JSON.stringify(value);
}

function CountList({ counts }: { readonly counts: NodeCounts }) {
  const parts = [
    [counts.waiting, "waiting"],
    [counts.running, "at work"],
    [counts.parked, "parked"],
    [counts.done, "done"],
    [counts.failed, "failed"],
  ] as const;
  return (
    <Text size="sm" c="dimmed">
      {parts
        .filter(([count]) => count > 0)
        .map(([count, word]) => `${formatCount(count)} ${word}`)
        .join(" · ") || "nothing yet"}
    </Text>
  );
}

interface WorkLinkProps {
  readonly pipeline: Pipeline;
  readonly nodeId: string;
  readonly projectId: string;
}

/** Where the work of a step is done: its task, or its dataset. */
function WorkLink({ pipeline, nodeId, projectId }: WorkLinkProps) {
  const tasks = useQuery(tasksQuery(projectId));
  const node = pipeline.definition.nodes.find((one) => one.id === nodeId);
  const read = (name: string) => asText(resolve(node?.params?.[name], pipeline.variables));
  const task = tasks.data?.items.find((one) => one.name === read("task"));
  const dataset = read("dataset");
  if ((node?.type === "label" || node?.type === "review") && task !== undefined) {
    return (
      <LinkButton
        size="xs"
        variant="light"
        to="/p/$projectId/tasks/$taskId"
        params={{ projectId, taskId: task.id }}
      >
        To the task
      </LinkButton>
    );
  }
  if (dataset === null) return null;
  return (
    <LinkButton
      size="xs"
      variant="light"
      to="/p/$projectId/explorer"
      params={{ projectId }}
      search={{ dataset }}
    >
      To the images
    </LinkButton>
  );
}
