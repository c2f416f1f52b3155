/** Form fields of a node's parameters, read from the JSON schema that the server publishes. */
import { asList, asNumber, asRecord, asText, isRecord, type JsonRecord } from "@/api/json";
import type { NodeTypeInfo } from "@/api/schema.gen";

import { describe } from "./look";

export type FieldKind =
  | "text"
  | "number"
  | "integer"
  | "boolean"
  | "choice"
  | "names"
  /** Yes, no, or a word that leaves it to the machine. */
  | "tristate"
  | "queries"
  | "json"
  | "code"
  | "dataset"
  | "model"
  | "task"
  | "recipe"
  | "query"
  | "variable"
  | "strategy"
  | "labels"
  | "subset";

const PICKERS: ReadonlySet<string> = new Set<FieldKind>([
  "code",
  "dataset",
  "model",
  "task",
  "recipe",
  "query",
  "variable",
  "strategy",
  "labels",
  "subset",
]);

export interface Field {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly kind: FieldKind;
  /** Null stands for "none" and may be chosen. */
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  readonly fallback: unknown;
  readonly choices: readonly string[];
  readonly least: number | null;
  readonly most: number | null;
  /** A list of several, such as of labels or datasets. */
  readonly isList: boolean;
  /** What a value can look like, shown where nothing is written. */
  readonly example?: string;
  /** It cannot come from a variable. */
  readonly hasNoVariable?: boolean;
}

/** The fields of a kind of node, in the order of its parameters. */
export function fieldsOf(type: NodeTypeInfo | undefined): Field[] {
  return fieldsOfSchema(type?.params);
}

/** The fields of any object's JSON schema, in its order. */
export function fieldsOfSchema(raw: unknown): Field[] {
  const schema = asRecord(raw);
  const required = new Set(asList(schema.required));
  const defs = asRecord(schema.$defs);
  return Object.entries(asRecord(schema.properties)).map(([name, one]) =>
    readField(name, asRecord(one), { isRequired: required.has(name), defs }),
  );
}

/** What a parameter holds, for those who look for references. */
export function kindOfField(type: NodeTypeInfo | undefined, name: string): FieldKind | null {
  return fieldsOf(type).find((field) => field.name === name)?.kind ?? null;
}

function readField(name: string, raw: JsonRecord, about: { isRequired: boolean; defs: JsonRecord }): Field {
  const options = asList(raw.anyOf).map((one) => opened(asRecord(one), about.defs));
  const real = options.filter((one) => one.type !== "null");
  const isNullable = real.length < options.length;
  const [only] = real;
  const schema = { ...raw, ...(real.length === 1 && only !== undefined ? only : opened(raw, about.defs)) };
  const word = wordBesideBoolean(real);
  const choices = word === null ? choicesOf(schema, about.defs) : [word];
  const kind = word !== null ? "tristate" : real.length > 1 ? "json" : kindOf(name, { schema, choices, raw });
  return {
    name,
    title: titleOf(name),
    help: describe(asText(raw.description) ?? ""),
    kind,
    isNullable,
    isRequired: about.isRequired,
    fallback: raw.default,
    choices,
    least: asNumber(schema.minimum) ?? asNumber(schema.exclusiveMinimum),
    most: asNumber(schema.maximum) ?? asNumber(schema.exclusiveMaximum),
    isList: schema.type === "array",
    example: asText(asList(raw.examples)[0]) ?? undefined,
  };
}

/** The one word of "a word, or yes or no"; null for any other choice of kinds. */
function wordBesideBoolean(kinds: readonly JsonRecord[]): string | null {
  const other = kinds.find((one) => one.type !== "boolean");
  if (kinds.length !== 2 || other === undefined || !kinds.some((one) => one.type === "boolean")) return null;
  return asText(other.const) ?? asText(asList(other.enum)[0]);
}

function opened(schema: JsonRecord, defs: JsonRecord): JsonRecord {
  const name = asText(schema.$ref)?.replace("#/$defs/", "");
  return name === undefined ? schema : asRecord(defs[name]);
}

function choicesOf(schema: JsonRecord, defs: JsonRecord): string[] {
  const inner = schema.type === "array" ? opened(asRecord(schema.items), defs) : schema;
  const listed = asList(inner.enum).filter((one) => typeof one === "string");
  if (listed.length > 0) return listed;
  // `^(classification|detection)$` is an enumeration as well.
  const found = /^\^\(([a-z_|]+)\)\$$/u.exec(asText(inner.pattern) ?? "");
  return found?.[1]?.split("|") ?? [];
}

function kindOf(
  name: string,
  { schema, choices, raw }: { schema: JsonRecord; choices: readonly string[]; raw: JsonRecord },
): FieldKind {
  const told =
    asText(raw["x-whorl"]) ?? asText(schema["x-whorl"]) ?? asText(asRecord(schema.items)["x-whorl"]);
  if (told !== null && isKind(told)) return told;
  if (choices.length > 0) return "choice";
  switch (schema.type) {
    case "integer":
    case "number":
    case "boolean":
      return schema.type;
    case "array":
      return asRecord(schema.items).type === "string" ? "names" : "json";
    case "object":
      return holdsTexts(schema) ? "queries" : "json";
    case "string":
      return asText(schema.pattern)?.startsWith("^dst_") === true ? "dataset" : ofName(name);
    default:
      return "json";
  }
}

/** A mapping from any name, or from names of a pattern, to texts. */
function holdsTexts(schema: JsonRecord): boolean {
  const values = [schema.additionalProperties, ...Object.values(asRecord(schema.patternProperties))].filter(
    isRecord,
  );
  return values.length > 0 && values.every((one) => one.type === "string");
}

function isKind(text: string): text is FieldKind {
  return PICKERS.has(text);
}

const BY_NAME: ReadonlyMap<string, FieldKind> = new Map([
  ["model", "model"],
  ["base", "model"],
  ["task", "task"],
  ["label_task", "task"],
  ["strategy", "strategy"],
  ["variable", "variable"],
]);

function ofName(name: string): FieldKind {
  return BY_NAME.get(name) ?? "text";
}

/** `min_confidence` as "Min confidence". */
export function titleOf(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A default as a placeholder: what counts when the field is left empty. */
export function sayDefault(field: Field): string {
  const value = field.fallback;
  if (value === undefined) return field.isRequired ? "" : "not set";
  if (value === null) return "none";
  if (typeof value === "string") return value === "" ? "empty" : value;
  if (isRecord(value) && Object.keys(value).length === 0) return "{}";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(String).join(", ");
  return JSON.stringify(value);
}
