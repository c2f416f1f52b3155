import { Button, SegmentedControl, Select, Stack, Switch, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsDiff, IconChartDots } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";

import { metricTitle } from "@/api/metrics";
import { championsQuery, modelsQuery } from "@/api/queries/models";
import { modelTableQuery } from "@/api/queries/training";
import type { ModelRow, ModelTable } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { titleOf } from "@/graph/fields";
import { CurveChart } from "@/ui/charts/CurveChart";
import { seriesColor } from "@/ui/charts/series";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatBytes, formatCount, formatSeconds } from "@/ui/format";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { CompareDialog } from "../comparison/CompareDialog";
import { StatusBadge } from "../ModelTable";
import { formatMetric, pairUp } from "../words";

import { axesOf, chosenAxis, curveSeries, usualSeries, type Axis } from "./curves";
import { sayParam } from "./table";

const route = getRouteApi("/signed-in/p/$projectId/models/runs");

/** A few runs side by side: their curves over one axis, and everything that differs. */
export function RunsPage() {
  const projectId = useProjectId();
  const { ids = "" } = route.useSearch();
  const modelIds = ids.split(",").filter((one) => one !== "");
  const table = useQuery({ ...modelTableQuery({ projectId, modelIds }), enabled: modelIds.length > 0 });
  const isLive = table.data?.rows.some((row) => row.status === "training") === true;
  useQuery({
    ...modelTableQuery({ projectId, modelIds }),
    enabled: isLive,
    refetchInterval: isLive ? 2000 : false,
  });
  return (
    <>
      <PageHeader
        title="Runs side by side"
        about={
          <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
            Models
          </LinkAnchor>
        }
        actions={<Duel projectId={projectId} modelIds={modelIds} />}
      />
      {modelIds.length === 0 && (
        <EmptyState
          icon={<IconChartDots size={28} />}
          title="No run is chosen"
          action={
            <LinkButton to="/p/$projectId/models" params={{ projectId }}>
              To the models
            </LinkButton>
          }
        >
          Pick two to six models in the table; their curves and parameters are shown here.
        </EmptyState>
      )}
      {modelIds.length > 0 && table.isPending && <WaitRows rows={8} />}
      {table.isError && <ProblemNote error={table.error} onRetry={() => void table.refetch()} />}
      {table.data !== undefined && (
        <Stack gap="md">
          <Curves table={table.data} />
          <SideBySide table={table.data} projectId={projectId} />
        </Stack>
      )}
    </>
  );
}

/** Two of them can be set against each other on a test set. */
function Duel({ projectId, modelIds }: { readonly projectId: string; readonly modelIds: readonly string[] }) {
  const mayWrite = useIsAtLeast("manager");
  const [isOpen, open] = useDisclosure(false);
  const models = useQuery(modelsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const picked = (models.data?.items ?? []).filter(
    (one) => modelIds.includes(one.id) && one.status === "trained",
  );
  const pair = pairUp({
    picked,
    championIds: new Set((champions.data ?? []).flatMap((one) => one.model_id ?? [])),
  });
  if (!mayWrite || pair === null) return null;
  return (
    <>
      <Button leftSection={<IconArrowsDiff size={16} />} onClick={open.open}>
        Which is better?
      </Button>
      <CompareDialog projectId={projectId} pair={pair} isOpen={isOpen} onClose={open.close} />
    </>
  );
}

function Curves({ table }: { readonly table: ModelTable }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const [axis, setAxis] = useState<Axis>("seconds");
  const [isSmooth, setSmooth] = useState(false);
  const key = chosen ?? usualSeries(table.series);
  const axes = axesOf(table.curves);
  const shownAxis = chosenAxis(table.curves, axis);
  const series = useMemo(
    () => (key === null ? [] : curveSeries(table, { key, axis: shownAxis, isSmooth, colorOf: seriesColor })),
    [table, key, shownAxis, isSmooth],
  );
  return (
    <Panel
      title="Curves"
      about="Each line is one training. Drag to look closer, double-click to see all."
      actions={
        key !== null && (
          <div style={{ display: "flex", gap: 8, alignItems: "center" }}>
            <Switch
              size="xs"
              label="Smooth"
              checked={isSmooth}
              onChange={(event) => {
                setSmooth(event.currentTarget.checked);
              }}
            />
            {axes.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label="Over"
                value={shownAxis}
                onChange={(value) => {
                  setAxis(axes.find((one) => one === value) ?? "seconds");
                }}
                data={axes.map((one) => ({ value: one, label: one }))}
              />
            )}
            <Select
              size="xs"
              w={190}
              aria-label="Curve"
              allowDeselect={false}
              data={table.series.map((one) => ({ value: one, label: metricTitle(one) }))}
              value={key}
              onChange={setChosen}
            />
          </div>
        )
      }
    >
      {series.length === 0 ? (
        <Text size="sm" c="dimmed">
          None of these trainings reported a curve: what is fitted at once has none.
        </Text>
      ) : (
        <CurveChart
          title={`${metricTitle(key ?? "")} of ${String(series.length)} runs`}
          xTitle={shownAxis}
          height={320}
          series={series}
        />
      )}
    </Panel>
  );
}

