import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useState, useSyncExternalStore, type KeyboardEvent } from "react";

import type { Ink } from "./draw";
import type { GridFeed } from "./feed";
import classes from "./grid.module.css";
import { GridRow, tileId } from "./GridRow";
import { HoverCard } from "./HoverCard";
import { stepFor } from "./keys";
import { layoutOf, trackPx } from "./scroll";
import { isAll, sizeOf, type Selection } from "./selection";
import { useMarquee, type Marquee } from "./useMarquee";
import { useScaledScroll } from "./useScaledScroll";

const GAP_PX = 6;
const PAD_PX = 10;

export interface ItemGridProps {
  readonly count: number;
  readonly feed: GridFeed;
  readonly ink: Ink;
  /** About how large a tile is to be. */
  readonly wantedPx: number;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  /** Where the keyboard stands. */
  readonly active: number | null;
  readonly onActive: (position: number) => void;
  readonly onOpen: (position: number) => void;
}

/** Thumbnails of any number of items, with their annotations over them. */
export function ItemGrid(props: ItemGridProps) {
  const { count, feed, ink, wantedPx, selection, onSelect, active, onActive, onOpen } = props;
  const { ref: sizeRef, width, height } = useElementSize();
  const widthPx = Math.max(100, Math.floor(width) - 2 * PAD_PX);
  const layout = useMemo(
    () => layoutOf({ count, widthPx, wantedPx, gapPx: GAP_PX }),
    [count, widthPx, wantedPx],
  );
  const viewPx = Math.max(1, Math.floor(height));
  const { scroller, mover, rows, baseRow, onScroll, showRow, top, scrollBy } = useScaledScroll(
    layout,
    viewPx,
  );
  const version = useSyncExternalStore(feed.subscribe, feed.getVersion);
  const { marquee, positionAt, handlers } = useMarquee({
    layout,
    count,
    selection,
    onSelect,
    onActive,
    top,
    scrollBy,
  });
  const [hovered, setHovered] = useState<{ position: number; top: number } | null>(null);
  const { start, end, direction } = rows;

  useEffect(() => {
    feed.want({ start: start * layout.columns, end: Math.min(count, end * layout.columns), direction });
  }, [feed, start, end, direction, layout.columns, count, version]);

  useEffect(() => {
    if (active !== null) showRow(Math.floor(active / layout.columns));
    // Only a move of the keyboard or of the panel scrolls; a new tile size keeps the upper edge.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);

  const onKeyDown = (event: KeyboardEvent) => {
    const viewRows = Math.max(1, Math.floor(viewPx / layout.rowPx));
    const isCtrl = event.ctrlKey || event.metaKey;
    const place = { active, selection, count, columns: layout.columns, viewRows };
    const step = event.altKey ? null : stepFor(place, { key: event.key, isShift: event.shiftKey, isCtrl });
    if (step === null) return;
    event.preventDefault();
    if (step.selection !== undefined) onSelect(step.selection);
    if (step.active !== undefined) onActive(step.active);
    if (step.isOpening === true && step.active !== undefined) onOpen(step.active);
  };

  const isActiveShown = active !== null && active >= start * layout.columns && active < end * layout.columns;
  const isFull = isAll(selection, count);
  return (
    <div ref={sizeRef} style={{ height: "100%", minHeight: 0 }}>
      <div
        ref={scroller}
        className={classes.scroller}
        role="grid"
        tabIndex={0}
        aria-label={`Items: ${String(count)}`}
        aria-rowcount={layout.rows}
        aria-colcount={layout.columns}
        aria-multiselectable="true"
        aria-activedescendant={isActiveShown ? tileId(active) : undefined}
        aria-description={isFull ? "All are selected" : `${String(sizeOf(selection))} selected`}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div
          style={{ height: trackPx({ contentPx: layout.rows * layout.rowPx, viewPx }) }}
          role="presentation"
        >
          <div
            className={classes.window}
            role="presentation"
            style={{ height: viewPx, paddingInline: PAD_PX }}
          >
            <div
              role="presentation"
              style={{ position: "relative", height: "100%", overflow: "clip", overflowClipMargin: 4 }}
              {...handlers}
              onPointerMove={(event) => {
                handlers.onPointerMove(event);
                const position = event.buttons === 0 ? positionAt(event) : null;
                setHovered(position === null ? null : { position, top: top() });
              }}
              onPointerLeave={() => {
                setHovered(null);
              }}
              onDoubleClick={() => {
                if (active !== null) onOpen(active);
              }}
            >
              <div ref={mover} className={classes.mover} role="presentation">
                {Array.from({ length: end - start }, (_, index) => start + index).map((row) => (
                  <GridRow
                    key={row}
                    row={row}
                    y={(row - baseRow) * layout.rowPx}
                    {...{ count, layout, feed, version, ink, selection, active }}
                  />
                ))}
                {marquee !== null && <MarqueeBox marquee={marquee} baseY={baseRow * layout.rowPx} />}
              </div>
              {hovered !== null && (
                <HoverCard
                  position={hovered.position}
                  feed={feed}
                  layout={layout}
                  top={hovered.top}
                  view={{ width: widthPx, height: viewPx }}
                />
              )}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

function MarqueeBox({ marquee, baseY }: { readonly marquee: Marquee; readonly baseY: number }) {
  const { x, y, width, height } = marquee;
  return <div className={classes.marquee} style={{ left: x, top: y - baseY, width, height }} />;
}
