import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

import { clampTop, movedTop, rowsInView, scrollFromTop, topToShow, type Extent, type Layout } from "./scroll";

const BEYOND_ROWS = 1;
/** Rows stand relative to a row near them: transforms of tens of millions of pixels lose precision. */
const BASE_ROWS = 4096;
const IDLE_MS = 120;

export interface RowRange {
  readonly start: number;
  readonly end: number;
  readonly direction: 1 | -1;
}

export interface ScaledScroll {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly mover: RefObject<HTMLDivElement | null>;
  readonly rows: RowRange;
  /** Rows are placed relative to this one. */
  readonly baseRow: number;
  readonly onScroll: () => void;
  readonly showRow: (row: number) => void;
  /** The content's top now, in pixels. */
  readonly top: () => number;
  readonly scrollBy: (px: number) => void;
}

/** Scrolls content of any height: keeps the content's top and turns it into the rows to be rendered. */
export function useScaledScroll(layout: Layout, viewPx: number): ScaledScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const mover = useRef<HTMLDivElement>(null);
  const place = useRef({ top: 0, scroll: 0, columns: layout.columns, rowPx: layout.rowPx });
  const idle = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [rows, setRows] = useState<RowRange>({ start: 0, end: 0, direction: 1 });
  const baseRow = Math.floor(rows.start / BASE_ROWS) * BASE_ROWS;

  const extent = useCallback(
    (): Extent => ({ contentPx: layout.rows * layout.rowPx, viewPx }),
    [layout.rows, layout.rowPx, viewPx],
  );

  const move = useCallback(
    (top: number) => {
      const direction = top < place.current.top ? -1 : 1;
      place.current.top = top;
      if (mover.current !== null) {
        mover.current.style.transform = `translate3d(0, ${String(baseRow * layout.rowPx - top)}px, 0)`;
      }
      const next = rowsInView({ top, viewPx, layout, beyond: BEYOND_ROWS });
      setRows((old) => (old.start === next.start && old.end === next.end ? old : { ...next, direction }));
    },
    [baseRow, layout, viewPx],
  );

  /** Put the scroll bar where the content stands. */
  const align = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = scrollFromTop(place.current.top, extent());
    place.current.scroll = element.scrollTop;
  }, [extent]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (element === null || element.scrollTop === place.current.scroll) return;
    const step = { from: place.current.scroll, to: element.scrollTop };
    place.current.scroll = element.scrollTop;
    move(movedTop(place.current.top, step, extent()));
    if (idle.current !== null) clearTimeout(idle.current);
    idle.current = setTimeout(align, IDLE_MS);
  }, [align, extent, move]);

  // Another tile size or width: the item at the upper edge stays there.
  useLayoutEffect(() => {
    const old = place.current;
    const first = Math.floor(old.top / old.rowPx) * old.columns;
    const isSame = old.columns === layout.columns && old.rowPx === layout.rowPx;
    const top = isSame ? old.top : Math.floor(first / layout.columns) * layout.rowPx;
    place.current = { ...old, columns: layout.columns, rowPx: layout.rowPx };
    move(clampTop(top, extent()));
    align();
  }, [layout, extent, move, align]);

  useEffect(
    () => () => {
      if (idle.current !== null) clearTimeout(idle.current);
    },
    [],
  );

  const showRow = useCallback(
    (row: number) => {
      move(topToShow({ row, top: place.current.top, layout, extent: extent() }));
      align();
    },
    [align, extent, layout, move],
  );
  const scrollBy = useCallback(
    (px: number) => {
      move(clampTop(place.current.top + px, extent()));
      align();
    },
    [align, extent, move],
  );
  const top = useCallback(() => place.current.top, []);
  return { scroller, mover, rows, baseRow, onScroll, showRow, top, scrollBy };
}
