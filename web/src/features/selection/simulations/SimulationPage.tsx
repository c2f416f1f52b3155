import { Badge, Button, Grid, Group, Stack, Table, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";

import { deleteSimulation, simulationQuery } from "@/api/queries/simulations";
import type { CostForecast, SimulatedSaving, Simulation } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { LineChart } from "@/ui/charts/LineChart";
import { formatAgo, formatCount, formatSeconds, formatShare } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../selection.module.css";
import { strategyTitle } from "../strategies";
import { budgetsOf, curveSeries, forecastText, judge, readCurve, savingText } from "./curves";

const CHART_PX = 360;

/** What a replay showed: the curves, what each way saved, what a target costs, and which to take. */
export function SimulationPage() {
  const projectId = useProjectId();
  const { simulationId } = useParams({ from: "/signed-in/p/$projectId/simulations/$simulationId" });
  const simulation = useQuery(simulationQuery(simulationId));
  if (simulation.isError)
    return <ProblemNote error={simulation.error} onRetry={() => void simulation.refetch()} />;
  if (simulation.data === undefined) return <WaitRows rows={8} />;
  return <SimulationView simulation={simulation.data} projectId={projectId} />;
}

interface ViewProps {
  readonly simulation: Simulation;
  readonly projectId: string;
}

function SimulationView({ simulation, projectId }: ViewProps) {
  return (
    <>
      <PageHeader
        title={simulation.name}
        about={
          <>
            <LinkAnchor
              to="/p/$projectId/select"
              params={{ projectId }}
              search={{ tab: "simulations" }}
              size="sm"
            >
              Simulations
            </LinkAnchor>{" "}
            · {simulation.task} · pools of {formatCount(simulation.n_pool)}, tested on{" "}
            {formatCount(simulation.n_test)} · took {formatSeconds(simulation.seconds)},{" "}
            {formatAgo(simulation.created_at)} · <IdText id={simulation.id} />
          </>
        }
        actions={<DeleteButton simulation={simulation} projectId={projectId} />}
      />
      <Stack gap="md">
        <Panel title="Recommendation">
          <Text className={classes.verdict}>{simulation.recommendation}</Text>
        </Panel>
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <CurvesPanel simulation={simulation} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <NumbersPanel simulation={simulation} />
          </Grid.Col>
        </Grid>
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: simulation.forecasts.length > 0 ? 7 : 12 }}>
            <SavingsPanel simulation={simulation} />
          </Grid.Col>
          {simulation.forecasts.length > 0 && (
            <Grid.Col span={{ base: 12, md: 5 }}>
              <ForecastPanel forecasts={simulation.forecasts} metric={simulation.metric_name} />
            </Grid.Col>
          )}
        </Grid>
      </Stack>
    </>
  );
}

function DeleteButton({ simulation, projectId }: ViewProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () => deleteSimulation(simulation.id),
    onSuccess: async () => {
      await navigate({ to: "/p/$projectId/select", params: { projectId }, search: { tab: "simulations" } });
      await client.invalidateQueries({ queryKey: ["simulations"] });
    },
  });
  if (!mayWrite) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconTrash size={16} />}
      loading={deleting.isPending}
      onClick={() => {
        modals.openConfirmModal({
          title: `Delete ${simulation.name}?`,
          children: <Text size="sm">Its curves and figures are gone; the dataset stays as it is.</Text>,
          labels: { confirm: "Delete", cancel: "Cancel" },
          confirmProps: { color: "red" },
          onConfirm: () => {
            deleting.mutate();
          },
        });
      }}
    >
      Delete
    </Button>
  );
}

