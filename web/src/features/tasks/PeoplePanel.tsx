import { Card, Table, Text, Tooltip } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { taskPeopleQuery } from "@/api/queries/tasks";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount, formatSeconds, formatShare } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

export interface PeoplePanelProps {
  readonly taskId: string;
  readonly isReview: boolean;
}

/** Throughput per person, and how often their work passed review untouched. */
export function PeoplePanel({ taskId, isReview }: PeoplePanelProps) {
  const people = useQuery(taskPeopleQuery(taskId));
  if (people.isError) return <ProblemNote error={people.error} onRetry={() => void people.refetch()} />;
  if (people.data === undefined) return <WaitRows rows={3} />;
  if (people.data.length === 0) {
    return (
      <EmptyState icon={<IconUsers size={28} />} title="Nobody has worked on it yet">
        Whoever opens the task gets the next free items; here you will see how fast and how well it goes.
      </EmptyState>
    );
  }
  return (
    <Card withBorder p={0}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Person</Table.Th>
            <Table.Th ta="right">In hand</Table.Th>
            <Table.Th ta="right">{isReview ? "Reviewed" : "Submitted"}</Table.Th>
            <Table.Th ta="right">Approved</Table.Th>
            <Table.Th ta="right">Sent back</Table.Th>
            <Table.Th ta="right">
              <Tooltip label="Of the approved work, how much its reviewer left as it was">
                <span>Agreement</span>
              </Tooltip>
            </Table.Th>
            <Table.Th ta="right">Items per hour</Table.Th>
            <Table.Th ta="right">Time spent</Table.Th>
            <Table.Th>Last seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.data.map((one) => (
            <Table.Tr key={one.person_id}>
              <Table.Td fw={600}>{one.name}</Table.Td>
              <Table.Td ta="right">{formatCount(one.leased)}</Table.Td>
              <Table.Td ta="right">{formatCount(one.submitted)}</Table.Td>
              <Table.Td ta="right">{formatCount(one.approved)}</Table.Td>
              <Table.Td ta="right">{formatCount(one.sent_back)}</Table.Td>
              <Table.Td ta="right">{share(one.approved_untouched_share)}</Table.Td>
              <Table.Td ta="right">
                {one.items_per_hour === null ? "–" : formatCount(Math.round(one.items_per_hour))}
              </Table.Td>
              <Table.Td ta="right">{formatSeconds(one.human_seconds)}</Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {one.last_active_at === null ? "–" : formatAgo(one.last_active_at)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function share(value: number | null): string {
  return value === null ? "–" : formatShare(value, 0);
}
