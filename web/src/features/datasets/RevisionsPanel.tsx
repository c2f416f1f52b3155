import { Button, Card, Group, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { revisionsQuery } from "@/api/queries/datasets";
import { formatAgo, formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** Who changed the dataset, when, and what was done; newest first. */
export function RevisionsPanel({ datasetId }: { readonly datasetId: string }) {
  const pages = useInfiniteQuery(revisionsQuery(datasetId));
  if (pages.isError) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.data === undefined) return <WaitRows />;
  const revisions = pages.data.pages.flatMap((page) => page.items);
  if (revisions.length === 0) return <Text c="dimmed">Nothing has happened yet.</Text>;
  return (
    <>
      <Card withBorder p={0}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right" w={90}>
                Revision
              </Table.Th>
              <Table.Th>What was done</Table.Th>
              <Table.Th>By</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {revisions.map((one) => (
              <Table.Tr key={one.revision}>
                <Table.Td ta="right">{formatCount(one.revision)}</Table.Td>
                <Table.Td>
                  <Group gap={8}>
                    <Text size="sm">{one.action.replaceAll("_", " ")}</Text>
                    <Text size="sm" c="dimmed">
                      {sayRevision(one.summary)}
                    </Text>
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Text size="xs" ff="monospace" c="dimmed">
                    {one.actor_id}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" title={one.at}>
                    {formatAgo(one.at)}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      {pages.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          Show earlier ones
        </Button>
      )}
    </>
  );
}

/** The plain values of a revision's summary, as "items 12, source upload". */
export function sayRevision(summary: Readonly<Record<string, unknown>>): string {
  return Object.entries(summary)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([key, value]) => `${key.replaceAll("_", " ")} ${String(value)}`)
    .join(", ");
}
