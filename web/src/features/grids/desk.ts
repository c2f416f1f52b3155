/** A page of items under one's hands: what is chosen for each, what is selected, and every step to take back. */

/** What one item was and becomes; null is no class. */
export interface Change {
  readonly itemId: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Step {
  readonly title: string;
  readonly changes: readonly Change[];
}

export interface Desk {
  readonly choices: ReadonlyMap<string, string>;
  readonly selection: ReadonlySet<string>;
  /** Where a shift-click stretches from. */
  readonly anchor: string | null;
  readonly focus: string | null;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

export const EMPTY_DESK: Desk = {
  choices: new Map(),
  selection: new Set(),
  anchor: null,
  focus: null,
  past: [],
  future: [],
};

/** What an action is about: the selection, else the tile with the focus. */
export function targets(desk: Desk): readonly string[] {
  if (desk.selection.size > 0) return [...desk.selection];
  return desk.focus === null ? [] : [desk.focus];
}

/** Give items classes, or take them away with null, as one step. What says so already is left out. */
export function choose(
  desk: Desk,
  wanted: { readonly title: string; readonly classes: ReadonlyMap<string, string | null> },
): Desk {
  const changes = [...wanted.classes].flatMap(([itemId, after]): Change[] => {
    const before = desk.choices.get(itemId) ?? null;
    return before === after ? [] : [{ itemId, before, after }];
  });
  if (changes.length === 0) return desk;
  const step = { title: wanted.title, changes };
  return {
    ...desk,
    choices: applied(desk.choices, changes),
    past: [...desk.past, step],
    future: [],
  };
}

/** Take the last step back; its items are selected when there are several, or have the focus when it was one. */
export function undo(desk: Desk): Desk {
  const step = desk.past.at(-1);
  if (step === undefined) return desk;
  const back = step.changes.map(({ itemId, before, after }) => ({ itemId, before: after, after: before }));
  return {
    ...shown(desk, step),
    choices: applied(desk.choices, back),
    past: desk.past.slice(0, -1),
    future: [...desk.future, step],
  };
}

export function redo(desk: Desk): Desk {
  const step = desk.future.at(-1);
  if (step === undefined) return desk;
  return {
    ...shown(desk, step),
    choices: applied(desk.choices, step.changes),
    past: [...desk.past, step],
    future: desk.future.slice(0, -1),
  };
}

/** Items that left the page leave no trace: no choice, no selection, no step. */
export function forget(desk: Desk, itemIds: Iterable<string>): Desk {
  const gone = new Set(itemIds);
  if (gone.size === 0) return desk;
  const isLeft = (id: string): boolean => !gone.has(id);
  const cut = (steps: readonly Step[]): Step[] =>
    steps
      .map((step) => ({ ...step, changes: step.changes.filter(({ itemId }) => isLeft(itemId)) }))
      .filter(({ changes }) => changes.length > 0);
  const keep = (id: string | null): string | null => (id !== null && isLeft(id) ? id : null);
  return {
    choices: new Map([...desk.choices].filter(([id]) => isLeft(id))),
    selection: new Set([...desk.selection].filter(isLeft)),
    anchor: keep(desk.anchor),
    focus: keep(desk.focus),
    past: cut(desk.past),
    future: cut(desk.future),
  };
}

/** Choices that were made before, as after a reload: no step leads there. */
export function restore(desk: Desk, choices: ReadonlyMap<string, string>): Desk {
  return choices.size === 0 ? desk : { ...desk, choices: new Map([...desk.choices, ...choices]) };
}

function applied(choices: ReadonlyMap<string, string>, changes: readonly Change[]): Map<string, string> {
  const next = new Map(choices);
  for (const { itemId, after } of changes) {
    if (after === null) next.delete(itemId);
    else next.set(itemId, after);
  }
  return next;
}

function shown(desk: Desk, { changes }: Step): Desk {
  const [first] = changes;
  if (first === undefined) return desk;
  const selection = new Set(changes.length > 1 ? changes.map(({ itemId }) => itemId) : []);
  return { ...desk, selection, anchor: first.itemId, focus: first.itemId };
}
