import { Card, Group, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { datasetCountsQuery, datasetQuery } from "@/api/queries/datasets";
import type { DatasetCounts } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { formatCount } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { SubsetBar } from "@/ui/SubsetBar";
import { WaitRows } from "@/ui/Wait";

import { DiffPanel } from "./DiffPanel";
import { RevisionsPanel } from "./RevisionsPanel";
import { SnapshotsPanel } from "./SnapshotsPanel";
import { SubsetsPanel } from "./SubsetsPanel";
import { UploadPanel } from "./UploadPanel";

/** One dataset: its size and subsets, uploads, snapshots and what changed between any two moments. */
export function DatasetPage() {
  const { datasetId } = useParams({ from: "/signed-in/p/$projectId/datasets/$datasetId" });
  const projectId = useProjectId();
  const dataset = useQuery(datasetQuery(datasetId));
  const counts = useQuery(datasetCountsQuery(datasetId)).data;
  const { tab } = useSearch({ from: "/signed-in/p/$projectId/datasets/$datasetId" });
  const navigate = useNavigate();
  const mayWrite = useIsAtLeast("manager");
  if (dataset.isError) return <ProblemNote error={dataset.error} onRetry={() => void dataset.refetch()} />;
  if (dataset.data === undefined) return <WaitRows />;
  const shown = tab ?? (counts?.items === 0 && mayWrite ? "upload" : "snapshots");
  return (
    <>
      <PageHeader
        title={dataset.data.name}
        about={<IdText id={datasetId} />}
        actions={
          <>
            <LinkButton
              variant="default"
              to="/p/$projectId/crops/$datasetId"
              params={{ projectId, datasetId }}
            >
              Review crops
            </LinkButton>
            <LinkButton to="/p/$projectId/explorer" params={{ projectId }} search={{ dataset: datasetId }}>
              Explore the images
            </LinkButton>
          </>
        }
      />
      <Figures counts={counts} revision={dataset.data.revision} />
      <Tabs
        value={shown}
        onChange={(value) =>
          void navigate({
            to: "/p/$projectId/datasets/$datasetId",
            params: { projectId, datasetId },
            search: { tab: value ?? undefined },
            replace: true,
          })
        }
        mt="md"
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {mayWrite && <Tabs.Tab value="upload">Upload</Tabs.Tab>}
          <Tabs.Tab value="snapshots">Snapshots</Tabs.Tab>
          <Tabs.Tab value="compare">Compare two moments</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="subsets">Subsets</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="upload">
          <UploadPanel datasetId={datasetId} />
        </Tabs.Panel>
        <Tabs.Panel value="snapshots">
          <SnapshotsPanel dataset={dataset.data} />
        </Tabs.Panel>
        <Tabs.Panel value="compare">
          <DiffPanel dataset={dataset.data} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <RevisionsPanel datasetId={datasetId} />
        </Tabs.Panel>
        <Tabs.Panel value="subsets">
          <SubsetsPanel datasetId={datasetId} counts={counts} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Figures({
  counts,
  revision,
}: {
  readonly counts: DatasetCounts | undefined;
  readonly revision: number;
}) {
  return (
    <Card withBorder>
      <Group gap={48} align="flex-start">
        <Stat value={counts === undefined ? "…" : formatCount(counts.items)} label="items" />
        <Stat value={formatCount(revision)} label="revision" />
        <div style={{ flex: 1, minWidth: 280 }}>
          {counts === undefined ? <Text c="dimmed">…</Text> : <SubsetBar counts={counts} hasLegend />}
        </div>
      </Group>
    </Card>
  );
}
