import { ActionIcon, Card, Group, Text, Tooltip } from "@mantine/core";
import { IconThumbDown, IconThumbUp } from "@tabler/icons-react";

import { cropAddress } from "@/api/queries/crops";
import { thumbnailAddress } from "@/api/queries/models";
import type { SimilarItem } from "@/api/schema.gen";
import { LinkAnchor } from "@/ui/links";

import classes from "../selection.module.css";
import { readIds, type SimilarSearch } from "./request";

const CROP_PX = 256;

export interface ResultGridProps {
  readonly projectId: string;
  readonly items: readonly SimilarItem[];
  readonly search: SimilarSearch;
  readonly onMark: (itemId: string, as: "like" | "unlike" | null) => void;
}

/** What was found, most similar first; each can be wanted or not, and the search follows. */
export function ResultGrid({ projectId, items, search, onMark }: ResultGridProps) {
  const like = new Set(readIds(search.like));
  const unlike = new Set(readIds(search.unlike));
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing else has been looked at yet.
      </Text>
    );
  }
  return (
    <div className={classes.gallery}>
      {items.map((one) => (
        <Result
          key={`${one.item_id} ${one.annotation_id ?? ""}`}
          item={one}
          projectId={projectId}
          marked={like.has(one.item_id) ? "like" : unlike.has(one.item_id) ? "unlike" : null}
          onMark={onMark}
        />
      ))}
    </div>
  );
}

interface ResultProps {
  readonly item: SimilarItem;
  readonly projectId: string;
  readonly marked: "like" | "unlike" | null;
  readonly onMark: ResultGridProps["onMark"];
}

function Result({ item, projectId, marked, onMark }: ResultProps) {
  const { item_id: itemId, name, similarity } = item;
  const crop = item.annotation_id ?? null;
  return (
    <Card withBorder padding={6}>
      <LinkAnchor to="/p/$projectId/items/$itemId" params={{ projectId, itemId }} title={name}>
        <img
          className={classes.square}
          src={crop === null ? thumbnailAddress(itemId) : cropAddress(crop, CROP_PX)}
          alt={name}
          loading="lazy"
          decoding="async"
        />
      </LinkAnchor>
      <Group justify="space-between" wrap="nowrap" gap={4} mt={4}>
        <Text size="xs" fw={600} title="Cosine similarity, 1 is the same">
          {similarity.toFixed(3)}
        </Text>
        <Group gap={2} wrap="nowrap">
          <Tooltip label="More like this one">
            <ActionIcon
              size="sm"
              variant={marked === "like" ? "filled" : "subtle"}
              color={marked === "like" ? "whorl" : "gray"}
              aria-label={`More like ${name}`}
              aria-pressed={marked === "like"}
              onClick={() => {
                onMark(itemId, marked === "like" ? null : "like");
              }}
            >
              <IconThumbUp size={14} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Not like this one">
            <ActionIcon
              size="sm"
              variant={marked === "unlike" ? "filled" : "subtle"}
              color={marked === "unlike" ? "red" : "gray"}
              aria-label={`Not like ${name}`}
              aria-pressed={marked === "unlike"}
              onClick={() => {
                onMark(itemId, marked === "unlike" ? null : "unlike");
              }}
            >
              <IconThumbDown size={14} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Text size="xs" c="dimmed" truncate>
        {name}
      </Text>
    </Card>
  );
}
