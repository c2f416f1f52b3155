import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconCheck, IconDice5 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";

import { thumbnailAddress } from "@/api/queries/models";
import { selectionItemsQuery } from "@/api/queries/selections";
import type { SelectionItem } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../selection.module.css";
import { stepTo } from "./summary";

const WANTED_PX = 158;
const TILE_PX = 196;
const GAP_PX = 8;

export interface ItemsGridProps {
  readonly selectionId: string;
  readonly count: number;
  /** The id of the item beside the grid. */
  readonly shown: string | null;
  readonly onShow: (item: SelectionItem) => void;
}

/** Every image of the selection, best first, each with its reason; pages come as one scrolls. */
export function ItemsGrid({ selectionId, count, shown, onShow }: ItemsGridProps) {
  const items = useInfiniteQuery(selectionItemsQuery(selectionId));
  const loaded = useMemo(() => items.data?.pages.flatMap((page) => page.items) ?? [], [items.data]);
  const first = loaded[0];
  useEffect(() => {
    if (shown === null && first !== undefined) onShow(first);
  }, [shown, first, onShow]);
  if (items.isError) return <ProblemNote error={items.error} onRetry={() => void items.refetch()} />;
  if (items.data === undefined) return <WaitRows rows={4} height={150} />;
  return (
    <Board
      {...{ loaded, shown, onShow }}
      count={Math.max(count, loaded.length)}
      onEnd={() => {
        if (items.hasNextPage && !items.isFetchingNextPage) void items.fetchNextPage();
      }}
    />
  );
}

interface BoardProps {
  readonly loaded: readonly SelectionItem[];
  readonly count: number;
  readonly shown: string | null;
  readonly onShow: (item: SelectionItem) => void;
  readonly onEnd: () => void;
}

function Board({ loaded, count, shown, onShow, onEnd }: BoardProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const columns = Math.max(1, Math.floor((width + GAP_PX) / (WANTED_PX + GAP_PX)));
  // Mantine's note: the virtualizer gives functions that may not be kept; nothing here keeps them.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: Math.ceil(count / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => TILE_PX + GAP_PX,
    overscan: 3,
  });
  const drawn = rows.getVirtualItems();
  const lastRow = drawn.at(-1)?.index ?? 0;
  useEffect(() => {
    if ((lastRow + 1) * columns >= loaded.length && loaded.length < count) onEnd();
  }, [lastRow, columns, loaded.length, count, onEnd]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = loaded.findIndex((one) => one.item_id === shown);
    const to = stepTo({ key: event.key, at: Math.max(0, at), columns, count: loaded.length });
    const next = to === null ? undefined : loaded[to];
    if (to === null || next === undefined) return;
    event.preventDefault();
    onShow(next);
    rows.scrollToIndex(Math.floor(to / columns));
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-item="${next.item_id}"]`)?.focus();
    });
  };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="group"
      aria-label={`Images chosen: ${formatCount(count)}`}
      onKeyDown={onKeyDown}
      tabIndex={-1}
    >
      <div ref={sizeRef} className={classes.canvas} style={{ height: rows.getTotalSize() - GAP_PX }}>
        {width > 0 &&
          drawn.map((row) => (
            <div
              key={row.key}
              className={classes.row}
              style={{
                transform: `translateY(${String(row.start)}px)`,
                gridTemplateColumns: `repeat(${String(columns)}, minmax(0, 1fr))`,
              }}
            >
              {loaded.slice(row.index * columns, (row.index + 1) * columns).map((item) => (
                <Tile
                  key={item.item_id}
                  item={item}
                  isShown={item.item_id === shown}
                  onShow={() => {
                    onShow(item);
                  }}
                />
              ))}
            </div>
          ))}
      </div>
    </div>
  );
}

interface TileProps {
  readonly item: SelectionItem;
  readonly isShown: boolean;
  readonly onShow: () => void;
}

function Tile({ item, isShown, onShow }: TileProps) {
  return (
    <button
      type="button"
      className={classes.tile}
      style={{ height: TILE_PX }}
      data-item={item.item_id}
      aria-pressed={isShown}
      tabIndex={isShown ? 0 : -1}
      title={item.reason}
      onClick={onShow}
    >
      <img
        className={classes.picture}
        src={thumbnailAddress(item.item_id)}
        alt=""
        loading="lazy"
        decoding="async"
      />
      <span className={classes.rank}>{item.rank}</span>
      <Marks item={item} />
      <span className={classes.words}>
        <Text size="xs" truncate title={item.name}>
          {item.name}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {item.reason}
        </Text>
      </span>
    </button>
  );
}

/** Whether it was drawn by chance, and whether somebody labelled it since. */
export function Marks({ item }: { readonly item: SelectionItem }) {
  return (
    <Group className={classes.marks} gap={3}>
      {item.is_random && (
        <Tooltip label="Drawn by chance: the control arm">
          <Badge size="sm" color="violet" variant="filled" px={5} aria-label="Drawn by chance">
            <IconDice5 size={13} style={{ display: "block" }} />
          </Badge>
        </Tooltip>
      )}
      {item.is_labelled && (
        <Tooltip label="Labelled by now">
          <Badge size="sm" color="green" variant="filled" px={5} aria-label="Labelled">
            <IconCheck size={13} style={{ display: "block" }} />
          </Badge>
        </Tooltip>
      )}
    </Group>
  );
}
