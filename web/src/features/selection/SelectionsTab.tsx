import { Badge, Button, Card, Group, Table, Text } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";

import { selectionsQuery } from "@/api/queries/selections";
import type { Dataset, Selection } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount, formatShare } from "@/ui/format";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { RunningJobs } from "./RunningJobs";
import { strategyTitle } from "./strategies";

export interface SelectionsTabProps {
  readonly projectId: string;
  readonly datasets: readonly Dataset[];
}

/** Every choice that was made, newest first, and how much of it is labelled by now. */
export function SelectionsTab({ projectId, datasets }: SelectionsTabProps) {
  const selections = useInfiniteQuery(selectionsQuery(projectId));
  if (selections.isError)
    return <ProblemNote error={selections.error} onRetry={() => void selections.refetch()} />;
  if (selections.data === undefined) return <WaitRows />;
  const rows = selections.data.pages.flatMap((page) => page.items);
  return (
    <>
      <RunningJobs projectId={projectId} kinds={["select"]} />
      {rows.length === 0 ? (
        <EmptyState
          icon={<IconSparkles size={28} />}
          title="Nothing chosen yet"
          action={
            <LinkButton to="/p/$projectId/select" params={{ projectId }}>
              Choose images
            </LinkButton>
          }
        >
          A selection is a list of images worth labelling, with the reason for each. It never changes, so what
          it saved can be measured later.
        </EmptyState>
      ) : (
        <Card withBorder padding={0}>
          <Table.ScrollContainer minWidth={760}>
            <Table highlightOnHover verticalSpacing="sm">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Selection</Table.Th>
                  <Table.Th>Dataset</Table.Th>
                  <Table.Th>How</Table.Th>
                  <Table.Th ta="right">Images</Table.Th>
                  <Table.Th ta="right">By chance</Table.Th>
                  <Table.Th ta="right">Labelled</Table.Th>
                  <Table.Th ta="right">Made</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((one) => (
                  <Row key={one.id} selection={one} projectId={projectId} datasets={datasets} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
      {selections.hasNextPage && (
        <Group justify="center" mt="sm">
          <Button
            variant="default"
            loading={selections.isFetchingNextPage}
            onClick={() => void selections.fetchNextPage()}
          >
            Older ones
          </Button>
        </Group>
      )}
    </>
  );
}

interface RowProps {
  readonly selection: Selection;
  readonly projectId: string;
  readonly datasets: readonly Dataset[];
}

function Row({ selection, projectId, datasets }: RowProps) {
  const { n_items: size } = selection;
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          fw={600}
          to="/p/$projectId/selections/$selectionId"
          params={{ projectId, selectionId: selection.id }}
        >
          {selection.name}
        </LinkAnchor>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{datasets.find((one) => one.id === selection.dataset_id)?.name ?? "…"}</Text>
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color="gray" tt="none">
          {strategyTitle(selection.strategy)}
        </Badge>
      </Table.Td>
      <Table.Td ta="right">
        {formatCount(size)}{" "}
        <Text span size="xs" c="dimmed">
          of {formatCount(selection.n_pool)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{formatCount(selection.n_random)}</Table.Td>
      <Table.Td ta="right">{size === 0 ? "none" : formatShare(selection.n_labelled / size, 0)}</Table.Td>
      <Table.Td ta="right">
        <Text size="sm" c="dimmed">
          {formatAgo(selection.created_at)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
