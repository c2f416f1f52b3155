import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { itemQuery } from "@/api/queries/items";
import type { Crop } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { boundsOf } from "@/canvas/geometry/measure";
import { readGeometry } from "@/canvas/model/wire";
import { LinkAnchor } from "@/ui/links";

import { KeyHint } from "../keys";

import classes from "./review.module.css";

/** The whole image that a crop is from, with the object marked. */
export function Peek({ crop, color }: { readonly crop: Crop; readonly color: string }) {
  const projectId = useProjectId();
  const item = useQuery(itemQuery(crop.item_id)).data;
  const bounds = boundsOf(readGeometry(crop.geometry));
  const isTiny = item !== undefined && Math.max(item.width, item.height) < 300;
  return (
    <div className={classes.peek}>
      <div>
        <img
          key={crop.item_id}
          src={`/api/v1/items/${encodeURIComponent(crop.item_id)}/content`}
          alt={crop.item_name}
          data-small={isTiny}
        />
        {item !== undefined && bounds !== null && (
          <svg className={classes.outline} viewBox={`0 0 ${String(item.width)} ${String(item.height)}`}>
            <rect
              x={bounds.x0}
              y={bounds.y0}
              width={bounds.x1 - bounds.x0}
              height={bounds.y1 - bounds.y0}
              fill="none"
              stroke={color}
              strokeWidth={3}
              vectorEffect="non-scaling-stroke"
            />
          </svg>
        )}
      </div>
      <Group gap="md">
        <Text size="sm" c="dimmed">
          {crop.reason}
        </Text>
        <LinkAnchor size="sm" to="/p/$projectId/items/$itemId" params={{ projectId, itemId: crop.item_id }}>
          {crop.item_name}
        </LinkAnchor>
        <Text size="sm" c="dimmed">
          close: <KeyHint action="crops.peek" />
        </Text>
      </Group>
    </div>
  );
}
