import { Badge, Button, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { readComparison, metricTitle } from "@/api/metrics";
import { comparisonsQuery } from "@/api/queries/models";
import type { Comparison, Model } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { decisionWords, formatDelta } from "./words";

const PAGE = 10;

export interface DecisionsPanelProps {
  readonly projectId: string;
  readonly models: readonly Pick<Model, "id" | "name">[];
  /** Only decisions that this model took part in. */
  readonly modelId?: string;
}

/** Decisions between models, newest first. */
export function DecisionsPanel({ projectId, models, modelId }: DecisionsPanelProps) {
  const comparisons = useQuery(comparisonsQuery(projectId));
  const [shown, setShown] = useState(PAGE);
  const names = new Map(models.map((one) => [one.id, one.name]));
  const listed = (comparisons.data?.items ?? []).filter(
    (one) => modelId === undefined || one.champion_id === modelId || one.challenger_id === modelId,
  );
  if (comparisons.isError) {
    return <ProblemNote error={comparisons.error} onRetry={() => void comparisons.refetch()} />;
  }
  if (listed.length === 0) return null;
  return (
    <Panel title="Decisions" about="Champion against challenger on the same frozen test items.">
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Decision</Table.Th>
            <Table.Th>Challenger</Table.Th>
            <Table.Th>Champion</Table.Th>
            <Table.Th ta="right">Difference</Table.Th>
            <Table.Th>Interval</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.slice(0, shown).map((one) => (
            <DecisionRow key={one.id} comparison={one} names={names} projectId={projectId} />
          ))}
        </Table.Tbody>
      </Table>
      {listed.length > shown && (
        <Button
          variant="subtle"
          size="xs"
          onClick={() => {
            setShown(shown + PAGE);
          }}
        >
          Show more
        </Button>
      )}
    </Panel>
  );
}

interface DecisionRowProps {
  readonly comparison: Comparison;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
}

function DecisionRow({ comparison, names, projectId }: DecisionRowProps) {
  const numbers = readComparison(comparison.numbers);
  const words = decisionWords(comparison.decision);
  return (
    <Table.Tr>
      <Table.Td>
        <Badge variant="light" color={words.color} miw="max-content">
          {words.title}
        </Badge>
      </Table.Td>
      <Table.Td>
        <ModelLink modelId={comparison.challenger_id} names={names} projectId={projectId} />
      </Table.Td>
      <Table.Td>
        <ModelLink modelId={comparison.champion_id} names={names} projectId={projectId} />
      </Table.Td>
      <Table.Td ta="right">
        <Text size="sm" fw={600}>
          {formatDelta(numbers.delta)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {numbers.low === null ? "–" : `${formatDelta(numbers.low)} to ${formatDelta(numbers.high)}`}{" "}
          {metricTitle(numbers.metric)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {formatAgo(comparison.created_at)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <LinkAnchor
          to="/p/$projectId/comparisons/$comparisonId"
          params={{ projectId, comparisonId: comparison.id }}
          size="sm"
        >
          Why
        </LinkAnchor>
      </Table.Td>
    </Table.Tr>
  );
}

/** A model by name, or a word for having none. */
export function ModelLink(props: {
  readonly modelId: string | null;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
}) {
  const { modelId, names, projectId } = props;
  if (modelId === null) {
    return (
      <Text size="sm" c="dimmed">
        none before it
      </Text>
    );
  }
  return (
    <LinkAnchor to="/p/$projectId/models/$modelId" params={{ projectId, modelId }} size="sm">
      {names.get(modelId) ?? "a model"}
    </LinkAnchor>
  );
}
