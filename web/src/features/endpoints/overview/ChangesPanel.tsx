import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { endpointChangesQuery } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import { formatAgo } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { modelName } from "../words";
import type { TabProps } from "./OverviewTab";

const SHOWN = 8;

/** Who served when. */
export function ChangesPanel({ endpoint, projectId }: TabProps) {
  const changes = useQuery(endpointChangesQuery(endpoint.id));
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const newest = [...(changes.data ?? [])].reverse().slice(0, SHOWN);
  return (
    <Panel title="Changes" about="Who served when, the newest first.">
      {changes.isPending && <WaitRows rows={2} height={20} />}
      {changes.isError && <ProblemNote error={changes.error} onRetry={() => void changes.refetch()} />}
      {changes.isSuccess && newest.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody has served yet.
        </Text>
      )}
      <Stack gap={6}>
        {newest.map((one) => (
          <div key={`${one.at} ${one.role}`}>
            <Text size="sm">
              <b>{modelName(models, one.model_id ?? one.previous_id)}</b>{" "}
              {one.model_id === null ? `is no longer ${one.role}` : `as ${one.role}`}
              {one.model_id !== null &&
                one.previous_id !== null &&
                `, before it ${modelName(models, one.previous_id)}`}
            </Text>
            <Text size="xs" c="dimmed">
              {formatAgo(one.at)}
              {one.cause !== null && ` · ${one.cause}`}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
