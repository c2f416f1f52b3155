/** Which tiles of a page are selected: clicks, ranges and rectangles over tiles in the order of the screen. */

export interface Pick {
  readonly selection: ReadonlySet<string>;
  /** Where a range stretches from. */
  readonly anchor: string | null;
  readonly focus: string | null;
}

/** The focus without a selection. */
export function focusOn(id: string | null): Pick {
  return { selection: new Set(), anchor: id, focus: id };
}

/** Turn one tile on or off. */
export function toggleOne(pick: Pick, id: string): Pick {
  const selection = new Set(pick.selection);
  if (!selection.delete(id)) selection.add(id);
  return { selection, anchor: id, focus: id };
}

/** Everything between the anchor and a tile, in place of what was selected. */
export function stretchTo(
  pick: Pick,
  options: { readonly order: readonly string[]; readonly id: string },
): Pick {
  const { order, id } = options;
  const to = order.indexOf(id);
  const anchored = pick.anchor === null ? -1 : order.indexOf(pick.anchor);
  if (to < 0) return pick;
  const from = anchored < 0 ? to : anchored;
  const selection = new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  return { selection, anchor: order[from] ?? id, focus: id };
}

/** These tiles, beside what was selected before or in its place. */
export function selectThese(
  pick: Pick,
  options: { readonly ids: readonly string[]; readonly isAdding: boolean },
): Pick {
  const { ids, isAdding } = options;
  const [first] = ids;
  return {
    selection: new Set(isAdding ? [...pick.selection, ...ids] : ids),
    anchor: pick.anchor ?? first ?? null,
    focus: pick.focus ?? first ?? null,
  };
}

/** All of the page; when all are selected already, none. */
export function selectAll(pick: Pick, order: readonly string[]): Pick {
  const isAll = order.length > 0 && order.every((id) => pick.selection.has(id));
  return { ...pick, selection: new Set(isAll ? [] : order), focus: pick.focus ?? order[0] ?? null };
}
