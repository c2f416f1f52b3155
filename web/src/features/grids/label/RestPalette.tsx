import { ClassPalette, type PaletteOption } from "../ClassPalette";
import type { ClassRow } from "../names";

import { restOfPage, type View } from "./act";
import type { GridSession } from "./session";
import { proposalOf } from "./tile";

const OWN = " own";

export interface RestPaletteProps {
  readonly session: GridSession;
  readonly view: View;
  readonly rows: readonly ClassRow[];
  readonly focus: string | null;
  readonly isAsking: boolean;
  /** Null stands for each its own proposal. */
  readonly onPick: (label: string | null) => void;
  readonly onClose: () => void;
}

/** What everything still without a class on this page is; then the page is handed in. */
export function RestPalette({ session, view, rows, focus, isAsking, onPick, onClose }: RestPaletteProps) {
  const rest = restOfPage(session, view);
  if (rest.kind !== "ask") return null;
  const byId = new Map(view.tiles.map((tile) => [tile.itemId, tile]));
  const counts = new Map<string, number>();
  for (const id of rest.itemIds) {
    const tile = byId.get(id);
    const label = tile === undefined ? undefined : proposalOf(tile, view.modelId)?.label;
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const focused = focus === null ? undefined : byId.get(focus);
  const here = focused === undefined ? undefined : proposalOf(focused, view.modelId)?.label;
  // The class of the group that one is in comes first, then the more often proposed.
  const weight = (name: string): number =>
    name === here ? rest.itemIds.length + 1 : (counts.get(name) ?? 0);
  const proposed = rest.itemIds.length - rest.without;
  const own: PaletteOption = {
    id: OWN,
    name: rest.without === 0 ? "Each what the model proposes" : `What the model proposes, where it does`,
    color: null,
    note: `${String(proposed)} of ${String(rest.itemIds.length)}`,
  };
  const named = [...rows]
    .sort((a, b) => weight(b.name) - weight(a.name))
    .map((row): PaletteOption => {
      const n = counts.get(row.name) ?? 0;
      return { ...row, id: row.name, note: n > 0 ? `${String(n)} proposed` : undefined };
    });
  return (
    <ClassPalette
      title={
        isAsking
          ? `${String(rest.itemIds.length)} have no answer yet. What is it?`
          : `${String(rest.itemIds.length)} have no class yet. What are they?`
      }
      about="All of them get it, and the page is handed in."
      options={proposed > 0 ? [own, ...named] : named}
      onPick={(id) => {
        onPick(id === OWN ? null : id);
      }}
      onClose={onClose}
    />
  );
}
