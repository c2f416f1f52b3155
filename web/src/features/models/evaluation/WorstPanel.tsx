import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { findingsQuery } from "@/api/queries/evaluations";
import { thumbnailAddress } from "@/api/queries/models";
import type { Examination, ItemFindings, WorstItem } from "@/api/schema.gen";
import { FindingBoxes } from "@/ui/FindingBoxes";
import { FINDING_COLORS, FINDING_TITLES } from "@/ui/findings";
import { formatShare } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";
import { Panel } from "@/ui/Panel";

import classes from "../models.module.css";

import type { Place } from "./place";

const SHOWN_TYPES = ["correct", "confused", "missed", "spurious"] as const;

/** The test items that it got most wrong, with what it found drawn on them; each leads to the item. */
export function WorstPanel({ examined, projectId, evaluation }: Place & { readonly examined: Examination }) {
  const itemIds = examined.worst.map((item) => item.item_id);
  const findings = useQuery(findingsQuery({ evaluationId: evaluation.id, itemIds }));
  const found = new Map((findings.data ?? []).map((one) => [one.item_id, one]));
  const hasBoxes = (findings.data ?? []).some((one) =>
    one.findings.some((finding) => (finding.bounds ?? null) !== null),
  );
  const about = examined.has_nothing
    ? "Images with most missed, confused and spurious answers. One leads to its history and its tasks."
    : "Wrong answers, the surest first: a wrong label in the truth is often among them.";
  return (
    <Panel
      title="Worst examples"
      about={about}
      actions={
        hasBoxes && (
          <Group gap="sm">
            {SHOWN_TYPES.map((type) => (
              <Group key={type} gap={5} wrap="nowrap">
                <span
                  aria-hidden="true"
                  className={classes.key}
                  style={{
                    borderColor: FINDING_COLORS[type],
                    borderStyle: type === "missed" ? "dashed" : "solid",
                  }}
                />
                <Text size="xs" c="dimmed">
                  {FINDING_TITLES[type]}
                </Text>
              </Group>
            ))}
          </Group>
        )
      }
    >
      {examined.worst.length === 0 ? (
        <Text size="sm" c="dimmed">
          It got every test item right.
        </Text>
      ) : (
        <div className={hasBoxes ? classes.worstLarge : classes.worst}>
          {examined.worst.map((item) => (
            <Worst key={item.item_id} item={item} found={found.get(item.item_id)} projectId={projectId} />
          ))}
        </div>
      )}
    </Panel>
  );
}

interface WorstProps {
  readonly item: WorstItem;
  readonly found: ItemFindings | undefined;
  readonly projectId: string;
}

function Worst({ item, found, projectId }: WorstProps) {
  return (
    <Link
      className={classes.card}
      to="/p/$projectId/items/$itemId"
      params={{ projectId, itemId: item.item_id }}
    >
      <span className={classes.framed}>
        <img className={classes.picture} src={thumbnailAddress(item.item_id)} alt="" loading="lazy" />
        {found !== undefined && <FindingBoxes found={found} />}
      </span>
      <WorstWords item={item} />
    </Link>
  );
}

function WorstWords({ item }: { readonly item: WorstItem }) {
  if (item.truth !== null && item.truth !== undefined) {
    return (
      <div>
        <Group gap={4} wrap="nowrap">
          <span className={classes.dot} style={{ background: labelColor(item.truth) }} />
          <Text size="xs" truncate>
            {item.truth}
          </Text>
        </Group>
        <Text size="xs" c="dimmed" truncate>
          said {item.predicted ?? "?"}, {formatShare(item.confidence ?? 0, 0)}
        </Text>
      </div>
    );
  }
  return (
    <Text size="xs" c="dimmed">
      {sayCounts(item)}
    </Text>
  );
}

function sayCounts(item: WorstItem): string {
  return [
    [item.missed, "missed"],
    [item.spurious, "spurious"],
    [item.confused, "confused"],
  ]
    .filter(([count]) => count !== 0)
    .map(([count, word]) => `${String(count)} ${String(word)}`)
    .join(", ");
}
