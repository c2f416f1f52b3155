import { Group, Text, Tooltip } from "@mantine/core";

import { formatCount, formatShare } from "./format";
import classes from "./SubsetBar.module.css";

export interface SubsetCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly no_subset: number;
}

const PARTS = [
  { key: "train", name: "train" },
  { key: "validation", name: "validation" },
  { key: "test", name: "test" },
  { key: "no_subset", name: "no subset" },
] as const;

/** How a dataset divides into its subsets, as one bar with a legend. */
export function SubsetBar({
  counts,
  hasLegend = false,
}: {
  readonly counts: SubsetCounts;
  readonly hasLegend?: boolean;
}) {
  const total = Math.max(
    1,
    PARTS.reduce((sum, part) => sum + counts[part.key], 0),
  );
  return (
    <div>
      <div
        className={classes.bar}
        role="img"
        aria-label={PARTS.map((p) => `${p.name} ${String(counts[p.key])}`).join(", ")}
      >
        {PARTS.filter((part) => counts[part.key] > 0).map((part) => (
          <Tooltip
            key={part.key}
            label={`${part.name}: ${formatCount(counts[part.key])} (${formatShare(counts[part.key] / total)})`}
          >
            <div className={classes.part} data-part={part.key} style={{ flexGrow: counts[part.key] }} />
          </Tooltip>
        ))}
      </div>
      {hasLegend && (
        <Group gap="md" mt={6}>
          {PARTS.map((part) => (
            <Group key={part.key} gap={6}>
              <span className={classes.dot} data-part={part.key} />
              <Text size="sm">
                {part.name} <b>{formatCount(counts[part.key])}</b>
              </Text>
            </Group>
          ))}
        </Group>
      )}
    </div>
  );
}
