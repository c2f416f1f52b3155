import { Card, Group, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconEqual } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button } from "@mantine/core";
import { useState } from "react";

import { diffItemsQuery, diffQuery, snapshotsQuery } from "@/api/queries/datasets";
import type { ChangeCounts, ChangeKind, Dataset, Snapshot } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { Thumb } from "@/ui/Thumb";
import { WaitRows } from "@/ui/Wait";

const KINDS: readonly ChangeKind[] = ["added", "changed", "removed"];

/** What was added, changed and removed between two revisions or snapshots. */
export function DiffPanel({ dataset }: { readonly dataset: Dataset }) {
  const snapshots = useQuery(snapshotsQuery(dataset.id)).data?.items ?? [];
  const [from, setFrom] = useState(0);
  const [to, setTo] = useState(dataset.revision);
  return (
    <Stack>
      <Group align="flex-end">
        <Moment label="From" value={from} onChange={setFrom} dataset={dataset} snapshots={snapshots} />
        <Moment label="To" value={to} onChange={setTo} dataset={dataset} snapshots={snapshots} />
      </Group>
      {from >= to ? (
        <Text c="dimmed">Choose an earlier moment first and a later one second.</Text>
      ) : (
        <Difference
          key={`${String(from)}-${String(to)}`}
          datasetId={dataset.id}
          from={from}
          to={to}
          projectId={dataset.project_id}
        />
      )}
    </Stack>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (revision: number) => void;
  readonly dataset: Dataset;
  readonly snapshots: readonly Snapshot[];
}

/** A revision, by number or by a snapshot's name. */
function Moment({ label, value, onChange, dataset, snapshots }: MomentProps) {
  const choices = [
    { value: "0", label: "the beginning" },
    ...uniqueByRevision(snapshots).map((one) => ({ value: String(one.revision), label: one.name })),
    { value: String(dataset.revision), label: "now" },
  ].filter((one, index, all) => all.findIndex((other) => other.value === one.value) === index);
  return (
    <Group gap={6} align="flex-end">
      <Select
        label={label}
        data={choices}
        value={choices.some((one) => one.value === String(value)) ? String(value) : null}
        placeholder="a revision"
        onChange={(chosen) => {
          if (chosen !== null) onChange(Number(chosen));
        }}
        w={220}
      />
      <NumberInput
        aria-label={`${label}: revision`}
        value={value}
        min={0}
        max={dataset.revision}
        onChange={(given) => {
          if (typeof given === "number") onChange(given);
        }}
        w={110}
      />
    </Group>
  );
}

function uniqueByRevision(snapshots: readonly Snapshot[]): readonly Snapshot[] {
  return [...new Map(snapshots.map((one) => [one.revision, one])).values()];
}

interface DifferenceProps {
  readonly datasetId: string;
  readonly projectId: string;
  readonly from: number;
  readonly to: number;
}

function Difference({ datasetId, projectId, from, to }: DifferenceProps) {
  const diff = useQuery(diffQuery({ datasetId, from, to }));
  const [kind, setKind] = useState<ChangeKind>("added");
  if (diff.isError) return <ProblemNote error={diff.error} onRetry={() => void diff.refetch()} />;
  if (diff.data === undefined) return <WaitRows rows={3} />;
  return (
    <Stack>
      <SimpleGrid cols={2}>
        <Counts title="Items" counts={diff.data.items} />
        <Counts title="Ground-truth annotations" counts={diff.data.annotations} />
      </SimpleGrid>
      <SegmentedControl
        w="fit-content"
        value={kind}
        onChange={(value) => {
          const chosen = KINDS.find((one) => one === value);
          if (chosen !== undefined) setKind(chosen);
        }}
        data={KINDS.map((one) => ({ value: one, label: `${one} ${formatCount(diff.data.items[one] ?? 0)}` }))}
      />
      <ChangedItems datasetId={datasetId} projectId={projectId} from={from} to={to} kind={kind} />
    </Stack>
  );
}

function Counts({ title, counts }: { readonly title: string; readonly counts: ChangeCounts }) {
  return (
    <Card withBorder>
      <Text fw={600} mb={4}>
        {title}
      </Text>
      <Group gap="lg">
        <Text c="teal">+ {formatCount(counts.added ?? 0)} added</Text>
        <Text c="yellow.7">~ {formatCount(counts.changed ?? 0)} changed</Text>
        <Text c="red">− {formatCount(counts.removed ?? 0)} removed</Text>
      </Group>
    </Card>
  );
}

function ChangedItems({
  datasetId,
  projectId,
  from,
  to,
  kind,
}: DifferenceProps & { readonly kind: ChangeKind }) {
  const pages = useInfiniteQuery(diffItemsQuery({ datasetId, from, to, kind }));
  if (pages.isError) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.data === undefined) return <WaitRows rows={2} height={120} />;
  const items = pages.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState icon={<IconEqual size={28} />} title={`No item was ${kind}`}>
        Between these two moments nothing of this kind happened.
      </EmptyState>
    );
  }
  return (
    <>
      <SimpleGrid cols={{ base: 5, lg: 8 }} spacing="xs">
        {items.map((one) => (
          <Thumb
            key={one.item_id}
            itemId={one.item_id}
            name={one.name}
            projectId={projectId}
            isGone={kind === "removed"}
          />
        ))}
      </SimpleGrid>
      {pages.hasNextPage && (
        <Button
          variant="default"
          w="fit-content"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
