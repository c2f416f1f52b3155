/**
 * Where a long grid stands. Browsers cut elements off near 17 to 33 million pixels, a million rows need more: beyond
 * `MAX_TRACK_PX` the scroll bar stands for the content by proportion, while wheel and keys still move pixel by pixel.
 */

export const MAX_TRACK_PX = 8_000_000;
/** A scroll of less than this many views is a person's wheel or key, not a drag of the scroll bar. */
const NEAR_VIEWS = 1.5;

export interface Extent {
  readonly contentPx: number;
  readonly viewPx: number;
}

/** How high the element that is scrolled must be. */
export function trackPx({ contentPx }: Extent): number {
  return Math.min(contentPx, MAX_TRACK_PX);
}

/** How far down the content can be moved. */
export function maxTop({ contentPx, viewPx }: Extent): number {
  return Math.max(0, contentPx - viewPx);
}

export function clampTop(top: number, extent: Extent): number {
  return Math.min(Math.max(0, top), maxTop(extent));
}

/** The content's top for a place of the scroll bar, by proportion. */
export function topFromScroll(scrollPx: number, extent: Extent): number {
  const track = maxScroll(extent);
  return track === 0 ? 0 : clampTop((scrollPx / track) * maxTop(extent), extent);
}

/** The scroll bar's place for a top of the content. */
export function scrollFromTop(top: number, extent: Extent): number {
  const most = maxTop(extent);
  return most === 0 ? 0 : (clampTop(top, extent) / most) * maxScroll(extent);
}

/** The content's top after the scroll bar went from one place to another. */
export function movedTop(
  top: number,
  move: { readonly from: number; readonly to: number },
  extent: Extent,
): number {
  const isScaled = extent.contentPx > MAX_TRACK_PX;
  const by = move.to - move.from;
  const isAtEnd = move.to <= 0 || move.to >= maxScroll(extent);
  if (!isScaled || isAtEnd || Math.abs(by) > NEAR_VIEWS * extent.viewPx)
    return topFromScroll(move.to, extent);
  return clampTop(top + by, extent);
}

function maxScroll(extent: Extent): number {
  return Math.max(0, trackPx(extent) - extent.viewPx);
}

export interface Layout {
  readonly columns: number;
  /** Edge of a square tile. */
  readonly tilePx: number;
  readonly rowPx: number;
  readonly rows: number;
}

/** Square tiles of about the wanted size that fill the width. */
export function layoutOf(options: {
  count: number;
  widthPx: number;
  wantedPx: number;
  gapPx: number;
}): Layout {
  const { count, widthPx, wantedPx, gapPx } = options;
  const columns = Math.max(1, Math.round((widthPx + gapPx) / (wantedPx + gapPx)));
  const tilePx = Math.max(16, Math.floor((widthPx + gapPx) / columns - gapPx));
  return { columns, tilePx, rowPx: tilePx + gapPx, rows: Math.ceil(count / columns) };
}

/** The rows that a view shows, `end` excluded, with some beyond each edge. */
export function rowsInView(options: { top: number; viewPx: number; layout: Layout; beyond: number }): {
  start: number;
  end: number;
} {
  const { top, viewPx, layout, beyond } = options;
  const start = Math.max(0, Math.floor(top / layout.rowPx) - beyond);
  const end = Math.min(layout.rows, Math.ceil((top + viewPx) / layout.rowPx) + beyond);
  return { start, end: Math.max(start, end) };
}

/** The least move that brings a row into view whole. */
export function topToShow(options: { row: number; top: number; layout: Layout; extent: Extent }): number {
  const { row, top, layout, extent } = options;
  const rowTop = row * layout.rowPx;
  if (rowTop < top) return clampTop(rowTop, extent);
  const below = rowTop + layout.rowPx - (top + extent.viewPx);
  return below > 0 ? clampTop(top + below, extent) : top;
}
