/** What the keys of the label grid do, as changes of a session. */
import { targets, type Desk } from "../desk";
import { restOf, unassigned, type Rest } from "./payload";
import type { GridSession } from "./session";
import { proposalOf, type Tile } from "./tile";

/** How the page looks now. */
export interface View {
  readonly tiles: readonly Tile[];
  readonly order: readonly string[];
  readonly modelId: string | null;
}

/** The tile with the focus: where the person is, else the first that needs a class. */
export function focusOf(desk: Desk, view: View): string | null {
  if (desk.focus !== null && view.order.includes(desk.focus)) return desk.focus;
  return nextOpen(desk, { view, after: null }) ?? view.order[0] ?? null;
}

/** The next tile without a class, round the page; null when all have one. */
export function nextOpen(
  desk: Desk,
  { view, after }: { readonly view: View; readonly after: string | null },
): string | null {
  const open = new Set(unassigned(view.tiles, desk.choices).map(({ itemId }) => itemId));
  const at = after === null ? -1 : view.order.indexOf(after);
  const round = [...view.order.slice(at + 1), ...view.order.slice(0, at + 1)];
  return round.find((id) => open.has(id)) ?? null;
}

/** What an action is about, in the order of the screen. */
export function targetsOf(desk: Desk, view: View): readonly string[] {
  const wanted = new Set(targets({ ...desk, focus: focusOf(desk, view) }));
  return view.order.filter((id) => wanted.has(id));
}

/** Give the targets a class and go on to the next tile that needs one. */
export function assign(session: GridSession, view: View, label: string): boolean {
  const ids = targetsOf(session.state.desk, view);
  if (ids.length === 0) return false;
  session.choose(`Class ${label}`, new Map(ids.map((id) => [id, label])));
  goOn(session, view, ids);
  return true;
}

/** Accept the proposals of the targets; gives how many there were. */
export function accept(session: GridSession, view: View): number {
  const ids = targetsOf(session.state.desk, view);
  const classes = proposalsOf(view, ids);
  session.choose("Accept", classes);
  if (classes.size > 0) goOn(session, view, ids);
  return classes.size;
}

/** Take the classes of the targets away again; gives whether one had any. */
export function clear(session: GridSession, view: View): boolean {
  const ids = targetsOf(session.state.desk, view).filter((id) => session.state.desk.choices.has(id));
  session.choose("No class", new Map(ids.map((id) => [id, null])));
  return ids.length > 0;
}

export function restOfPage(session: GridSession, view: View): Rest {
  return restOf(view.tiles, { choices: session.state.desk.choices, modelId: view.modelId });
}

/** Give everything without a class this one, or its own proposal with null. */
export function assignRest(session: GridSession, view: View, label: string | null): void {
  const rest = restOfPage(session, view);
  if (rest.kind === "none") return;
  const classes =
    label === null ? proposalsOf(view, rest.itemIds) : new Map(rest.itemIds.map((id) => [id, label]));
  session.choose(label === null ? "Accept the rest" : `The rest is ${label}`, classes);
}

function proposalsOf(view: View, ids: readonly string[]): Map<string, string> {
  const byId = new Map(view.tiles.map((tile) => [tile.itemId, tile]));
  const classes = new Map<string, string>();
  for (const id of ids) {
    const tile = byId.get(id);
    const proposal = tile === undefined ? null : proposalOf(tile, view.modelId);
    if (proposal !== null) classes.set(id, proposal.label);
  }
  return classes;
}

function goOn(session: GridSession, view: View, ids: readonly string[]): void {
  session.look((desk) => {
    const last = ids.at(-1) ?? null;
    const focus = nextOpen(desk, { view, after: last }) ?? last;
    return { ...desk, selection: new Set(), anchor: focus, focus };
  });
}
