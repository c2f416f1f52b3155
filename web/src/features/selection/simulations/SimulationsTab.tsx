import { Button, Card, Group, Table, Text } from "@mantine/core";
import { IconChartLine, IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { asText } from "@/api/json";
import { simulationsQuery } from "@/api/queries/simulations";
import type { Dataset, Simulation } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatShare } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { RunningJobs } from "../RunningJobs";
import { strategyTitle } from "../strategies";
import { bestSaving, savingText } from "./curves";
import { NewSimulation } from "./NewSimulation";

export interface SimulationsTabProps {
  readonly projectId: string;
  readonly datasets: readonly Dataset[];
}

/** Replays of labelled datasets: which way of choosing would have saved how much. */
export function SimulationsTab({ projectId, datasets }: SimulationsTabProps) {
  const simulations = useInfiniteQuery(simulationsQuery(projectId));
  const mayWrite = useIsAtLeast("manager");
  const [isOpen, setOpen] = useState(false);
  if (simulations.isError)
    return <ProblemNote error={simulations.error} onRetry={() => void simulations.refetch()} />;
  if (simulations.data === undefined) return <WaitRows />;
  const rows = simulations.data.pages.flatMap((page) => page.items);
  const add = mayWrite && datasets.length > 0 && (
    <Button
      leftSection={<IconPlus size={16} />}
      onClick={() => {
        setOpen(true);
      }}
    >
      New simulation
    </Button>
  );
  return (
    <>
      <RunningJobs projectId={projectId} kinds={["simulate"]} />
      {rows.length === 0 ? (
        <EmptyState icon={<IconChartLine size={28} />} title="Nothing simulated yet" action={add}>
          A simulation takes a labelled dataset, hides the labels, and lets each way of choosing buy them
          back. So you see what it would have saved here, with an interval, before you spend anything.
        </EmptyState>
      ) : (
        <>
          <Group justify="space-between" mb="sm">
            <Text size="sm" c="dimmed">
              Hidden labels, bought back by each way of choosing.
            </Text>
            {add}
          </Group>
          <SimulationTable rows={rows} projectId={projectId} datasets={datasets} />
        </>
      )}
      {simulations.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={simulations.isFetchingNextPage}
            onClick={() => void simulations.fetchNextPage()}
          >
            Older ones
          </Button>
        </Group>
      )}
      {isOpen && (
        <NewSimulation
          projectId={projectId}
          datasets={datasets}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

interface TableProps extends SimulationsTabProps {
  readonly rows: readonly Simulation[];
}

function SimulationTable({ rows, projectId, datasets }: TableProps) {
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={760}>
        <Table highlightOnHover verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Simulation</Table.Th>
              <Table.Th>Dataset</Table.Th>
              <Table.Th>Best</Table.Th>
              <Table.Th>Labels saved</Table.Th>
              <Table.Th ta="right">Made</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((one) => (
              <Row key={one.id} simulation={one} projectId={projectId} datasets={datasets} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

interface RowProps extends SimulationsTabProps {
  readonly simulation: Simulation;
}

function Row({ simulation, projectId, datasets }: RowProps) {
  const best = bestSaving(simulation);
  const datasetId = asText(simulation.spec.dataset_id);
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          fw={600}
          to="/p/$projectId/simulations/$simulationId"
          params={{ projectId, simulationId: simulation.id }}
        >
          {simulation.name}
        </LinkAnchor>
        <Text size="xs" c="dimmed">
          {simulation.task}, {simulation.metric_name}
        </Text>
      </Table.Td>
      <Table.Td>{datasets.find((one) => one.id === datasetId)?.name ?? "…"}</Table.Td>
      <Table.Td>{best === null ? "none" : strategyTitle(best.strategy)}</Table.Td>
      <Table.Td>
        {best === null ? "none" : savingText(best)}
        {best !== null && (
          <Text size="xs" c="dimmed">
            at {formatShare(best.at_share, 0)} of what all labels give
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Text size="sm" c="dimmed">
          {formatAgo(simulation.created_at)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
