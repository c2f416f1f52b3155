/** How large the tiles of a page can be. */

export interface Area {
  readonly width: number;
  readonly height: number;
  /** Height below each square for words. */
  readonly words?: number;
}

export interface Fit {
  readonly columns: number;
  /** Side of a cell in pixels. */
  readonly side: number;
}

export const GAP_PX = 6;
const SMALLEST_PX = 72;
const LARGEST_PX = 240;

/** The largest cells with which a page fits the area; never too small to see, then the page scrolls. */
export function fitCells(count: number, { width, height, words = 0 }: Area): Fit {
  const columnsOf = (side: number): number => Math.max(1, Math.floor((width + GAP_PX) / (side + GAP_PX)));
  let side = LARGEST_PX;
  while (side > SMALLEST_PX) {
    const rows = Math.ceil(count / columnsOf(side));
    if (rows * (side + words + GAP_PX) - GAP_PX <= height) break;
    side -= 1;
  }
  return { columns: columnsOf(side), side };
}
