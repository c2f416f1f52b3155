/** What can be written next in a query: fields, then the values of a field. Pure; the editor only shows it. */
import type { QueryField } from "@/api/schema.gen";

export interface Offer {
  readonly label: string;
  /** What is written when it is taken. */
  readonly apply: string;
  readonly detail: string;
}

export interface Offers {
  /** Where the part to be replaced begins. */
  readonly from: number;
  readonly options: readonly Offer[];
}

const SPECIAL: readonly Offer[] = [
  { label: "has", apply: "has:", detail: "there is a value" },
  { label: "sort", apply: "sort:", detail: "order, - for descending" },
  { label: "layer", apply: "layer:", detail: "truth, prediction or any" },
  { label: "snapshot", apply: "snapshot:", detail: "as it was frozen" },
];
const LAYERS = ["truth", "prediction", "any"] as const;

/** Offers for the place `at` of a text. */
export function offersAt(text: string, at: number, fields: readonly QueryField[]): Offers | null {
  const start = startOfTerm(text, at);
  const written = text.slice(start, at);
  const minus = written.startsWith("-") ? 1 : 0;
  const operator = /^((?:[^\s:=<>~|()"]|"[^"]*")+)(<=|>=|[:=<>~])/u.exec(written.slice(minus));
  if (operator === null) return { from: start + minus, options: fieldOffers(fields) };
  const [whole, field = ""] = operator;
  const valueStart = start + minus + whole.length + startOfLastValue(written.slice(minus + whole.length));
  const values = valuesOf(field, fields);
  return values.length === 0 ? null : { from: valueStart, options: values };
}

/** The first offer that goes on with what stands before `at`; null when nothing is begun or it is written out. */
export function firstOffer(
  text: string,
  at: number,
  fields: readonly QueryField[],
): { from: number; apply: string } | null {
  const offers = offersAt(text, at, fields);
  const begun = offers === null ? "" : text.slice(offers.from, at);
  if (offers === null || begun === "") return null;
  const found = offers.options.find((one) => one.apply.startsWith(begun) && one.apply !== begun);
  return found === undefined ? null : { from: offers.from, apply: found.apply };
}

/** Fields, and the words with a meaning of their own where the server does not list them. */
function fieldOffers(fields: readonly QueryField[]): Offer[] {
  const known = new Set(fields.map((one) => one.name));
  return [...fields.map(fieldOffer), ...SPECIAL.filter((one) => !known.has(one.label))];
}

function fieldOffer({ name, type, title }: QueryField): Offer {
  return { label: name, apply: type === "number" ? name : `${name}:`, detail: title };
}

function valuesOf(field: string, fields: readonly QueryField[]): Offer[] {
  const offer = (value: string): Offer => ({ label: value, apply: value, detail: "" });
  if (field === "layer") return LAYERS.map(offer);
  if (field === "has" || field === "sort")
    return fields.map(({ name, title }) => ({ label: name, apply: name, detail: title }));
  return (fields.find((one) => one.name === field)?.values ?? []).map(offer);
}

/** Back to white space or a parenthesis that no quote holds. */
function startOfTerm(text: string, at: number): number {
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < at; index += 1) {
    const one = text.charAt(index);
    if (isQuoted && one === "\\") index += 1;
    else if (one === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /[\s()]/u.test(one)) start = index + 1;
  }
  return start;
}

function startOfLastValue(values: string): number {
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < values.length; index += 1) {
    const one = values.charAt(index);
    if (isQuoted && one === "\\") index += 1;
    else if (one === '"') isQuoted = !isQuoted;
    else if (!isQuoted && one === "|") start = index + 1;
  }
  return start;
}
