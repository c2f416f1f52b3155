import { Badge, Group, Skeleton, Text } from "@mantine/core";

import { metricTitle } from "@/api/metrics";
import type { Overview } from "@/api/schema.gen";
import { formatAgo, formatCount, formatShare } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Stat } from "@/ui/Stat";

import { saySaving, savingTone } from "./rounds";

interface CenterProps {
  readonly overview: Overview;
  readonly projectId: string;
}

/** What the loop is for: a better model, from fewer labels. */
export function Center({ overview, projectId }: CenterProps) {
  return (
    <>
      <Champion champion={overview.champion} projectId={projectId} />
      <Saving overview={overview} />
      <Waits overview={overview} />
    </>
  );
}

function Champion({
  champion,
  projectId,
}: {
  readonly champion: Overview["champion"];
  readonly projectId: string;
}) {
  if (champion === null) {
    return (
      <Stat
        value="–"
        label="No champion yet"
        note="The first model becomes the champion when it beats guessing beyond chance."
      />
    );
  }
  const { metric, low, high } = champion;
  return (
    <Stat
      value={metric === null ? "–" : metric.toFixed(3)}
      label={
        <>
          {champion.metric_name === null ? "" : `${metricTitle(champion.metric_name)} of the champion `}
          <LinkAnchor
            to="/p/$projectId/models/$modelId"
            params={{ projectId, modelId: champion.model_id }}
            size="sm"
          >
            {champion.name}
          </LinkAnchor>
        </>
      }
      note={[
        low === null || high === null ? "" : `interval ${low.toFixed(3)} to ${high.toFixed(3)}`,
        champion.since === null ? "" : `since ${formatAgo(champion.since)}`,
      ]
        .filter((part) => part !== "")
        .join(" · ")}
    />
  );
}

function Saving({ overview }: { readonly overview: Overview }) {
  const saving = overview.label_saving;
  if (saving === null) {
    return overview.label_saving_pending ? (
      <div aria-busy="true">
        <Skeleton h={28} w={90} mb={8} />
        <Text size="sm" c="dimmed">
          labels saved: the two arms are being compared
        </Text>
      </div>
    ) : (
      <Stat
        value="–"
        label="Labels saved: not measured"
        note="A second pipeline with strategy random and the same budget would measure it."
      />
    );
  }
  const tone = savingTone(saving);
  return (
    <div title={saving.basis}>
      <Stat
        value={
          <Group gap={8}>
            {formatShare(saving.value, 0)}
            <Badge variant="light" color={tone.color}>
              {tone.word}
            </Badge>
          </Group>
        }
        label="labels saved against choosing at random"
        note={saySaving(saving)}
      />
    </div>
  );
}

function Waits({ overview }: { readonly overview: Overview }) {
  const waiting = overview.waiting.reduce((sum, one) => sum + one.count, 0);
  const active = overview.jobs.length;
  return (
    <Stat
      value={formatCount(waiting)}
      label={waiting === 0 ? "Nothing waits for people" : "wait for people"}
      note={
        active === 0
          ? "No job is running."
          : `${formatCount(active)} ${active === 1 ? "job" : "jobs"} at work.`
      }
    />
  );
}
