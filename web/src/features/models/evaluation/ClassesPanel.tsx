import { Table, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";

import { metricTitle } from "@/api/metrics";
import { writeFinding } from "@/api/queryText";
import type { EvaluationReport, ClassRow } from "@/api/schema.gen";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { formatMetric } from "../words";

import type { Place } from "./place";
import { nextSort, sortClasses, type ClassSort, type ClassSortKey } from "./sorting";

const COLUMNS = ["precision", "recall", "f1", "ap", "iou", "dice"] as const;

/** Each label's share in the metric, with its interval; a column sorts, a label leads to its mistakes. */
export function ClassesPanel({
  report,
  projectId,
  evaluation,
}: Place & { readonly report: EvaluationReport }) {
  const [sort, setSort] = useState<ClassSort | null>(null);
  const columns = COLUMNS.filter(
    (key) => key !== report.class_metric_name && report.per_class.some((row) => typeof row[key] === "number"),
  );
  const head = (key: ClassSortKey, title: string) => (
    <HeadCell
      key={key}
      title={title}
      isRight={key !== "label"}
      way={sort?.key === key ? sort.way : null}
      onSort={() => {
        setSort(nextSort(sort, key));
      }}
    />
  );
  return (
    <Panel fills title="By class" about="A label leads to the images where it is missed or confused.">
      <Table.ScrollContainer minWidth={420} mah={420}>
        <Table verticalSpacing={3} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              {head("label", "Class")}
              {head("metric", metricTitle(report.class_metric_name))}
              <Table.Th w="26%" aria-label="Bar" />
              {columns.map((key) => head(key, metricTitle(key)))}
              {head("n_truth", "True")}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sortClasses(report.per_class, sort).map((row) => (
              <Table.Tr key={row.label}>
                <Table.Td maw={160}>
                  <LinkAnchor
                    size="sm"
                    truncate
                    display="block"
                    to="/p/$projectId/explorer"
                    params={{ projectId }}
                    search={{
                      dataset: evaluation.dataset_id,
                      q: `${writeFinding({ evaluationId: evaluation.id, truth: row.label })} type:confused|missed`,
                    }}
                    title={`Mistakes about ${row.label}`}
                  >
                    {row.label}
                  </LinkAnchor>
                </Table.Td>
                <Table.Td ta="right" fw={600}>
                  {formatMetric(row.metric)}
                </Table.Td>
                <Table.Td>
                  <ClassBar row={row} />
                </Table.Td>
                {columns.map((key) => (
                  <Table.Td key={key} ta="right">
                    {formatMetric(row[key] ?? null)}
                  </Table.Td>
                ))}
                <Table.Td ta="right" c="dimmed">
                  {formatCount(row.n_truth)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt={4}>
        Whiskers are 95 % intervals: long where there are few examples.
      </Text>
    </Panel>
  );
}

function ClassBar({ row }: { readonly row: ClassRow }) {
  return <MeterBar value={row.metric} low={row.interval?.low} high={row.interval?.high} title={row.label} />;
}

interface HeadCellProps {
  readonly title: string;
  readonly isRight: boolean;
  readonly way: "ascending" | "descending" | null;
  readonly onSort: () => void;
}

export function HeadCell({ title, isRight, way, onSort }: HeadCellProps) {
  return (
    <Table.Th ta={isRight ? "right" : undefined} aria-sort={way ?? undefined}>
      <UnstyledButton onClick={onSort} fz="sm" fw={600} style={{ whiteSpace: "nowrap" }}>
        {title}
        {way === null ? "" : way === "ascending" ? " ↑" : " ↓"}
      </UnstyledButton>
    </Table.Th>
  );
}
