import { useEffect, useState } from "react";

import type { GridAnnotation } from "@/api/schema.gen";

import type { GridFeed } from "./feed";
import classes from "./grid.module.css";
import type { Layout } from "./scroll";

const DELAY_MS = 450;
const CARD_PX = 280;
const CARD_HEIGHT_PX = 96;
const MOST_LABELS = 6;

export interface HoverCardProps {
  readonly position: number;
  readonly feed: GridFeed;
  readonly layout: Layout;
  readonly top: number;
  readonly view: { readonly width: number; readonly height: number };
}

/** Name, size, subset and labels of the item under the pointer, after a moment. */
export function HoverCard({ position, feed, layout, top, view }: HoverCardProps) {
  const [shown, setShown] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      setShown(position);
    }, DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [position]);
  const item = feed.itemAt(position);
  if (shown !== position || item === undefined) return null;
  const x = (position % layout.columns) * layout.rowPx;
  const y = Math.floor(position / layout.columns) * layout.rowPx - top + layout.tilePx + 4;
  const isBelow = y + CARD_HEIGHT_PX < view.height;
  return (
    <div
      className={classes.card}
      style={{
        left: Math.max(0, Math.min(x, view.width - CARD_PX)),
        ...(isBelow ? { top: y } : { bottom: view.height - y + layout.tilePx + 8 }),
      }}
    >
      <strong>{item.name}</strong>
      <div>
        {item.width} × {item.height} · {item.subset ?? "no subset"}
        {item.is_checked_empty ? " · checked: nothing here" : ""}
      </div>
      <div>{sayLabels(feed.annotationsAt(position))}</div>
    </div>
  );
}

/** Labels with their numbers, most first: "car ×3, sign". Guesses of models carry a question mark. */
export function sayLabels(annotations: readonly GridAnnotation[]): string {
  const counts = new Map<string, number>();
  for (const { label, layer } of annotations) {
    const name = layer === "prediction" ? `${label}?` : label;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const said = sorted
    .slice(0, MOST_LABELS)
    .map(([name, count]) => (count > 1 ? `${name} ×${String(count)}` : name));
  const rest = sorted.length - said.length;
  return said.join(", ") + (rest > 0 ? ` and ${String(rest)} more` : "");
}
