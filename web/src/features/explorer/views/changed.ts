/** What a saved view keeps of how one looks, and whether one looks differently now. */
import type { SavedView } from "@/api/schema.gen";

import { parseSettings, type LensSettings } from "../lenses/settings";

export function lensJson(lens: string, settings: LensSettings): SavedView["lens"] {
  return { lens, settings };
}

/** The lens and settings of a saved view, whatever is in it. */
export function readLens(view: SavedView): { lens: string; settings: LensSettings } {
  const { lens, settings } = view.lens;
  return { lens: typeof lens === "string" ? lens : "grid", settings: parseSettings(settings) };
}

export function isChanged(
  view: SavedView,
  now: { readonly q: string; readonly lens: string; readonly settings: LensSettings },
): boolean {
  const kept = readLens(view);
  return (
    view.query_text.trim() !== now.q.trim() ||
    kept.lens !== now.lens ||
    JSON.stringify(kept.settings) !== JSON.stringify(now.settings)
  );
}
