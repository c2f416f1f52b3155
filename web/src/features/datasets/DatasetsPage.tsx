import { Button, Card, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDatabasePlus, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { datasetCountsQuery, datasetsQuery } from "@/api/queries/datasets";
import type { Dataset } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { SubsetBar } from "@/ui/SubsetBar";
import { WaitRows } from "@/ui/Wait";

import { NewDataset } from "./NewDataset";

/** The project's datasets: how large, how divided, how fresh. */
export function DatasetsPage() {
  const projectId = useProjectId();
  const datasets = useQuery(datasetsQuery(projectId));
  const [isAsking, asking] = useDisclosure(false);
  const create = useIsAtLeast("manager") ? (
    <Button leftSection={<IconPlus size={16} />} onClick={asking.open}>
      New dataset
    </Button>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Datasets"
        about="Sets of images with a revision counter: every change is kept, so that any moment can be read again."
        actions={create}
      />
      {datasets.isPending && <WaitRows />}
      {datasets.isError && <ProblemNote error={datasets.error} onRetry={() => void datasets.refetch()} />}
      {datasets.data?.items.length === 0 && (
        <EmptyState icon={<IconDatabasePlus size={28} />} title="No dataset yet" action={create}>
          Make one and drop your images on it, or import a folder with its labels:{" "}
          <Text component="code" ff="monospace" size="sm">
            whorl import ./photos
          </Text>
        </EmptyState>
      )}
      {datasets.data !== undefined && datasets.data.items.length > 0 && (
        <Card withBorder p={0}>
          <Table highlightOnHover stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th ta="right">Items</Table.Th>
                <Table.Th w={260}>Subsets</Table.Th>
                <Table.Th ta="right">Revision</Table.Th>
                <Table.Th>Made</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {datasets.data.items.map((dataset) => (
                <Row key={dataset.id} dataset={dataset} />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
      <NewDataset projectId={projectId} isOpen={isAsking} onClose={asking.close} />
    </>
  );
}

function Row({ dataset }: { readonly dataset: Dataset }) {
  const counts = useQuery(datasetCountsQuery(dataset.id)).data;
  const projectId = dataset.project_id;
  return (
    <Table.Tr>
      <Table.Td>
        <LinkAnchor
          fw={600}
          to="/p/$projectId/datasets/$datasetId"
          params={{ projectId, datasetId: dataset.id }}
        >
          {dataset.name}
        </LinkAnchor>
      </Table.Td>
      <Table.Td ta="right">{counts === undefined ? "…" : formatCount(counts.items)}</Table.Td>
      <Table.Td>{counts !== undefined && <SubsetBar counts={counts} />}</Table.Td>
      <Table.Td ta="right">{formatCount(dataset.revision)}</Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {formatAgo(dataset.created_at)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <LinkAnchor
          size="sm"
          to="/p/$projectId/explorer"
          params={{ projectId }}
          search={{ dataset: dataset.id }}
        >
          Explore
        </LinkAnchor>
      </Table.Td>
    </Table.Tr>
  );
}
