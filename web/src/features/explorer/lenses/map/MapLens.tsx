import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconMap2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { useIsAtLeast } from "@/app/context";
import { mapsQuery, pointsQuery } from "@/api/queries/maps";
import { EmptyState } from "@/ui/EmptyState";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";

import type { LensProps } from "../lens";

import { MapStage } from "./MapStage";
import { useMapJob, type MapJob } from "./useMapJob";
import { readPoints } from "./wire";

/** The items as points: like ones near to each other. */
export function MapLens(props: LensProps) {
  const { datasetId } = props.filter;
  const maps = useQuery(mapsQuery(datasetId));
  const work = useMapJob(datasetId);
  const newest = maps.data?.[0];
  const points = useQuery({
    ...pointsQuery(newest?.id ?? ""),
    enabled: newest !== undefined,
    select: readPoints,
  });
  const failed = maps.error ?? points.error;
  if (failed !== null) {
    return <ProblemNote error={failed} onRetry={() => void maps.refetch()} />;
  }
  if (maps.data === undefined || (newest !== undefined && points.data === undefined)) {
    return <Skeleton h="100%" radius={0} aria-label="Loading the map" />;
  }
  if (newest === undefined || points.data === undefined) return <NoMap work={work} />;
  return <MapStage key={newest.id} {...props} map={newest} points={points.data} work={work} />;
}

function NoMap({ work }: { readonly work: MapJob }) {
  const isManager = useIsAtLeast("manager");
  return (
    <Stack align="center">
      <EmptyState
        icon={<IconMap2 size={28} />}
        title="No map yet"
        action={
          isManager && !work.isRunning ? (
            <Button
              mt="xs"
              onClick={() => {
                work.start(false);
              }}
            >
              Compute the map
            </Button>
          ) : undefined
        }
      >
        A map lays out the images so that those that look alike lie together. It shows clusters, outliers and
        what a new source brings. {!isManager && "A manager can compute it."}
      </EmptyState>
      <MapProgress work={work} />
    </Stack>
  );
}

/** How far a computation is, or why the last one failed. */
export function MapProgress({ work }: { readonly work: MapJob }) {
  const { job, error, isRunning } = work;
  const isManager = useIsAtLeast("manager");
  if (error !== null) return <ProblemNote error={error} />;
  if (job === undefined || (!isRunning && job.state !== "failed")) return null;
  return (
    <Group w={380} maw="100%" p="xs">
      <div style={{ flex: 1 }}>
        <JobRow job={job} onCancel={isManager ? work.cancel : undefined} />
        {job.state === "queued" && (
          <Text size="xs" c="dimmed">
            You can go on working; the map appears when it is done.
          </Text>
        )}
      </div>
    </Group>
  );
}
