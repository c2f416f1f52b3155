/** Where the tiles of a page lie: grouped by proposed class, in a grid that fits the window. */
import { proposalOf, type Tile } from "./tile";

export type Sorting = "class" | "doubt" | "queue";

export type Cell =
  | { readonly kind: "group"; readonly label: string | null; readonly itemIds: readonly string[] }
  | { readonly kind: "tile"; readonly itemId: string };

/**
 * The cells of a page in reading order.
 *
 * By class each group has a cell of its own at its head: classes in the ontology's order, the surest first, items
 * without a proposal last. By doubt the least sure come first, and those without a proposal before all.
 */
export function layCells(
  tiles: readonly Tile[],
  options: { readonly sorting: Sorting; readonly modelId: string | null; readonly labels: readonly string[] },
): readonly Cell[] {
  const { sorting, modelId, labels } = options;
  const cell = ({ itemId }: Tile): Cell => ({ kind: "tile", itemId });
  const confidence = (tile: Tile): number => proposalOf(tile, modelId)?.confidence ?? 0;
  if (sorting === "queue") return tiles.map(cell);
  if (sorting === "doubt") return sortedBy(tiles, confidence).map(cell);
  const groups = new Map<string | null, Tile[]>();
  for (const tile of tiles) {
    const label = proposalOf(tile, modelId)?.label ?? null;
    groups.set(label, [...(groups.get(label) ?? []), tile]);
  }
  const [only] = groups.keys();
  // A page without proposals is one group, which needs no head.
  if (groups.size <= 1 && (only ?? null) === null) return tiles.map(cell);
  const place = (label: string | null): number => {
    if (label === null) return labels.length + 1;
    const at = labels.indexOf(label);
    return at < 0 ? labels.length : at;
  };
  return sortedBy([...groups], ([label]) => place(label)).flatMap(([label, found]): Cell[] => {
    const mine = sortedBy(found, (tile) => -confidence(tile));
    return [{ kind: "group", label, itemIds: mine.map(({ itemId }) => itemId) }, ...mine.map(cell)];
  });
}

export function tileOrder(cells: readonly Cell[]): readonly string[] {
  return cells.flatMap((cell) => (cell.kind === "tile" ? [cell.itemId] : []));
}

function sortedBy<T>(list: readonly T[], value: (one: T) => number): readonly T[] {
  return list
    .map((one) => ({ one, at: value(one) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

export type Direction = "left" | "right" | "up" | "down" | "first" | "last";

/** The tile that a step leads to: heads of groups are stepped over. */
export function stepFrom(
  cells: readonly Cell[],
  options: { readonly from: string | null; readonly columns: number; readonly to: Direction },
): string | null {
  const { from, columns, to } = options;
  const at = cells.findIndex((cell) => cell.kind === "tile" && cell.itemId === from);
  if (at < 0 || to === "first") return tileAt(cells, 0, 1);
  switch (to) {
    case "left":
      return tileAt(cells, at - 1, -1) ?? from;
    case "right":
      return tileAt(cells, at + 1, 1) ?? from;
    case "up":
      return at - columns < 0 ? from : (tileAt(cells, at - columns, 1) ?? from);
    case "down":
      return at + columns >= cells.length ? from : (tileAt(cells, at + columns, 1) ?? from);
    case "last":
      return tileAt(cells, cells.length - 1, -1);
  }
}

/** The tile at a place, or the next one in a direction. */
function tileAt(cells: readonly Cell[], place: number, step: 1 | -1): string | null {
  for (let at = place; at >= 0 && at < cells.length; at += step) {
    const cell = cells[at];
    if (cell?.kind === "tile") return cell.itemId;
  }
  return null;
}
