import { Badge, Button, Chip, Group, SimpleGrid, Text } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";

import { taskItemsQuery, type ItemStatus } from "@/api/queries/tasks";
import type { TaskCounts } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Thumb } from "@/ui/Thumb";
import { WaitRows } from "@/ui/Wait";

const STATUSES: readonly { readonly status: ItemStatus; readonly name: string; readonly color: string }[] = [
  { status: "queued", name: "queued", color: "gray" },
  { status: "leased", name: "in hand", color: "yellow" },
  { status: "submitted", name: "submitted", color: "blue" },
  { status: "rework", name: "sent back", color: "red" },
  { status: "approved", name: "approved", color: "teal" },
  { status: "waiting", name: "waiting", color: "gray" },
  { status: "discarded", name: "discarded", color: "dark" },
];

export interface TaskItemsPanelProps {
  readonly taskId: string;
  readonly projectId: string;
  readonly counts: TaskCounts;
}

/** The items of a task by where they stand. */
export function TaskItemsPanel({ taskId, projectId, counts }: TaskItemsPanelProps) {
  const [status, setStatus] = useState<ItemStatus | null>(null);
  const pages = useInfiniteQuery(taskItemsQuery({ taskId, status }));
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Group gap={6} mb="sm">
        <Chip
          size="xs"
          checked={status === null}
          onChange={() => {
            setStatus(null);
          }}
        >
          all
        </Chip>
        {STATUSES.filter((one) => counts[one.status] > 0).map((one) => (
          <Chip
            key={one.status}
            size="xs"
            checked={status === one.status}
            onChange={() => {
              setStatus(one.status);
            }}
          >
            {one.name} {formatCount(counts[one.status])}
          </Chip>
        ))}
      </Group>
      {pages.isError && <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.isPending && <WaitRows rows={2} height={120} />}
      {pages.data !== undefined && items.length === 0 && (
        <EmptyState icon={<IconPhotoOff size={28} />} title="No items here">
          Choose images in the explorer and add them to this task, or wait until a pipeline sends some.
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 5, lg: 8 }} spacing="xs">
        {items.map((one) => (
          <div key={one.item_id}>
            <Thumb itemId={one.item_id} name={one.item_id} projectId={projectId} />
            <StatusBadge status={one.status} />
          </div>
        ))}
      </SimpleGrid>
      {pages.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}

function StatusBadge({ status }: { readonly status: ItemStatus }) {
  const found = STATUSES.find((one) => one.status === status);
  return found === undefined ? (
    <Text size="xs">{status}</Text>
  ) : (
    <Badge size="xs" variant="light" color={found.color}>
      {found.name}
    </Badge>
  );
}
