import { Badge, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { metricTitle, readEvaluation } from "@/api/metrics";
import { datasetsQuery } from "@/api/queries/datasets";
import type { Evaluation } from "@/api/schema.gen";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { formatMetric, saySpan } from "./words";

export interface EvaluationsPanelProps {
  readonly evaluations: readonly Evaluation[];
  readonly projectId: string;
}

/** What a model was scored on, newest first; each leads to its page. */
export function EvaluationsPanel({ evaluations, projectId }: EvaluationsPanelProps) {
  const datasets = useQuery(datasetsQuery(projectId));
  const nameOf = (id: string) => datasets.data?.items.find((one) => one.id === id)?.name ?? "a dataset";
  return (
    <Panel
      title="Evaluations"
      about="On frozen test items. Open one for classes, confusion, slices, thresholds and the worst examples."
    >
      {evaluations.length === 0 ? (
        <Text size="sm" c="dimmed">
          It was not scored yet. Press Evaluate to score it on frozen test items, or compare it with the
          champion under{" "}
          <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
            Models
          </LinkAnchor>
          .
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Test items</Table.Th>
                <Table.Th>Metric</Table.Th>
                <Table.Th ta="right">Value</Table.Th>
                <Table.Th w="24%" aria-label="Bar" />
                <Table.Th>Interval</Table.Th>
                <Table.Th>When</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {[...evaluations].reverse().map((one) => (
                <Line key={one.id} evaluation={one} projectId={projectId} name={nameOf(one.dataset_id)} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}

interface LineProps {
  readonly evaluation: Evaluation;
  readonly projectId: string;
  readonly name: string;
}

function Line({ evaluation, projectId, name }: LineProps) {
  const interval = readEvaluation(evaluation.metrics).metrics.find(
    (one) => one.key === evaluation.metric_name,
  )?.interval;
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          size="sm"
          fw={600}
          to="/p/$projectId/evaluations/$evaluationId"
          params={{ projectId, evaluationId: evaluation.id }}
        >
          {formatCount(evaluation.n_items)} of {name}
        </LinkAnchor>{" "}
        <Text span size="xs" c="dimmed">
          revision {evaluation.revision}
        </Text>{" "}
        {evaluation.is_stale && (
          <Badge size="sm" color="yellow" variant="light">
            stale
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{metricTitle(evaluation.metric_name)}</Table.Td>
      <Table.Td ta="right" fw={600}>
        {formatMetric(evaluation.metric)}
      </Table.Td>
      <Table.Td>
        <MeterBar
          value={evaluation.metric}
          low={interval?.low}
          high={interval?.high}
          title={metricTitle(evaluation.metric_name)}
        />
      </Table.Td>
      <Table.Td c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {interval === null || interval === undefined ? "–" : saySpan(interval)}
      </Table.Td>
      <Table.Td c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {formatAgo(evaluation.created_at)}
      </Table.Td>
    </Table.Tr>
  );
}
