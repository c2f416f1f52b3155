import { Card, Group, Table, Text, Tooltip } from "@mantine/core";
import { IconReceipt2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { ledgerQuery } from "@/api/queries/ledger";
import type { Ledger, LedgerGroup, LedgerRow } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount, formatSeconds } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { busyRows, perObject, sumWords } from "./ledger";
import classes from "./ledger.module.css";
import { spaced } from "./words";

/** What the labels of a pipeline cost: people against machines, step by step. */
export function LedgerPanel({ pipelineId }: { readonly pipelineId: string }) {
  const ledger = useQuery(ledgerQuery(pipelineId));
  if (ledger.isError) return <ProblemNote error={ledger.error} onRetry={() => void ledger.refetch()} />;
  if (ledger.data === undefined) return <WaitRows rows={4} />;
  const rows = busyRows(ledger.data.rows);
  if (rows.length === 0) {
    return (
      <EmptyState icon={<IconReceipt2 size={28} />} title="Nothing to account for yet">
        Seconds of people are counted while they work in its tasks, idle time left out, and seconds of
        machines while its steps run. Nothing of this pipeline has done either so far.
      </EmptyState>
    );
  }
  return (
    <>
      <Sums ledger={ledger.data} />
      <Card withBorder p={0} mt="md">
        <Rows rows={rows} />
      </Card>
      <Groups groups={ledger.data.groups ?? []} />
    </>
  );
}

function Sums({ ledger }: { readonly ledger: Ledger }) {
  const each = ledger.human_seconds_per_object;
  return (
    <Card withBorder>
      <Group gap="xl" align="flex-start">
        <Stat value={formatSeconds(ledger.human_seconds)} label="of people" />
        <Stat value={formatSeconds(ledger.machine_seconds)} label="of machines" />
        <Stat
          value={formatCount(ledger.n_objects)}
          label="objects"
          note={`on ${formatCount(ledger.n_items)} images`}
        />
        <Stat value={formatCount(ledger.n_missed)} label="of them missed by a model" />
        <Stat
          value={each === null ? "–" : `${each.toFixed(1)} s`}
          label="of people per object"
          note={each === null ? "nothing came out yet" : undefined}
        />
      </Group>
      <Text size="sm" mt="sm">
        {sumWords(ledger)}
      </Text>
    </Card>
  );
}

function Rows({ rows }: { readonly rows: readonly LedgerRow[] }) {
  const projectId = useProjectId();
  const most = Math.max(...rows.map((row) => Math.max(row.human_seconds, row.machine_seconds)));
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Step</Table.Th>
          <Table.Th ta="right">Images</Table.Th>
          <Table.Th ta="right">Objects</Table.Th>
          <Table.Th ta="right">People</Table.Th>
          <Table.Th ta="right">Machines</Table.Th>
          <Table.Th w="24%">People against machines</Table.Th>
          <Table.Th ta="right">People per object</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={`${row.node} ${row.task_id ?? ""}`}>
            <Table.Td>
              <StepName row={row} projectId={projectId} />
            </Table.Td>
            <Table.Td ta="right">{formatCount(row.n_items)}</Table.Td>
            <Table.Td ta="right">{row.n_objects === 0 ? "–" : formatCount(row.n_objects)}</Table.Td>
            <Table.Td ta="right">{row.human_seconds === 0 ? "–" : formatSeconds(row.human_seconds)}</Table.Td>
            <Table.Td ta="right">
              {row.machine_seconds === 0 ? "–" : formatSeconds(row.machine_seconds)}
            </Table.Td>
            <Table.Td>
              <Bars row={row} most={most} />
            </Table.Td>
            <Table.Td ta="right">{eachWords(perObject(row))}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function StepName({ row, projectId }: { readonly row: LedgerRow; readonly projectId: string }) {
  const { node, type } = row;
  const taskId = row.task_id ?? null;
  const skills = row.skills ?? [];
  return (
    <>
      {taskId === null ? (
        <Text size="sm" fw={600} span>
          {spaced(node)}
        </Text>
      ) : (
        <LinkAnchor size="sm" fw={600} to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId }}>
          {spaced(node)}
        </LinkAnchor>
      )}{" "}
      <Text size="xs" c="dimmed" span>
        {spaced(type)}
        {skills.length > 0 && `, needs ${skills.join(", ")}`}
      </Text>
    </>
  );
}

/** Whose time it was: of those who need a skill apart from the others. */
function Groups({ groups }: { readonly groups: readonly LedgerGroup[] }) {
  if (groups.length < 2) return null;
  return (
    <Card withBorder p={0} mt="md">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Whose time</Table.Th>
            <Table.Th ta="right">People</Table.Th>
            <Table.Th ta="right">Images</Table.Th>
            <Table.Th ta="right">Objects</Table.Th>
            <Table.Th ta="right">Time</Table.Th>
            <Table.Th ta="right">Per object</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group) => (
            <Table.Tr key={group.skills.join(" ")}>
              <Table.Td>
                {group.skills.length === 0 ? "Anybody" : `Who can: ${group.skills.join(", ")}`}
              </Table.Td>
              <Table.Td ta="right">{formatCount(group.n_people)}</Table.Td>
              <Table.Td ta="right">{formatCount(group.n_items)}</Table.Td>
              <Table.Td ta="right">{formatCount(group.n_objects)}</Table.Td>
              <Table.Td ta="right">{formatSeconds(group.human_seconds)}</Table.Td>
              <Table.Td ta="right">{eachWords(group.human_seconds_per_object)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function eachWords(seconds: number | null): string {
  return seconds === null ? "–" : `${seconds.toFixed(1)} s`;
}

function Bars({ row, most }: { readonly row: LedgerRow; readonly most: number }) {
  const width = (seconds: number) => (most === 0 ? 0 : (100 * seconds) / most);
  return (
    <Tooltip
      label={`${formatSeconds(row.human_seconds)} of people, ${formatSeconds(row.machine_seconds)} of machines`}
    >
      <svg className={classes.bars} viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
        <rect className={classes.human} x="0" y="1" height="6" width={width(row.human_seconds)} />
        <rect className={classes.machine} x="0" y="9" height="6" width={width(row.machine_seconds)} />
      </svg>
    </Tooltip>
  );
}
