import { Alert, Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCopy, IconScan } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { duplicateScansQuery } from "@/api/queries/duplicates";
import type { Dataset, DuplicateScan } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo, formatBytes, formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { RunningJobs } from "../RunningJobs";
import { BulkBar } from "./BulkBar";
import { GroupList } from "./GroupList";
import { ScanDialog } from "./ScanDialog";

export interface DuplicatesTabProps {
  readonly projectId: string;
  readonly dataset: Dataset;
}

/** Images that are one scene: found, shown side by side, and dealt with together. */
export function DuplicatesTab({ projectId, dataset }: DuplicatesTabProps) {
  const scans = useQuery(duplicateScansQuery(dataset.id));
  const mayWrite = useIsAtLeast("manager");
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  if (scans.isError) return <ProblemNote error={scans.error} onRetry={() => void scans.refetch()} />;
  if (scans.data === undefined) return <WaitRows />;
  const made = scans.data.items;
  const scan = made.find((one) => one.id === chosen) ?? made[0];
  const button = mayWrite && (
    <Button
      leftSection={<IconScan size={16} />}
      onClick={() => {
        setOpen(true);
      }}
    >
      Search for duplicates
    </Button>
  );
  return (
    <>
      <RunningJobs projectId={projectId} kinds={["find_duplicates"]} />
      {scan === undefined ? (
        <EmptyState icon={<IconCopy size={28} />} title="Not searched yet" action={button}>
          A hundred pictures of the same scene cost a hundred labels and teach one. And a scene that is in
          training and in test makes a model look better than it is.
        </EmptyState>
      ) : (
        <Stack gap="md">
          <Group justify="space-between">
            <Select
              aria-label="Search"
              w={340}
              allowDeselect={false}
              data={made.map((one) => ({ value: one.id, label: scanName(one) }))}
              value={scan.id}
              onChange={setChosen}
            />
            {button}
          </Group>
          <Found key={scan.id} projectId={projectId} scan={scan} dataset={dataset} />
        </Stack>
      )}
      {isOpen && (
        <ScanDialog
          dataset={dataset}
          onClose={() => {
            setOpen(false);
          }}
          onDone={(scanId) => {
            setChosen(scanId);
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

function scanName(scan: DuplicateScan): string {
  return `${formatAgo(scan.created_at)}: ${formatCount(scan.n_groups)} groups, revision ${String(scan.revision)}`;
}

interface FoundProps {
  readonly projectId: string;
  readonly scan: DuplicateScan;
  readonly dataset: Dataset;
}

function Found({ projectId, scan, dataset }: FoundProps) {
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const kinds = Object.entries(scan.by_kind).filter(([, count]) => count > 0);
  return (
    <>
      <Panel
        title="Found"
        about={
          scan.revision === dataset.revision
            ? "In the dataset as it is now."
            : "The dataset has changed since; what is gone is left alone."
        }
      >
        <Group gap={48} align="flex-start">
          <Stat
            value={formatCount(scan.n_groups)}
            label="groups"
            note={kinds.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(", ")}
          />
          <Stat
            value={formatCount(scan.n_extra)}
            label={`extra of ${formatCount(scan.n_items)} images`}
            note="beside the one that each group keeps"
          />
          <Stat value={formatBytes(scan.extra_bytes)} label="in the extras" />
        </Group>
        {scan.n_plain > 0 && (
          <Text size="xs" c="dimmed" mt="xs">
            {formatCount(scan.n_plain)} images are plain, as of a covered lens: of those only copies are
            found.
          </Text>
        )}
        {scan.n_skipped > 0 && (
          <Text size="xs" c="red" mt="xs">
            {formatCount(scan.n_skipped)} images could not be looked at:{" "}
            {(scan.skipped ?? []).slice(0, 3).join("; ")}
          </Text>
        )}
      </Panel>
      {scan.crossing > 0 && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle size={18} />}
          title={
            scan.crossing === 1
              ? "1 group is in training and in test"
              : `${formatCount(scan.crossing)} groups are in training and in test`
          }
        >
          <Text size="sm">
            A model has seen these test images, so its figures flatter it. Keep the groups together, then
            split the dataset again.
          </Text>
        </Alert>
      )}
      {scan.n_groups > 0 && (
        <BulkBar
          scan={scan}
          marked={marked}
          onClear={() => {
            setMarked(new Set());
          }}
        />
      )}
      <GroupList projectId={projectId} scan={scan} marked={marked} onMark={setMarked} />
    </>
  );
}