interface SideBySideProps {
  readonly table: ModelTable;
  readonly projectId: string;
}

function SideBySide({ table, projectId }: SideBySideProps) {
  const { rows } = table;
  const line = (title: string, say: (row: ModelRow) => string, best?: ReadonlySet<string>) => (
    <Table.Tr key={title}>
      <Table.Th fw={500} c="dimmed">
        {title}
      </Table.Th>
      {rows.map((row) => (
        <Table.Td key={row.model_id} fw={best?.has(row.model_id) === true ? 700 : undefined}>
          {say(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
  return (
    <Panel title="What differs" about="The best value of each number is bold.">
      <Table.ScrollContainer minWidth={160 + rows.length * 150}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={170} aria-label="What" />
              {rows.map((row, at) => (
                <Table.Th key={row.model_id}>
                  <span
                    aria-hidden="true"
                    style={{
                      display: "inline-block",
                      width: 9,
                      height: 9,
                      marginRight: 6,
                      borderRadius: 2,
                      backgroundColor: seriesColor(at),
                    }}
                  />
                  <LinkAnchor
                    size="sm"
                    fw={600}
                    to="/p/$projectId/models/$modelId"
                    params={{ projectId, modelId: row.model_id }}
                  >
                    {row.name}
                  </LinkAnchor>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Th fw={500} c="dimmed">
                Status
              </Table.Th>
              {rows.map((row) => (
                <Table.Td key={row.model_id}>
                  <StatusBadge model={{ status: row.status, error: null }} />
                </Table.Td>
              ))}
            </Table.Tr>
            {line("Architecture", (row) => row.architecture)}
            {table.metric_names.map((name) =>
              line(
                metricTitle(name),
                (row) => formatMetric(row.metrics[name] ?? null, name),
                bestOf(rows, name),
              ),
            )}
            {table.param_names.map((name) => line(titleOf(name), (row) => sayParam(row.params[name])))}
            {line("Training items", (row) => (row.n_items === null ? "–" : formatCount(row.n_items)))}
            {line("Revision", (row) => String(row.revision ?? "–"))}
            {line("Training time", (row) => (row.seconds === null ? "–" : formatSeconds(row.seconds)))}
            {line("Size", (row) => (row.size_bytes === null ? "–" : formatBytes(row.size_bytes)))}
            {line("Latency", (row) => (row.latency_ms === null ? "–" : `${row.latency_ms.toFixed(1)} ms`))}
            {line("Made", (row) => formatAgo(row.created_at))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

/** Ids of the runs with the best value of a metric; none where they do not differ. */
function bestOf(rows: readonly ModelRow[], name: string): ReadonlySet<string> {
  const values = rows.flatMap((row) => row.metrics[name] ?? []);
  if (new Set(values).size < 2) return new Set();
  const isLess = /loss|error|ece|brier|nll/u.test(name);
  const best = isLess ? Math.min(...values) : Math.max(...values);
  return new Set(rows.filter((row) => row.metrics[name] === best).map((row) => row.model_id));
}
