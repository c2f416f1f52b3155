/** What the keys of the review do, as changes of a session. */
import type { Crop } from "@/api/schema.gen";

import { targets, type Desk } from "../desk";

import type { ReviewSession } from "./session";
import { flipped, said } from "./verdicts";

export function focusOf(desk: Desk, order: readonly string[]): string | null {
  return desk.focus !== null && order.includes(desk.focus) ? desk.focus : (order[0] ?? null);
}

export function orderOf(crops: readonly Crop[]): readonly string[] {
  return crops.map((crop) => crop.annotation_id);
}

/** What an action is about: the selection, else the crop with the focus. */
export function targetsOf(session: ReviewSession): readonly string[] {
  const { desk, crops } = session.state;
  const order = orderOf(crops);
  const wanted = new Set(targets({ ...desk, focus: focusOf(desk, order) }));
  return order.filter((id) => wanted.has(id));
}

/** Turn crops to wrong, or to right after all when the first of them is wrong already. */
export function flip(session: ReviewSession, ids: readonly string[]): boolean {
  const [first] = ids;
  if (first === undefined) return false;
  const verdict = flipped(session.state.desk.choices.get(first));
  session.choose(verdict === null ? "Right" : "Wrong", new Map(ids.map((id) => [id, verdict])));
  session.look((desk) => ({ ...desk, selection: new Set(), focus: first, anchor: first }));
  return true;
}

/** Say what the targets really are. */
export function say(session: ReviewSession, label: string): boolean {
  const ids = targetsOf(session);
  if (ids.length === 0) return false;
  const byId = new Map(session.state.crops.map((crop) => [crop.annotation_id, crop]));
  const classes = new Map<string, string | null>();
  for (const id of ids) {
    const crop = byId.get(id);
    if (crop !== undefined) classes.set(id, said(crop, label));
  }
  session.choose(`It is ${label}`, classes);
  session.look((desk) => ({ ...desk, selection: new Set(), focus: ids[0] ?? desk.focus }));
  return true;
}

/** Take the verdicts of the targets away. */
export function clear(session: ReviewSession): boolean {
  const ids = targetsOf(session).filter((id) => session.state.desk.choices.has(id));
  session.choose("Right", new Map(ids.map((id) => [id, null])));
  return ids.length > 0;
}
