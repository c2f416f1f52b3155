import { Card, SimpleGrid, Text } from "@mantine/core";

import { metricTitle, readEvaluation } from "@/api/metrics";
import type { Evaluation, Model } from "@/api/schema.gen";
import { formatAgo, formatCount, formatSeconds } from "@/ui/format";
import { Stat } from "@/ui/Stat";

import { formatLevel, formatMetric } from "./words";

export interface ModelStatsProps {
  readonly model: Model;
  readonly evaluation: Evaluation | undefined;
  readonly projectId: string;
}

/** The few numbers that one wants to know of a model first. */
export function ModelStats({ model, evaluation }: ModelStatsProps) {
  const interval =
    evaluation === undefined
      ? null
      : readEvaluation(evaluation.metrics).metrics.find((one) => one.key === evaluation.metric_name)
          ?.interval;
  return (
    <Card withBorder padding="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Stat
          value={evaluation === undefined ? "–" : formatMetric(evaluation.metric)}
          label={evaluation === undefined ? "not evaluated yet" : metricTitle(evaluation.metric_name)}
          note={
            interval === null || interval === undefined
              ? undefined
              : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}, ${formatLevel(interval.level)} interval`
          }
        />
        <Stat
          value={evaluation === undefined ? "–" : formatCount(evaluation.n_items)}
          label="test items"
          note={
            evaluation === undefined ? undefined : (
              <>
                scored {formatAgo(evaluation.created_at)}
                {evaluation.is_stale && (
                  <Text span c="yellow.8" size="xs">
                    , labels were edited since
                  </Text>
                )}
              </>
            )
          }
        />
        <Stat
          value={model.n_items === null ? "–" : formatCount(model.n_items)}
          label="training items"
          note={model.revision === null ? undefined : `pinned at revision ${String(model.revision)}`}
        />
        <Stat
          value={model.seconds === null ? "–" : formatSeconds(model.seconds)}
          label="training time"
          note={model.trained_at === null ? undefined : `finished ${formatAgo(model.trained_at)}`}
        />
      </SimpleGrid>
    </Card>
  );
}
