/** What the form for a choice holds, and the request that it makes of it. Pure. */
import type { SelectionDraft, SelectionQuota } from "@/api/schema.gen";

export const UNITS = ["count", "bytes", "seconds"] as const;
export type Unit = (typeof UNITS)[number];

export interface Quota {
  readonly field: string;
  readonly kind: "most" | "share";
  /** Items, or percent. */
  readonly amount: number | null;
}

export interface Form {
  readonly unit: Unit;
  /** Images. */
  readonly count: number | null;
  /** Megabytes. */
  readonly megabytes: number | null;
  /** Hours of people's work. */
  readonly hours: number | null;
  /** Seconds of people's work per image; null: what this project's tasks took. */
  readonly secondsPerItem: number | null;
  readonly strategy: string;
  readonly name: string;
  /** Where to choose from; empty: everywhere. */
  readonly q: string;
  /** Also what has ground truth, is in test or lies in a task. */
  readonly takesAny: boolean;
  readonly quotas: readonly Quota[];
  /** Percent drawn by chance. */
  readonly randomPercent: number;
  readonly seed: number;
  readonly space: string | null;
  readonly model: string | null;
  /** Ids of items, parted by anything that is no part of an id. */
  readonly examples: string;
  readonly target: readonly { readonly label: string; readonly percent: number | null }[];
  readonly withoutDuplicates: boolean;
  readonly withoutBad: boolean;
}

export const FIRST: Form = {
  unit: "count",
  count: 500,
  megabytes: 1000,
  hours: 8,
  secondsPerItem: null,
  strategy: "auto",
  name: "",
  q: "",
  takesAny: false,
  quotas: [],
  randomPercent: 10,
  seed: 0,
  space: null,
  model: null,
  examples: "",
  target: [],
  withoutDuplicates: true,
  withoutBad: false,
};

/** The form that a link opens: a pool, and examples to look alike. */
export function begin({ q, like }: { readonly q: string; readonly like: string }): Form {
  const examples = readExamples(like);
  if (examples.length === 0) return { ...FIRST, q };
  return { ...FIRST, q, strategy: "similarity", examples: examples.join(" ") };
}

const HOUR = 3600;
const MEGABYTE = 1_000_000;

/** The ids of items in a text. */
export function readExamples(text: string): string[] {
  return [...new Set(text.match(/itm_\w+/gu) ?? [])];
}

/** Why it cannot be asked for yet; null when it can. */
export function whyNot(form: Form): string | null {
  if (amountOf(form) === null) return "Say how many first.";
  if (form.strategy === "similarity" && readExamples(form.examples).length === 0)
    return "Give examples to look alike, below Advanced.";
  const unnamed = form.quotas.find((one) => one.field.trim() === "" || !isPositive(one.amount));
  if (unnamed !== undefined) return "A limit names a field and a number.";
  return null;
}

function amountOf(form: Form): number | null {
  const amount = { count: form.count, bytes: form.megabytes, seconds: form.hours }[form.unit];
  return isPositive(amount) ? amount : null;
}

function isPositive(amount: number | null): amount is number {
  return amount !== null && amount > 0;
}

/** The request; null while something is missing. */
export function draftOf(form: Form): SelectionDraft | null {
  if (whyNot(form) !== null) return null;
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  const examples = readExamples(form.examples);
  return {
    name: text(form.name),
    strategy: form.strategy,
    params: {},
    budget: budgetOf(form),
    quotas: form.quotas.map(quotaOf),
    filter: text(form.q),
    pool: form.takesAny ? "any" : "unlabelled",
    space: form.space,
    model: form.model,
    random_share: form.randomPercent / 100,
    examples: examples.length === 0 ? null : examples,
    target: targetOf(form),
    without_duplicates: form.withoutDuplicates,
    without_bad: form.withoutBad,
    seed: form.seed,
  };
}

function budgetOf(form: Form): SelectionDraft["budget"] {
  const amount = amountOf(form) ?? 1;
  if (form.unit === "count") return { count: Math.round(amount) };
  if (form.unit === "bytes") return { bytes: Math.round(amount * MEGABYTE) };
  return { seconds: amount * HOUR, seconds_per_item: form.secondsPerItem };
}

function quotaOf({ field, kind, amount }: Quota): SelectionQuota {
  const value = amount ?? 1;
  return kind === "most"
    ? { field: field.trim(), most: Math.max(1, Math.round(value)) }
    : { field: field.trim(), share: Math.min(1, value / 100) };
}

function targetOf({ target, strategy }: Form): Record<string, number> | null {
  const wished = target.filter((one) => one.label !== "" && isPositive(one.percent));
  if (strategy !== "class_balance" || wished.length === 0) return null;
  return Object.fromEntries(wished.map(({ label, percent }) => [label, (percent ?? 0) / 100]));
}

/** Fewer than this drawn by chance, and a choice cannot be proven on its own. */
export const FEWEST_RANDOM = 20;

/** What is to be said about the share by chance when `n` images are chosen; null when it is enough. */
export function randomWarning(form: Form, n: number): string | null {
  const drawn = Math.round((n * form.randomPercent) / 100);
  if (form.strategy === "random" || n === 0 || drawn >= FEWEST_RANDOM) return null;
  if (drawn === 0) return "None is drawn by chance, so nobody can ever measure what this choice saved.";
  const needed = Math.ceil((100 * FEWEST_RANDOM) / n / 5) * 5;
  const remedy =
    needed <= 50
      ? `Draw ${String(needed)} % by chance (Advanced), or choose more; later selections add theirs.`
      : "Choose more; later selections add theirs.";
  return `${String(drawn)} drawn by chance are too few to prove what it saves: ${String(FEWEST_RANDOM)} are needed. ${remedy}`;
}

/** How many settings below "Advanced" differ from the usual. */
export function countChanged(form: Form): number {
  const names = [
    "randomPercent",
    "seed",
    "space",
    "model",
    "withoutDuplicates",
    "withoutBad",
    "secondsPerItem",
    "name",
  ] as const;
  const changed = names.filter((name) => form[name] !== FIRST[name]).length;
  return changed + Number(form.examples !== "") + Number(form.target.length > 0);
}
