import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { metricTitle } from "@/api/metrics";
import { curvesQuery } from "@/api/queries/models";
import type { Model } from "@/api/schema.gen";
import { CurveChart } from "@/ui/charts/CurveChart";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { formatMetric, readCurves } from "./words";

/** How the training went, or goes. */
export function CurvesPanel({ model }: { readonly model: Model }) {
  const isLive = model.status === "training";
  const rows = useQuery(curvesQuery({ modelId: model.id, isLive }));
  const curves = useMemo(() => readCurves(rows.data ?? []), [rows.data]);
  const isEmpty = curves.groups.length === 0 && curves.facts.length === 0;
  return (
    <Panel
      fills
      title="Training"
      about="What the training reported. Drag to look closer, double-click to see all."
      actions={
        isLive && (
          <Badge variant="dot" color="whorl">
            live
          </Badge>
        )
      }
    >
      {rows.isPending && <WaitRows rows={3} />}
      {rows.isError && <ProblemNote error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.isSuccess && isEmpty && (
        <Text size="sm" c="dimmed">
          {isLive || model.status === "created"
            ? "Nothing reported yet: images are read first."
            : "This training reported nothing."}
        </Text>
      )}
      <Stack gap="md">
        {curves.groups.map((group) => (
          <div key={group.title}>
            {curves.groups.length > 1 && (
              <Text size="xs" c="dimmed" mb={2}>
                {group.title}
              </Text>
            )}
            <CurveChart
              title={`${group.title} over ${curves.xTitle}`}
              xTitle={curves.xTitle}
              series={group.series}
              height={curves.groups.length > 1 ? 180 : 240}
              formatX={(value) => String(Number(value.toFixed(1)))}
            />
          </div>
        ))}
      </Stack>
      {curves.facts.length > 0 && <Facts facts={curves.facts} isAlone={curves.groups.length === 0} />}
    </Panel>
  );
}

interface FactsProps {
  readonly facts: readonly { readonly key: string; readonly value: number }[];
  readonly isAlone: boolean;
}

function Facts({ facts, isAlone }: FactsProps) {
  if (!isAlone) {
    return (
      <Group gap="md" mt="xs">
        {facts.map((one) => (
          <Text key={one.key} size="xs" c="dimmed">
            {metricTitle(one.key)} {formatMetric(one.value, one.key)}
          </Text>
        ))}
      </Group>
    );
  }
  return (
    <Table verticalSpacing={4}>
      <Table.Tbody>
        {facts.map((one) => (
          <Table.Tr key={one.key}>
            <Table.Td>{metricTitle(one.key)}</Table.Td>
            <Table.Td ta="right">{formatMetric(one.value, one.key)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
