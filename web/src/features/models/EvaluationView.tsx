import { Badge, Group, Select, SimpleGrid, Skeleton, Slider, Stack, Table, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import {
  columnTitle,
  isCount,
  metricTitle,
  readEvaluation,
  type ClassRow,
  type EvaluationNumbers,
} from "@/api/metrics";
import { examinationQuery } from "@/api/queries/models";
import type { Evaluation, Examination, Model } from "@/api/schema.gen";
import { HeatTable } from "@/ui/charts/HeatTable";
import { LineChart } from "@/ui/charts/LineChart";
import { seriesColor } from "@/ui/charts/series";
import { formatAgo, formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { formatMetric, wilson } from "./words";
import { WorstPanel } from "./WorstPanel";

export interface EvaluationViewProps {
  readonly evaluation: Evaluation;
  readonly evaluations: readonly Evaluation[];
  readonly model: Model;
  readonly projectId: string;
  readonly onChoose: (evaluationId: string) => void;
}

/** How a model does on one set of test items: numbers, classes, confusion, calibration, worst examples. */
export function EvaluationView({ evaluation, evaluations, projectId, onChoose }: EvaluationViewProps) {
  const numbers = readEvaluation(evaluation.metrics);
  const [threshold, setThreshold] = useState(0.25);
  const examined = useQuery({
    ...examinationQuery({ evaluationId: evaluation.id, scoreThreshold: threshold }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <Panel
          fills
          title="Evaluation"
          about={`On ${formatCount(evaluation.n_items)} frozen test items, ${formatAgo(evaluation.created_at)}.`}
          actions={
            <Group gap="xs" wrap="nowrap">
              {evaluation.is_stale && (
                <Badge color="yellow" variant="light">
                  labels edited since
                </Badge>
              )}
              {evaluations.length > 1 && (
                <Select
                  size="xs"
                  w={190}
                  aria-label="Which evaluation"
                  allowDeselect={false}
                  value={evaluation.id}
                  onChange={(value) => {
                    if (value !== null) onChoose(value);
                  }}
                  data={evaluations.map((one) => ({
                    value: one.id,
                    label: `revision ${String(one.revision)}, ${formatAgo(one.created_at)}`,
                  }))}
                />
              )}
            </Group>
          }
        >
          <MetricTable numbers={numbers} />
        </Panel>
        {numbers.classes.length > 0 && <ClassPanel numbers={numbers} />}
      </SimpleGrid>
      {examined.isError && <ProblemNote error={examined.error} onRetry={() => void examined.refetch()} />}
      {examined.isPending && <Skeleton h={260} />}
      {examined.data !== undefined && (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <ConfusionPanel examined={examined.data} threshold={threshold} onThreshold={setThreshold} />
            <CalibrationPanel examined={examined.data} />
          </SimpleGrid>
          <WorstPanel examined={examined.data} projectId={projectId} />
        </>
      )}
    </>
  );
}

const LONG_TABLE = 8;

function MetricTable({ numbers }: { readonly numbers: EvaluationNumbers }) {
  const shown = numbers.metrics.filter((one) => one.key !== "n_groups" && one.key !== "n_unknown");
  const half = shown.length > LONG_TABLE ? Math.ceil(shown.length / 2) : shown.length;
  const parts = [shown.slice(0, half), shown.slice(half)].filter((part) => part.length > 0);
  return (
    <SimpleGrid cols={parts.length} spacing="lg">
      {parts.map((part, at) => (
        <Table key={at} verticalSpacing={3} h="fit-content">
          <Table.Tbody>
            {part.map((one) => (
              <Table.Tr key={one.key}>
                <Table.Td>{metricTitle(one.key)}</Table.Td>
                <Table.Td ta="right" fw={600}>
                  {formatMetric(one.value, one.key)}
                </Table.Td>
                {one.interval !== null && (
                  <Table.Td c="dimmed">
                    {one.interval.low.toFixed(3)} to {one.interval.high.toFixed(3)}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </SimpleGrid>
  );
}

function ClassPanel({ numbers }: { readonly numbers: EvaluationNumbers }) {
  const [key, setKey] = useState<string | null>(null);
  const rows =
    key === null ? numbers.classes : [...numbers.classes].sort((a, b) => order(a, key) - order(b, key));
  return (
    <Panel fills title="By class" about="Choose a column to see its weakest classes first.">
      <Table.ScrollContainer minWidth={320} mah={420}>
        <Table verticalSpacing={3} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              {numbers.classColumns.map((column) => (
                <Table.Th key={column} ta="right" aria-sort={key === column ? "ascending" : undefined}>
                  <Text
                    component="button"
                    size="sm"
                    fw={600}
                    style={{ background: "none", border: 0, cursor: "pointer", color: "inherit" }}
                    onClick={() => {
                      setKey(key === column ? null : column);
                    }}
                  >
                    {columnTitle(column)}
                    {key === column ? " ↑" : ""}
                  </Text>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>{row.name}</Table.Td>
                {numbers.classColumns.map((column) => (
                  <Table.Td key={column} ta="right" c={isCount(column) ? "dimmed" : undefined}>
                    {formatMetric(row.values[column] ?? null, column)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function order(row: ClassRow, key: string): number {
  return row.values[key] ?? Infinity;
}

interface ConfusionPanelProps {
  readonly examined: Examination;
  readonly threshold: number;
  readonly onThreshold: (threshold: number) => void;
}

const MOST_CLASSES = 60;

function ConfusionPanel({ examined, threshold, onThreshold }: ConfusionPanelProps) {
  const { labels, has_nothing: hasNothing } = examined;
  const [dragged, setDragged] = useState(threshold);
  const last = labels.length;
  return (
    <Panel
      fills
      title="What is taken for what"
      about={
        hasNothing
          ? "Rows are the truth, columns the prediction. Missed objects are in the last column, spurious ones in the last row."
          : "Rows are the truth, columns the prediction."
      }
    >
      {labels.length > MOST_CLASSES ? (
        <Text size="sm" c="dimmed">
          {formatCount(labels.length)} classes are too many for a table; the weakest are in the table of
          classes.
        </Text>
      ) : (
        <HeatTable
          caption="Confusion: rows are the truth, columns the prediction"
          rows={hasNothing ? [...labels, "spurious"] : labels}
          columns={hasNothing ? [...labels, "missed"] : labels}
          counts={examined.matrix}
          isRight={(row, column) => row === column}
          isVoid={(row, column) => hasNothing && row === last && column === last}
        />
      )}
      {examined.score_threshold !== null && (
        <Stack gap={2} mt="sm" maw={320}>
          <Text size="xs" c="dimmed">
            Boxes surer than {dragged.toFixed(2)} count
          </Text>
          <Slider
            size="sm"
            min={0.05}
            max={0.95}
            step={0.05}
            value={dragged}
            onChange={setDragged}
            onChangeEnd={onThreshold}
            label={(value) => value.toFixed(2)}
            thumbLabel="Weakest confidence that counts"
          />
        </Stack>
      )}
    </Panel>
  );
}

function CalibrationPanel({ examined }: { readonly examined: Examination }) {
  const bins = examined.reliability;
  return (
    <Panel
      fills
      title="Does its confidence mean what it says?"
      about="On the dashed line, 80 % sure is right 80 times in a hundred. Below it the model is too sure of itself. Bars are 95 % intervals: long where there are few answers."
    >
      {bins.length === 0 ? (
        <Text size="sm" c="dimmed">
          There is no answer to judge.
        </Text>
      ) : (
        <LineChart
          title="Share correct over confidence"
          xTitle="confidence"
          xDomain={[0, 1]}
          yDomain={[0, 1]}
          hasDiagonal
          height={260}
          formatX={(value) => String(Number(value.toFixed(2)))}
          formatY={(value) => String(Number(value.toFixed(2)))}
          series={[
            {
              key: "reliability",
              name: "Share correct",
              color: seriesColor(0),
              hasMarks: true,
              hasNoLine: true,
              points: bins.map((bin) => ({
                x: bin.confidence,
                y: bin.accuracy,
                ...wilson(bin.accuracy, bin.count),
                isStrong: true,
                note: `${formatCount(bin.count)} answers`,
              })),
            },
          ]}
        />
      )}
    </Panel>
  );
}
