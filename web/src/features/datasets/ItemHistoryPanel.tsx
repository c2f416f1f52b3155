import { Text, Timeline } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { itemHistoryQuery } from "@/api/queries/items";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** Who changed the item and what is said about it, newest first. */
export function ItemHistoryPanel({ itemId }: { readonly itemId: string }) {
  const history = useQuery(itemHistoryQuery(itemId));
  if (history.isError) return <ProblemNote error={history.error} onRetry={() => void history.refetch()} />;
  if (history.data === undefined) return <WaitRows rows={4} />;
  return (
    <Timeline bulletSize={12} lineWidth={2} mah={560} style={{ overflowY: "auto" }} p={4}>
      {history.data.map((one) => (
        <Timeline.Item key={one.revision} title={one.actor_name}>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {one.what.join("; ")}
          </Text>
          <Text size="xs" c="dimmed" title={one.at}>
            {formatAgo(one.at)} · revision {one.revision}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
