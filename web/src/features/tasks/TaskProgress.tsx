import { Progress, Text, Tooltip } from "@mantine/core";

import type { TaskCounts } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import { progressOf } from "./kinds";

/** Done, in hand and open as one bar. */
export function TaskProgress({ counts }: { readonly counts: TaskCounts }) {
  const { total, done, inHand, open } = progressOf(counts);
  if (total === 0) {
    return (
      <Text size="sm" c="dimmed">
        no items yet
      </Text>
    );
  }
  return (
    <Tooltip label={`${formatCount(done)} done, ${formatCount(inHand)} in hand, ${formatCount(open)} open`}>
      <div>
        <Progress.Root size={10}>
          <Progress.Section value={(done / total) * 100} color="whorl" aria-label="done" />
          <Progress.Section value={(inHand / total) * 100} color="yellow.6" aria-label="in hand" />
        </Progress.Root>
        <Text size="xs" c="dimmed" mt={2}>
          {formatCount(done)} of {formatCount(total)}
        </Text>
      </div>
    </Tooltip>
  );
}
