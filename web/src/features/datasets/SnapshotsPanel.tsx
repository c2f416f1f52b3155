import { Button, Card, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconCamera } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createSnapshot, snapshotsQuery } from "@/api/queries/datasets";
import type { Dataset } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** Named moments of a dataset; making one costs nothing, because nothing is copied. */
export function SnapshotsPanel({ dataset }: { readonly dataset: Dataset }) {
  const snapshots = useQuery(snapshotsQuery(dataset.id));
  const [isAsking, asking] = useDisclosure(false);
  const mayWrite = useIsAtLeast("manager");
  const make = mayWrite ? (
    <Button leftSection={<IconCamera size={16} />} onClick={asking.open}>
      Make a snapshot
    </Button>
  ) : undefined;
  return (
    <>
      {snapshots.isPending && <WaitRows />}
      {snapshots.isError && <ProblemNote error={snapshots.error} onRetry={() => void snapshots.refetch()} />}
      {snapshots.data?.items.length === 0 && (
        <EmptyState icon={<IconCamera size={28} />} title="No snapshot yet" action={make}>
          A snapshot names this moment of the dataset, so that a training or a report can be read again
          exactly as it was. Nothing is copied.
        </EmptyState>
      )}
      {snapshots.data !== undefined && snapshots.data.items.length > 0 && (
        <>
          <Group justify="flex-end" mb="sm">
            {make}
          </Group>
          <Card withBorder p={0}>
            <Table highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th ta="right">Revision</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {snapshots.data.items.map((one) => (
                  <Table.Tr key={one.id}>
                    <Table.Td fw={600}>{one.name}</Table.Td>
                    <Table.Td ta="right">{formatCount(one.revision)}</Table.Td>
                    <Table.Td>
                      <Text size="sm" c="dimmed">
                        {formatAgo(one.created_at)}
                      </Text>
                    </Table.Td>
                    <Table.Td ta="right">
                      <LinkAnchor
                        size="sm"
                        to="/p/$projectId/explorer"
                        params={{ projectId: dataset.project_id }}
                        search={{ dataset: dataset.id, as_of: one.revision }}
                      >
                        Look at it as it was
                      </LinkAnchor>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Card>
        </>
      )}
      <NewSnapshot dataset={dataset} isOpen={isAsking} onClose={asking.close} />
    </>
  );
}

interface NewSnapshotProps {
  readonly dataset: Dataset;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

function NewSnapshot({ dataset, isOpen, onClose }: NewSnapshotProps) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => createSnapshot({ datasetId: dataset.id, name }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["snapshots", dataset.id] });
      notifications.show({ message: `Snapshot “${made.name}” of revision ${formatCount(made.revision)}` });
      setName("");
      onClose();
    },
  });
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={`Snapshot of “${dataset.name}”, revision ${formatCount(dataset.revision)}`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="before relabelling trucks"
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={making.isPending}>
              Make it
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
