/** A definition as text: JSON, or YAML that a person can read and keep in version control. */
import { isRecord } from "@/api/json";

import type { Draft } from "./draft";

/** A draft as a file's text; what is empty is left out. */
export function writeDraft(draft: Draft, format: "json" | "yaml"): string {
  const tidy = {
    format: draft.format,
    name: draft.name,
    ...(draft.description !== "" && { description: draft.description }),
    ...(draft.variables.length > 0 && { variables: draft.variables }),
    nodes: draft.nodes.map(({ id, type, params, at }) => ({
      id,
      type,
      ...(Object.keys(params ?? {}).length > 0 && { params }),
      ...(at !== null && at !== undefined && { at }),
    })),
    ...(draft.edges.length > 0 && { edges: draft.edges }),
    ...(draft.triggers.length > 0 && { triggers: draft.triggers }),
  };
  return format === "json" ? `${JSON.stringify(tidy, null, 2)}\n` : toYaml(tidy);
}

/** JSON values as YAML in block form. Undefined is left out, as in JSON. */
export function toYaml(value: unknown): string {
  const lines = blockOf(value);
  return `${lines.join("\n")}\n`;
}

function blockOf(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((one: unknown) => itemOf(one));
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    if (entries.length > 0) return entries.flatMap(([key, one]) => entryOf(key, one));
  }
  return [scalarOf(value)];
}

function entryOf(key: string, value: unknown): string[] {
  const name = plain(key);
  if (isShort(value)) return [`${name}: ${flowOf(value)}`];
  return [`${name}:`, ...blockOf(value).map((line) => `  ${line}`)];
}

function itemOf(value: unknown): string[] {
  if (isShort(value)) return [`- ${flowOf(value)}`];
  const [first = "", ...rest] = blockOf(value);
  return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
}

const SHORT = 96;

function isShort(value: unknown): boolean {
  const isScalar = !Array.isArray(value) && !isRecord(value);
  return isScalar || (isFlat(value) && flowOf(value).length <= SHORT);
}

// Values that stand well on one line: scalars, and lists and mappings of scalars and references.
function isFlat(value: unknown, depth = 0): boolean {
  if (Array.isArray(value))
    return value.length === 0 || (depth < 3 && value.every((one) => isFlat(one, depth + 1)));
  if (!isRecord(value)) return true;
  return depth < 3 && Object.values(value).every((one) => isFlat(one, depth + 1));
}

function flowOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowOf).join(", ")}]`;
  if (!isRecord(value)) return scalarOf(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries.map(([key, one]) => `${plain(key)}: ${flowOf(one)}`).join(", ")}}`;
}

function scalarOf(value: unknown): string {
  if (typeof value === "string") return plain(value);
  if (Array.isArray(value)) return "[]";
  if (isRecord(value)) return "{}";
  if (typeof value === "number" && Number.isFinite(value)) return numberOf(value);
  return value === true || value === false ? String(value) : "null";
}

// YAML 1.1 reads `1e21` as text: a point and a sign make it a number for every reader.
function numberOf(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  const [digits = "", power = ""] = text.split("e");
  const point = digits.includes(".") ? digits : `${digits}.0`;
  return `${point}e${/^[+-]/u.test(power) ? power : `+${power}`}`;
}

const PLAIN = /^[a-zA-Z_$][a-zA-Z0-9_.$-]*$/u;
const TAKEN = /^(?:yes|no|on|off|true|false|null|none|\.nan|\.inf)$/iu;

// A JSON string is a YAML string too.
function plain(text: string): string {
  return PLAIN.test(text) && !TAKEN.test(text) ? text : quoted(text);
}

// Characters outside of the printable set must be escaped in YAML; JSON leaves some of them as they are.
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}
