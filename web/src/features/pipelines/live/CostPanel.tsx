import { Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { pipelineStatusQuery } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { formatCount, formatSeconds } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { spaced } from "../words";
import { sayRate } from "./liveMarks";

/** What each step has done and what it took, of machines and of people. */
export function CostPanel({ pipeline }: { readonly pipeline: Pipeline }) {
  const status = useQuery(pipelineStatusQuery(pipeline.id));
  if (status.isPending) return <WaitRows rows={8} />;
  if (status.isError) return <ProblemNote error={status.error} onRetry={() => void status.refetch()} />;
  const { nodes } = status.data;
  const all = Object.values(nodes);
  const machine = all.reduce((sum, one) => sum + one.machine_seconds, 0);
  const human = all.reduce((sum, one) => sum + one.human_seconds, 0);
  return (
    <Panel title="Steps and what they took" about="Since the pipeline began, over all its runs and versions.">
      <Group gap={40} mb="sm">
        <Stat label="Machine time" value={formatSeconds(machine)} />
        <Stat label="People's time" value={formatSeconds(human)} />
      </Group>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing={4} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Step</Table.Th>
              <Table.Th ta="right">Waiting</Table.Th>
              <Table.Th ta="right">At work</Table.Th>
              <Table.Th ta="right">Parked</Table.Th>
              <Table.Th ta="right">Failed</Table.Th>
              <Table.Th ta="right">Done</Table.Th>
              <Table.Th ta="right">A minute</Table.Th>
              <Table.Th ta="right">Machine time</Table.Th>
              <Table.Th ta="right">People's time</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pipeline.definition.nodes.map(({ id }) => {
              const one = nodes[id];
              return (
                <Table.Tr key={id}>
                  <Table.Td>{spaced(id)}</Table.Td>
                  <Cell value={one?.waiting} />
                  <Cell value={one?.running} />
                  <Cell value={one?.parked} />
                  <Cell value={one?.failed} isBad />
                  <Cell value={one?.done} />
                  <Cell value={one?.done_per_minute} say={sayRate} />
                  <Cell value={one?.machine_seconds} say={formatSeconds} />
                  <Cell value={one?.human_seconds} say={formatSeconds} />
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

interface CellProps {
  readonly value: number | undefined;
  readonly say?: (value: number) => string;
  readonly isBad?: boolean;
}

function Cell({ value = 0, say = formatCount, isBad = false }: CellProps) {
  return (
    <Table.Td ta="right">
      <Text size="sm" c={value === 0 ? "dimmed" : isBad ? "red" : undefined}>
        {value === 0 ? "–" : say(value)}
      </Text>
    </Table.Td>
  );
}
