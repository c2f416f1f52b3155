/** The ontology while it is being edited: changes as pure functions, and what saving them would mean. */
import type { Attribute, Label, Ontology, OntologyDraft } from "@/api/schema.gen";

/** A label in the editor; `was` is its name in the saved version, null for a new one. */
export interface LabelRow {
  readonly key: number;
  readonly was: string | null;
  readonly name: string;
  readonly color: string | null;
  readonly parent: string | null;
}

export interface AttributeRow {
  readonly key: number;
  readonly was: string | null;
  readonly name: string;
  readonly type: Attribute["type"];
  readonly choices: readonly string[];
  readonly labels: readonly string[];
}

export interface Draft {
  readonly labels: readonly LabelRow[];
  readonly attributes: readonly AttributeRow[];
  readonly isOpen: boolean;
  readonly nextKey: number;
}

export function startDraft(ontology: Ontology | null): Draft {
  let key = 0;
  const next = () => key++;
  const labels = (ontology?.labels ?? []).map((one) => ({
    key: next(),
    was: one.name,
    name: one.name,
    color: one.color ?? null,
    parent: one.parent ?? null,
  }));
  const attributes = (ontology?.attributes ?? []).map((one) => ({
    key: next(),
    was: one.name,
    name: one.name,
    type: one.type,
    choices: one.choices ?? [],
    labels: one.labels ?? [],
  }));
  return { labels, attributes, isOpen: ontology?.is_open ?? false, nextKey: key };
}

export function toOntologyDraft(draft: Draft): OntologyDraft {
  const labels = draft.labels.map((one): Label => ({
    name: one.name.trim(),
    color: one.color,
    parent: one.parent,
  }));
  const attributes = draft.attributes.map((one): Attribute => ({
    name: one.name.trim(),
    type: one.type,
    choices: one.type === "choice" ? [...one.choices] : [],
    labels: [...one.labels],
  }));
  return { labels, attributes, is_open: draft.isOpen };
}

/** Add labels by name, one per line or comma; names already there and empty ones are left out. */
export function addLabels(draft: Draft, text: string): Draft {
  const known = new Set(draft.labels.map((one) => one.name.trim()));
  const names = text
    .split(/[\n,;]/)
    .map((name) => name.trim())
    .filter((name) => name !== "" && !known.has(name) && known.add(name));
  const added = names.map((name, index) => ({
    key: draft.nextKey + index,
    was: null,
    name,
    color: null,
    parent: null,
  }));
  return { ...draft, labels: [...draft.labels, ...added], nextKey: draft.nextKey + added.length };
}

/** Change a label; when it is renamed, what names it as parent or applies to it follows. */
export function changeLabel(draft: Draft, key: number, part: Partial<Omit<LabelRow, "key" | "was">>): Draft {
  const before = draft.labels.find((one) => one.key === key);
  if (before === undefined) return draft;
  const renamed = (name: string) => (part.name !== undefined && name === before.name ? part.name : name);
  return {
    ...draft,
    labels: draft.labels.map((one) => {
      const changed = one.key === key ? { ...one, ...part } : one;
      return { ...changed, parent: changed.parent === null ? null : renamed(changed.parent) };
    }),
    attributes: draft.attributes.map((one) => ({ ...one, labels: one.labels.map(renamed) })),
  };
}

/** Remove a label; its children move up to its parent. */
export function removeLabel(draft: Draft, key: number): Draft {
  const gone = draft.labels.find((one) => one.key === key);
  if (gone === undefined) return draft;
  return {
    ...draft,
    labels: draft.labels
      .filter((one) => one.key !== key)
      .map((one) => (one.parent === gone.name ? { ...one, parent: gone.parent } : one)),
    attributes: draft.attributes.map((one) => ({
      ...one,
      labels: one.labels.filter((name) => name !== gone.name),
    })),
  };
}

/** Move a label by some places; digits 1 to 9 follow the order. */
export function moveLabel(draft: Draft, key: number, by: number): Draft {
  const from = draft.labels.findIndex((one) => one.key === key);
  const to = Math.max(0, Math.min(draft.labels.length - 1, from + by));
  const row = draft.labels[from];
  if (row === undefined || from === to) return draft;
  const rest = draft.labels.filter((one) => one.key !== key);
  return { ...draft, labels: [...rest.slice(0, to), row, ...rest.slice(to)] };
}

export function addAttribute(draft: Draft): Draft {
  const row: AttributeRow = {
    key: draft.nextKey,
    was: null,
    name: "",
    type: "flag",
    choices: [],
    labels: [],
  };
  return { ...draft, attributes: [...draft.attributes, row], nextKey: draft.nextKey + 1 };
}

export function changeAttribute(
  draft: Draft,
  key: number,
  part: Partial<Omit<AttributeRow, "key" | "was">>,
): Draft {
  return {
    ...draft,
    attributes: draft.attributes.map((one) => (one.key === key ? { ...one, ...part } : one)),
  };
}

export function removeAttribute(draft: Draft, key: number): Draft {
  return { ...draft, attributes: draft.attributes.filter((one) => one.key !== key) };
}

/** What keeps a draft from being saved, in sentences; empty when it is fine. */
export function findMistakes(draft: Draft): readonly string[] {
  const mistakes: string[] = [];
  const say = (what: string, names: readonly string[]) => {
    if (names.some((name) => name.trim() === "")) mistakes.push(`Every ${what} needs a name.`);
    const twice = names
      .map((name) => name.trim())
      .find((name, index, all) => name !== "" && all.indexOf(name) !== index);
    if (twice !== undefined) mistakes.push(`Two ${what}s are called “${twice}”.`);
  };
  say(
    "label",
    draft.labels.map((one) => one.name),
  );
  say(
    "attribute",
    draft.attributes.map((one) => one.name),
  );
  for (const one of draft.attributes) {
    if (one.type === "choice" && one.choices.length === 0)
      mistakes.push(`Give “${one.name}” at least one choice.`);
  }
  return mistakes;
}

/** Labels of the saved version that the draft no longer has. What carries them stays, and can be found and relabelled. */
export function removedLabels(draft: Draft, saved: Ontology | null): readonly string[] {
  const kept = new Set(draft.labels.map((one) => one.name.trim()));
  return (saved?.labels ?? []).map((one) => one.name).filter((name) => !kept.has(name));
}
