import { Grid, Group, SimpleGrid, Slider, Stack, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { thresholdsQuery } from "@/api/queries/evaluations";
import type { ThresholdReport } from "@/api/schema.gen";
import { CurveChart } from "@/ui/charts/CurveChart";
import { seriesColor } from "@/ui/charts/series";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { formatMetric, saySpan } from "../words";

import { COSTS, nearestRow } from "./costs";

const PAUSE_MS = 200;
const USUAL = COSTS.indexOf(1);

/** The confidence from which on answers should be believed, told from what mistakes cost. */
export function ThresholdPanel({ evaluationId }: { readonly evaluationId: string }) {
  const [missedAt, setMissedAt] = useState(USUAL);
  const [spuriousAt, setSpuriousAt] = useState(USUAL);
  const [missed] = useDebouncedValue(COSTS[missedAt] ?? 1, PAUSE_MS);
  const [spurious] = useDebouncedValue(COSTS[spuriousAt] ?? 1, PAUSE_MS);
  const report = useQuery(thresholdsQuery({ evaluationId, missed, spurious }));
  return (
    <Panel
      title="Which confidence to ask for"
      about="Say what mistakes cost, and the threshold that costs least on these test items is found."
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="md">
            <Cost title="A missed one costs" at={missedAt} onChange={setMissedAt} />
            <Cost title="A spurious one costs" at={spuriousAt} onChange={setSpuriousAt} />
            {report.isError && <ProblemNote error={report.error} onRetry={() => void report.refetch()} />}
            {report.isPending && <WaitRows rows={3} />}
            {report.data !== undefined && <Cheapest report={report.data} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          {report.data !== undefined && <Costs report={report.data} />}
        </Grid.Col>
      </Grid>
    </Panel>
  );
}

interface CostProps {
  readonly title: string;
  readonly at: number;
  readonly onChange: (at: number) => void;
}

function Cost({ title, at, onChange }: CostProps) {
  return (
    <div>
      <Group justify="space-between">
        <Text size="sm">{title}</Text>
        <Text size="sm" fw={600}>
          {COSTS[at]}
        </Text>
      </Group>
      <Slider
        label={null}
        thumbLabel={title}
        min={0}
        max={COSTS.length - 1}
        step={1}
        value={at}
        onChange={onChange}
        thumbProps={{ "aria-valuetext": String(COSTS[at]) }}
      />
    </div>
  );
}

function Cheapest({ report }: { readonly report: ThresholdReport }) {
  const { cheapest } = report;
  const row = nearestRow(report.rows, cheapest.threshold);
  const span = cheapest.threshold_interval ?? null;
  return (
    <Stack gap="sm">
      <Stat
        value={cheapest.threshold.toFixed(2)}
        label="costs least"
        note={span === null ? undefined : `between ${saySpan(span, 2)} in resampled items`}
      />
      <SimpleGrid cols={2} spacing="xs">
        <Small title="precision" value={formatMetric(cheapest.precision)} />
        <Small title="recall" value={formatMetric(cheapest.recall)} />
        {row !== null && <Small title="missed" value={formatCount(row.n_missed)} />}
        {row !== null && <Small title="spurious" value={formatCount(row.n_spurious)} />}
      </SimpleGrid>
      {report.per_class.length > 1 && (
        <Table.ScrollContainer minWidth={0} mah={180}>
          <Table verticalSpacing={2} stickyHeader aria-label="Cheapest threshold of each label">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Label</Table.Th>
                <Table.Th ta="right">Its own best</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {report.per_class.map((one) => (
                <Table.Tr key={one.label ?? ""}>
                  <Table.Td>{one.label}</Table.Td>
                  <Table.Td ta="right">{one.threshold.toFixed(2)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Small({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <Text size="sm" c="dimmed">
      {title}{" "}
      <Text span size="sm" fw={600} c="var(--mantine-color-text)">
        {value}
      </Text>
    </Text>
  );
}

const sayShare = (value: number) => value.toFixed(2);

function Costs({ report }: { readonly report: ThresholdReport }) {
  const most = Math.max(...report.rows.map((row) => row.cost ?? 0), 1e-9);
  const { rows } = report;
  const series = useMemo(
    () => [
      {
        key: "cost",
        name: "Cost, as a share of the highest",
        color: "var(--mantine-color-red-6)",
        points: rows.map((row) => ({ x: row.threshold, y: (row.cost ?? 0) / most })),
      },
      {
        key: "precision",
        name: "Precision",
        color: seriesColor(0),
        points: rows.map((row) => ({ x: row.threshold, y: row.precision ?? null })),
      },
      {
        key: "recall",
        name: "Recall",
        color: seriesColor(2),
        points: rows.map((row) => ({ x: row.threshold, y: row.recall ?? null })),
      },
      {
        key: "f1",
        name: "F1",
        color: seriesColor(1),
        isDashed: true,
        points: rows.map((row) => ({ x: row.threshold, y: row.f1 ?? null })),
      },
    ],
    [rows, most],
  );
  return (
    <CurveChart
      title="Cost, precision and recall over the confidence threshold"
      xTitle="confidence threshold"
      xDomain={[0, 1]}
      yDomain={[0, 1.02]}
      height={300}
      series={series}
      mark={report.cheapest.threshold}
      formatX={sayShare}
      formatY={sayShare}
    />
  );
}
