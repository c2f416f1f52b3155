/** What a key does in a grid: pure, so that it is tested without a browser. */
import { NOTHING, selectAll, stretch, toggle, type Selection } from "./selection";

export interface GridPlace {
  readonly active: number | null;
  readonly selection: Selection;
  readonly count: number;
  readonly columns: number;
  /** Whole rows that a view holds. */
  readonly viewRows: number;
}

export interface GridKey {
  readonly key: string;
  readonly isShift: boolean;
  readonly isCtrl: boolean;
}

export interface GridStep {
  readonly active?: number;
  readonly selection?: Selection;
  readonly isOpening?: boolean;
}

/** The step that a key asks for; null when the grid has no use for it. */
export function stepFor(place: GridPlace, pressed: GridKey): GridStep | null {
  const { selection, count } = place;
  if (count === 0) return null;
  const active = place.active ?? 0;
  const { key, isCtrl, isShift } = pressed;
  if (isCtrl && key.toLowerCase() === "a") return { selection: selectAll(count) };
  if (key === " ") return { active, selection: toggle(selection, active) };
  if (key === "Enter") return { active, isOpening: true };
  if (key === "Escape") return selection === NOTHING ? null : { selection: NOTHING };
  const next = target(place, pressed);
  if (next === null) return null;
  const to = place.active === null ? 0 : Math.min(count - 1, Math.max(0, next));
  if (!isShift) return { active: to };
  const from = selection.anchor === null ? { ...selection, anchor: active } : selection;
  return { active: to, selection: stretch(from, to) };
}

function target({ active, columns, viewRows, count }: GridPlace, { key, isCtrl }: GridKey): number | null {
  const at = active ?? 0;
  switch (key) {
    case "ArrowLeft":
      return at - 1;
    case "ArrowRight":
      return at + 1;
    case "ArrowUp":
      return at - columns < 0 ? at : at - columns;
    case "ArrowDown":
      return at + columns >= count ? at : at + columns;
    case "PageUp":
      return at - columns * viewRows;
    case "PageDown":
      return at + columns * viewRows;
    case "Home":
      return isCtrl ? 0 : at - (at % columns);
    case "End":
      return isCtrl ? count - 1 : at - (at % columns) + columns - 1;
    default:
      return null;
  }
}
