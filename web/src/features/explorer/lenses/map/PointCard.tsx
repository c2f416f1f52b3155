import { Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { mapItemQuery } from "@/api/queries/maps";
import { thumbnailAddress } from "@/api/queries/models";

import type { Spot } from "./camera";
import classes from "./map.module.css";

const DELAY_MS = 60;
const CARD = { width: 176, height: 190, gap: 14 } as const;

export interface PointCardProps {
  readonly mapId: string;
  readonly at: { readonly point: number; readonly spot: Spot } | null;
  readonly view: { readonly width: number; readonly height: number };
  /** The category of the point. */
  readonly said: string;
}

/** The image under the pointer. */
export function PointCard({ mapId, at, view, said }: PointCardProps) {
  const [point] = useDebouncedValue(at?.point ?? null, DELAY_MS);
  const item = useQuery(mapItemQuery({ mapId, point })).data;
  if (at === null || item === undefined || point !== at.point) return null;
  const isRight = at.spot.x + CARD.gap + CARD.width < view.width;
  const left = isRight ? at.spot.x + CARD.gap : Math.max(0, at.spot.x - CARD.gap - CARD.width);
  const top = Math.max(4, Math.min(at.spot.y - CARD.height / 2, view.height - CARD.height - 4));
  return (
    <div className={classes.card} style={{ left, top }}>
      <img src={thumbnailAddress(item.id)} alt="" />
      <Text size="xs" fw={600} truncate mt={4}>
        {item.name}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {said}
      </Text>
    </div>
  );
}
