import { Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useLayoutEffect, useRef, useState } from "react";

import type { Finding, GridAnnotation, Item } from "@/api/schema.gen";

import { FindingBoxes } from "@/ui/FindingBoxes";

import classes from "./explorer.module.css";
import { drawShapes, type Ink } from "./grid/draw";

export interface ItemStageProps {
  readonly item: Item;
  /** Shown until the full picture is there. */
  readonly thumb: string | null;
  readonly annotations: readonly GridAnnotation[];
  /** Of the evaluation in the filter; null for none. */
  readonly findings: readonly Finding[] | null;
  readonly ink: Ink;
  /** The annotation that the pointer is on in the list; the others step back. */
  readonly lit: string | null;
}

/** The picture as large as it fits, its shapes over it. */
export function ItemStage({ item, thumb, annotations, findings, ink, lit }: ItemStageProps) {
  const { ref, width, height } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || width === 0) return;
    const ratio = window.devicePixelRatio;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const scale = Math.min(width / item.width, height / item.height);
    const onto = { scale, dx: (width - item.width * scale) / 2, dy: (height - item.height * scale) / 2 };
    context.globalAlpha = lit === null ? 1 : 0.25;
    drawShapes(context, onto, {
      annotations: annotations.filter((one) => one.id !== lit),
      ink: { ...ink, lineWidth: 2 },
    });
    context.globalAlpha = 1;
    drawShapes(context, onto, {
      annotations: annotations.filter((one) => one.id === lit),
      ink: { ...ink, lineWidth: 3 },
    });
  }, [item, annotations, ink, lit, width, height]);
  return (
    <div ref={ref} className={classes.stage}>
      {thumb !== null && loaded !== item.id && <img src={thumb} alt="" />}
      {failed !== item.id && (
        <img
          key={item.id}
          src={`/api/v1/items/${encodeURIComponent(item.id)}/content`}
          alt={item.name}
          decoding="async"
          onLoad={() => {
            setLoaded(item.id);
          }}
          onError={() => {
            setFailed(item.id);
          }}
        />
      )}
      {failed === item.id && (
        <Text size="xs" c="dimmed" p="xs" style={{ position: "absolute", bottom: 0 }}>
          This browser cannot show the full picture; the thumbnail is shown.
        </Text>
      )}
      <canvas ref={canvas} aria-hidden="true" />
      {findings !== null && (
        <FindingBoxes
          found={{ item_id: item.id, width: item.width, height: item.height, findings: [...findings] }}
        />
      )}
    </div>
  );
}
