/** What a page of crops becomes when it is approved: relabelled, removed, or right. */
import type { Crop, LabelChange } from "@/api/schema.gen";

/** Stands for "none of the classes" among the choices: an empty name is no class. */
export const REMOVE = "";

export interface Verdicts {
  readonly right: readonly string[];
  readonly relabelled: readonly LabelChange[];
  /** Annotations to remove, by item: an item is changed as a whole. */
  readonly removed: ReadonlyMap<string, readonly string[]>;
}

export function verdictsOf(crops: readonly Crop[], choices: ReadonlyMap<string, string>): Verdicts {
  const right: string[] = [];
  const relabelled: LabelChange[] = [];
  const removed = new Map<string, string[]>();
  for (const { annotation_id: id, item_id: itemId, label } of crops) {
    const choice = choices.get(id);
    if (choice === undefined || choice === label) right.push(id);
    else if (choice === REMOVE) removed.set(itemId, [...(removed.get(itemId) ?? []), id]);
    else relabelled.push({ annotation_id: id, label: choice });
  }
  return { right, relabelled, removed };
}

/** What a click makes of a crop: wrong, or right after all. */
export function flipped(choice: string | undefined): string | null {
  return choice === undefined ? REMOVE : null;
}

/** What saying a class makes of a crop: its own class says that it is right. */
export function said(crop: Crop, label: string): string | null {
  return crop.label === label ? null : label;
}
