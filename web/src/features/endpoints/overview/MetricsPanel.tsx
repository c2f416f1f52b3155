import { Group, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { endpointMetricsQuery } from "@/api/queries/endpoints";
import type { Endpoint, EndpointMetrics } from "@/api/schema.gen";
import { CurveChart } from "@/ui/charts/CurveChart";
import { formatCount, formatShare } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { formatMs, formatRate, trafficOf } from "../words";
import { formatMinute, latencyLines, requestLines, stretchOf } from "./traffic";

const SPANS = [
  { value: "15", label: "15 min" },
  { value: "60", label: "1 h" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
];

/** Requests, errors and latency, as they come. */
export function MetricsPanel({ endpoint }: { readonly endpoint: Endpoint }) {
  const [minutes, setMinutes] = useState(60);
  const metrics = useQuery(endpointMetricsQuery({ endpointId: endpoint.id, minutes }));
  return (
    <Panel
      title="Traffic"
      about="Drag to look closer, double-click to see all."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Over how long"
          data={SPANS}
          value={String(minutes)}
          onChange={(value) => {
            setMinutes(Number(value));
          }}
        />
      }
    >
      {metrics.isPending && <WaitRows rows={6} />}
      {metrics.isError && <ProblemNote error={metrics.error} onRetry={() => void metrics.refetch()} />}
      {metrics.isSuccess && <Charts metrics={metrics.data} minutes={minutes} now={metrics.dataUpdatedAt} />}
    </Panel>
  );
}

interface ChartsProps {
  readonly metrics: EndpointMetrics;
  readonly minutes: number;
  readonly now: number;
}

function Charts({ metrics, minutes, now }: ChartsProps) {
  const stretch = stretchOf(metrics, minutes, now);
  const requests = useMemo(
    () => requestLines(metrics, stretchOf(metrics, minutes, now)),
    [metrics, minutes, now],
  );
  const latency = useMemo(
    () => latencyLines(metrics, stretchOf(metrics, minutes, now)),
    [metrics, minutes, now],
  );
  const formatX = (value: number) => formatMinute(value, minutes);
  // A little room at the right, for the clock below the last minute.
  const xDomain = [stretch.start, stretch.end + minutes / 30] as const;
  return (
    <Stack gap="md">
      <Figures metrics={metrics} minutes={minutes} />
      {metrics.points.length === 0 ? (
        <Text size="sm" c="dimmed" py="lg" ta="center">
          Nobody asked it in this time. Try it below, or with the lines there.
        </Text>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <div>
            <Text size="xs" c="dimmed" mb={2}>
              Requests a minute
            </Text>
            <CurveChart
              title="Requests a minute, by role"
              xTitle="time"
              series={requests}
              xDomain={xDomain}
              height={190}
              formatX={formatX}
              formatY={(value) => formatRate(value)}
            />
          </div>
          <div>
            <Text size="xs" c="dimmed" mb={2}>
              Latency
            </Text>
            <CurveChart
              title="Median and 99th percentile of the latency, by role"
              xTitle="time"
              series={latency}
              xDomain={xDomain}
              height={190}
              formatX={formatX}
              formatY={(value) => formatMs(value)}
            />
          </div>
        </SimpleGrid>
      )}
    </Stack>
  );
}

function Figures({ metrics, minutes }: { readonly metrics: EndpointMetrics; readonly minutes: number }) {
  const traffic = trafficOf(metrics, minutes);
  const share = traffic.requests === 0 ? 0 : traffic.errors / traffic.requests;
  return (
    <Group gap={40} align="flex-start">
      <Stat value={formatCount(traffic.requests)} label="requests" />
      <Stat value={formatRate(traffic.perMinute)} label="a minute" />
      <Stat value={formatMs(traffic.p99)} label="p99" />
      <Stat
        value={formatCount(traffic.errors)}
        label={traffic.errors === 0 ? "errors" : `errors, ${formatShare(share)}`}
      />
      <Stat value={formatCount(metrics.queue)} label="wait now" />
    </Group>
  );
}
