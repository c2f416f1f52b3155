import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { itemQuery } from "@/api/queries/items";
import { formatShare } from "@/ui/format";

import { KeyHint } from "../keys";

import classes from "./label.module.css";
import { proposalOf, type Tile } from "./tile";

export interface PeekProps {
  readonly tile: Tile;
  readonly chosen: string | null;
  readonly modelId: string | null;
}

/** The tile with the focus, as large as the page. Keys go on working: digits, arrows, Y. */
export function Peek({ tile, chosen, modelId }: PeekProps) {
  const item = useQuery(itemQuery(tile.itemId)).data;
  const proposal = proposalOf(tile, modelId);
  const isAsking = tile.asked !== null;
  const given = chosen ?? tile.asked ?? tile.standing.map(({ label }) => label).join(", ");
  const isTiny = item !== undefined && Math.max(item.width, item.height) < 300;
  return (
    <div className={classes.peek}>
      <img
        key={tile.itemId}
        src={`/api/v1/items/${encodeURIComponent(tile.itemId)}/content`}
        alt={item?.name ?? "The item"}
        data-small={isTiny}
      />
      <div className={classes.peekWords}>
        <Text fw={600}>
          {given === "" ? (isAsking ? "No answer yet" : "No class yet") : given}
          {proposal !== null && (
            <Text span c="dimmed" fw={400}>
              {` · proposed ${proposal.label}`}
              {proposal.confidence === null ? "" : `, ${formatShare(proposal.confidence, 0)}`}
            </Text>
          )}
        </Text>
        <Text size="xs" c="dimmed">
          {item === undefined ? "…" : `${item.name} · ${String(item.width)} × ${String(item.height)}`} ·
          close: <KeyHint action="grid.peek" />
        </Text>
      </div>
    </div>
  );
}