function CurvesPanel({ simulation }: { readonly simulation: Simulation }) {
  const { metric_name: metric, full_metric: full } = simulation;
  return (
    <Panel
      title={`${metric} over labels`}
      about={`The mean over resampled pools; bands are its 95 % interval. All labels give ${full.toFixed(3)}.`}
      fills
    >
      <LineChart
        title={`${metric} of each way of choosing over labels`}
        xTitle="labels"
        series={curveSeries(simulation.curves)}
        height={CHART_PX}
        yLimits={[0, 1]}
        formatX={(value) => formatCount(value)}
        formatY={(value) => String(Number(value.toFixed(3)))}
      />
    </Panel>
  );
}

function NumbersPanel({ simulation }: { readonly simulation: Simulation }) {
  const { curves } = simulation;
  return (
    <Panel title="The same as numbers" fills>
      <Table.ScrollContainer minWidth={120 + 110 * curves.length} mah={CHART_PX + 30}>
        <Table verticalSpacing={4} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">Labels</Table.Th>
              {curves.map((one) => (
                <Table.Th key={one.strategy} ta="right">
                  {strategyTitle(one.strategy)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {budgetsOf(curves).map((labels) => (
              <Table.Tr key={labels}>
                <Table.Td ta="right">{formatCount(labels)}</Table.Td>
                {curves.map((one) => {
                  const found = readCurve(one, labels);
                  return (
                    <Table.Td key={one.strategy} ta="right">
                      {found === null ? "" : found.mean.toFixed(3)}
                      {found !== null && (
                        <Text size="xs" c="dimmed">
                          {found.low.toFixed(3)} to {found.high.toFixed(3)}
                        </Text>
                      )}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function SavingsPanel({ simulation }: { readonly simulation: Simulation }) {
  const rows = simulation.savings.filter((one) => one.strategy !== "random");
  return (
    <Panel title="Labels saved against chance" about="At a share of the metric that all labels give." fills>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was compared with chance.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Way</Table.Th>
                <Table.Th ta="right">At</Table.Th>
                <Table.Th ta="right">Labels</Table.Th>
                <Table.Th ta="right">By chance</Table.Th>
                <Table.Th ta="right">Saved (95 %)</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((one) => (
                <SavingRow
                  key={`${one.strategy} ${String(one.at_share)}`}
                  saving={one}
                  isEverBelow={simulation.never_below_random[one.strategy] === false}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}

interface SavingRowProps {
  readonly saving: SimulatedSaving;
  /** At some budget it is significantly below chance. */
  readonly isEverBelow: boolean;
}

function SavingRow({ saving, isEverBelow }: SavingRowProps) {
  const verdict = judge(saving);
  const count = (value: number | null) => (value === null ? "never" : formatCount(Math.round(value)));
  return (
    <Table.Tr>
      <Table.Td>
        {strategyTitle(saving.strategy)}
        {isEverBelow && (
          <Text size="xs" c="red">
            below chance at some budget
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        {formatShare(saving.at_share, 0)}{" "}
        <Text span size="xs" c="dimmed">
          {saving.metric.toFixed(3)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{count(saving.n_strategy)}</Table.Td>
      <Table.Td ta="right">{count(saving.n_random)}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        {savingText(saving)}
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={verdict.color} tt="none">
          {verdict.text}
        </Badge>
      </Table.Td>
    </Table.Tr>
  );
}

interface ForecastProps {
  readonly forecasts: readonly CostForecast[];
  readonly metric: string;
}

function ForecastPanel({ forecasts, metric }: ForecastProps) {
  return (
    <Panel title={`What ${metric} ${String(forecasts[0]?.target ?? "")} costs`} fills>
      <Stack gap="sm">
        {forecasts.map((one) => (
          <div key={one.strategy}>
            <Group gap={8}>
              <Text size="sm" fw={600}>
                {strategyTitle(one.strategy)}
              </Text>
              {one.is_extrapolated && (
                <Badge size="sm" variant="light" color="yellow" tt="none">
                  beyond what was measured
                </Badge>
              )}
            </Group>
            <Text size="sm">{forecastText(one)}</Text>
            <Text size="xs" c="dimmed">
              {one.message}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
