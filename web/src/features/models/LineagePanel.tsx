import { Code, Text, Timeline } from "@mantine/core";
import { IconChartBar, IconDatabase, IconSchool, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { metricTitle } from "@/api/metrics";
import { datasetsQuery } from "@/api/queries/datasets";
import { modelsQuery } from "@/api/queries/models";
import type { Evaluation, Model } from "@/api/schema.gen";
import { formatAgo, formatCount, formatSeconds } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { ModelLink } from "./DecisionsPanel";
import { formatMetric } from "./words";

export interface LineagePanelProps {
  readonly model: Model;
  readonly evaluations: readonly Evaluation[];
  readonly projectId: string;
}

/** Where a model comes from and what was made of it, by id at every step. */
export function LineagePanel({ model, evaluations, projectId }: LineagePanelProps) {
  const datasets = useQuery(datasetsQuery(projectId));
  const models = useQuery(modelsQuery(projectId));
  const names = new Map((datasets.data?.items ?? []).map((one) => [one.id, one.name]));
  const modelNames = new Map((models.data?.items ?? []).map((one) => [one.id, one.name]));
  const params = Object.entries(model.params);
  return (
    <Panel fills title="Lineage" about="The same revision and query give the same bytes again.">
      <Timeline bulletSize={24} lineWidth={2}>
        <Timeline.Item bullet={<IconDatabase size={13} />} title="Data">
          {model.dataset_id === null ? (
            <Text size="sm" c="dimmed">
              Trained outside of Whorl.
            </Text>
          ) : (
            <Text size="sm">
              <LinkAnchor
                size="sm"
                to="/p/$projectId/explorer"
                params={{ projectId }}
                search={{ dataset: model.dataset_id, as_of: model.revision ?? undefined }}
              >
                {names.get(model.dataset_id) ?? "a dataset"}
              </LinkAnchor>{" "}
              at revision {model.revision}
              {model.n_items !== null && <>, {formatCount(model.n_items)} labelled items</>}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            query <Code>{JSON.stringify(model.query)}</Code>
          </Text>
          {model.items_digest !== null && (
            <Text size="xs" c="dimmed" truncate title={model.items_digest}>
              digest <Code>{model.items_digest.slice(0, 16)}…</Code>
            </Text>
          )}
        </Timeline.Item>
        <Timeline.Item bullet={<IconSchool size={13} />} title="Training">
          <Text size="sm">
            {model.architecture}
            {model.seconds !== null && <>, {formatSeconds(model.seconds)}</>}
            {model.trained_at !== null && <>, {formatAgo(model.trained_at)}</>}
          </Text>
          {params.length > 0 && (
            <Text size="xs" c="dimmed">
              {params.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(", ")}
            </Text>
          )}
        </Timeline.Item>
        <Timeline.Item bullet={<IconStack2 size={13} />} title="Model">
          <Text size="sm">
            {model.name}
            {model.parent_id !== null && (
              <>
                , to replace <ModelLink modelId={model.parent_id} names={modelNames} projectId={projectId} />
              </>
            )}
          </Text>
        </Timeline.Item>
        <Timeline.Item bullet={<IconChartBar size={13} />} title="Evaluations">
          {evaluations.length === 0 && (
            <Text size="sm" c="dimmed">
              none yet
            </Text>
          )}
          {evaluations.slice(-4).map((one) => (
            <Text key={one.id} size="sm">
              {metricTitle(one.metric_name)} <b>{formatMetric(one.metric)}</b> on {formatCount(one.n_items)}{" "}
              items of {names.get(one.dataset_id) ?? "a dataset"} at revision {one.revision}
            </Text>
          ))}
        </Timeline.Item>
      </Timeline>
    </Panel>
  );
}
