import { Card, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { itemLineageQuery } from "@/api/queries/items";
import { useProjectId } from "@/app/context";
import { formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** Where the item came from, who worked on it, and which models learned from it. */
export function ItemLineagePanel({ itemId }: { readonly itemId: string }) {
  const projectId = useProjectId();
  const lineage = useQuery(itemLineageQuery(itemId));
  if (lineage.isError) return <ProblemNote error={lineage.error} onRetry={() => void lineage.refetch()} />;
  if (lineage.data === undefined) return <WaitRows rows={4} />;
  const { imports, tasks, predictions, models, snapshots, copies } = lineage.data;
  return (
    <Stack gap="sm">
      <Part title="Came in by" isEmpty={imports.length === 0} none="Uploaded, or made in Whorl.">
        {imports.map((one) => (
          <Text key={one.source + one.name} size="sm" style={{ overflowWrap: "anywhere" }}>
            {one.source}: {one.name}
          </Text>
        ))}
      </Part>
      <Part title="Worked on in" isEmpty={tasks.length === 0} none="No task yet.">
        {tasks.map((one) => (
          <Text key={one.task_id} size="sm">
            <LinkAnchor to="/p/$projectId/tasks/$taskId" params={{ projectId, taskId: one.task_id }}>
              {one.name}
            </LinkAnchor>
            : {one.status}
            {one.submitted_by_name !== null && `, by ${one.submitted_by_name}`}
            {one.reviewed_by_name !== null && `, reviewed by ${one.reviewed_by_name}`}
          </Text>
        ))}
      </Part>
      <Part title="Predicted by" isEmpty={predictions.length === 0} none="No model yet.">
        {predictions.map((one) => (
          <Text key={one.model_id} size="sm">
            <LinkAnchor to="/p/$projectId/models/$modelId" params={{ projectId, modelId: one.model_id }}>
              {one.model_name}
            </LinkAnchor>
            : {formatCount(one.annotations)} objects
          </Text>
        ))}
      </Part>
      <Part title="Models that learned from it" isEmpty={models.length === 0} none="None yet.">
        {models.map((one) => (
          <Text key={one.model_id} size="sm">
            <LinkAnchor to="/p/$projectId/models/$modelId" params={{ projectId, modelId: one.model_id }}>
              {one.name}
            </LinkAnchor>{" "}
            ({one.subset}, revision {formatCount(one.revision)})
          </Text>
        ))}
      </Part>
      <Part title="Held by snapshots" isEmpty={snapshots.length === 0} none="None.">
        {snapshots.map((one) => (
          <Text key={one.snapshot_id} size="sm">
            {one.name} (revision {formatCount(one.revision)})
          </Text>
        ))}
      </Part>
      <Part
        title="The same picture elsewhere"
        isEmpty={copies.length === 0}
        none="Nowhere else in this project."
      >
        {copies.map((one) => (
          <Text key={one.item_id} size="sm">
            <LinkAnchor to="/p/$projectId/items/$itemId" params={{ projectId, itemId: one.item_id }}>
              {one.name}
            </LinkAnchor>{" "}
            in {one.dataset_name}
          </Text>
        ))}
      </Part>
    </Stack>
  );
}

interface PartProps {
  readonly title: string;
  readonly isEmpty: boolean;
  readonly none: string;
  readonly children: ReactNode;
}

function Part({ title, isEmpty, none, children }: PartProps) {
  return (
    <Card withBorder p="sm">
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {isEmpty ? (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      ) : (
        children
      )}
    </Card>
  );
}
