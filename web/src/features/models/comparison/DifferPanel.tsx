import { SegmentedControl, SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { disagreementsQuery, thumbnailAddress } from "@/api/queries/models";
import type { Disagreement, Disagreements } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import classes from "../models.module.css";

/** On which test images the two differ: how many are won and lost, and the images themselves. */
export function DifferPanel(props: { readonly comparisonId: string; readonly projectId: string }) {
  const found = useQuery(disagreementsQuery(props.comparisonId));
  return (
    <Panel
      title="Where they differ"
      about="Only images on which the two answer differently can decide between them."
    >
      {found.isPending && <WaitRows rows={3} />}
      {found.isError && <ProblemNote error={found.error} onRetry={() => void found.refetch()} />}
      {found.data !== undefined && <Differences found={found.data} projectId={props.projectId} />}
    </Panel>
  );
}

function Differences({ found, projectId }: { readonly found: Disagreements; readonly projectId: string }) {
  const [shown, setShown] = useState<"lost" | "won">(found.lost > 0 ? "lost" : "won");
  const items = found.items.filter((one) => one.is_won === (shown === "won"));
  return (
    <>
      <SimpleGrid cols={4} mb="md">
        <Stat value={formatCount(found.won)} label="won by the challenger" />
        <Stat value={formatCount(found.lost)} label="lost to the champion" />
        <Stat value={formatCount(found.both_right)} label="both right" />
        <Stat value={formatCount(found.both_wrong)} label="both equally wrong" />
      </SimpleGrid>
      {found.won + found.lost > 0 && (
        <SegmentedControl
          size="xs"
          mb="sm"
          w="fit-content"
          value={shown}
          onChange={(value) => {
            setShown(value === "won" ? "won" : "lost");
          }}
          data={[
            { value: "lost", label: `Lost ${formatCount(found.lost)}` },
            { value: "won", label: `Won ${formatCount(found.won)}` },
          ]}
        />
      )}
      <div className={classes.worst}>
        {items.map((item) => (
          <Link
            key={item.item_id}
            className={classes.card}
            to="/p/$projectId/items/$itemId"
            params={{ projectId, itemId: item.item_id }}
          >
            <img
              className={classes.picture}
              src={thumbnailAddress(item.item_id)}
              alt={item.truth ?? "an image"}
              loading="lazy"
            />
            {sayDifference(item).map((line) => (
              <Text key={line} size="xs" c="dimmed">
                {line}
              </Text>
            ))}
          </Link>
        ))}
      </div>
      {items.length < (shown === "won" ? found.won : found.lost) && (
        <Text size="xs" c="dimmed" mt="xs">
          The {formatCount(items.length)} with the largest difference are shown.
        </Text>
      )}
    </>
  );
}

function sayDifference(item: Disagreement): string[] {
  if (typeof item.truth === "string") {
    return [`is ${item.truth}`, `champion ${item.champion ?? "?"}, challenger ${item.challenger ?? "?"}`];
  }
  return [`errors ${String(item.champion_errors)} → ${String(item.challenger_errors)}`];
}
