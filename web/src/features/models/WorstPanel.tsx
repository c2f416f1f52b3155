import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { thumbnailAddress } from "@/api/queries/models";
import type { Examination, WorstItem } from "@/api/schema.gen";
import { labelColor } from "@/ui/labelColor";
import { Panel } from "@/ui/Panel";

import classes from "./models.module.css";

/** The test items that it got most wrong, as pictures that lead to the item. */
export function WorstPanel({
  examined,
  projectId,
}: {
  readonly examined: Examination;
  readonly projectId: string;
}) {
  const about = examined.has_nothing
    ? "Images with most missed, confused and spurious boxes."
    : "Wrong answers, the surest first: a wrong label in the truth is often among them.";
  return (
    <Panel title="Worst examples" about={about}>
      {examined.worst.length === 0 ? (
        <Text size="sm" c="dimmed">
          It got every test item right.
        </Text>
      ) : (
        <div className={classes.worst}>
          {examined.worst.map((item) => (
            <Link
              key={item.item_id}
              className={classes.card}
              to="/p/$projectId/items/$itemId"
              params={{ projectId, itemId: item.item_id }}
              aria-label={sayWorst(item)}
            >
              <img className={classes.picture} src={thumbnailAddress(item.item_id)} alt="" loading="lazy" />
              <WorstWords item={item} />
            </Link>
          ))}
        </div>
      )}
    </Panel>
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
          said {item.predicted ?? "?"}, {percent(item.confidence ?? 0)}
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

function sayWorst(item: WorstItem): string {
  return typeof item.truth === "string"
    ? `${item.truth}, taken for ${item.predicted ?? "?"} with ${percent(item.confidence ?? 0)}`
    : `An image with ${sayCounts(item)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
