/** Runs in a table: what differs between them, what came of them, and their order. Pure. */
import { isRecord } from "@/api/json";
import type { Evaluation, Model } from "@/api/schema.gen";

import { sortBy, type Sort } from "../evaluation/sorting";

export interface RunRow {
  readonly model: Model;
  /** The newest evaluation; null before there is one. */
  readonly evaluation: Evaluation | null;
  /** Values of the parameters that differ between the rows, as people read them. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Runs {
  readonly rows: readonly RunRow[];
  readonly paramNames: readonly string[];
}

/** More columns than this tell nothing any more. */
const MOST_PARAMS = 5;

export function runsOf(models: readonly Model[], evaluations: readonly Evaluation[]): Runs {
  const newest = new Map<string, Evaluation>();
  for (const one of evaluations) {
    const held = newest.get(one.model_id);
    if (held === undefined || held.created_at <= one.created_at) newest.set(one.model_id, one);
  }
  const flat = models.map((model) => flatParams(model.params));
  const paramNames = differing(flat).slice(0, MOST_PARAMS);
  const rows = models.map((model, at) => ({
    model,
    evaluation: newest.get(model.id) ?? null,
    params: Object.fromEntries(
      paramNames.flatMap((name) => {
        const value = flat[at]?.[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  }));
  return { rows, paramNames };
}

/** `{augment: {flip: true}}` as `{"augment.flip": "true"}`. */
export function flatParams(params: Model["params"], prefix = ""): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) {
    const key = `${prefix}${name}`;
    if (isRecord(value)) Object.assign(flat, flatParams(value, `${key}.`));
    else flat[key] = sayParam(value);
  }
  return flat;
}

export function sayParam(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names whose values are not all the same, those that most rows have first. */
function differing(rows: readonly Readonly<Record<string, string>>[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const held = (name: string) => rows.filter((row) => row[name] !== undefined).length;
  return names
    .filter((name) => new Set(rows.map((row) => row[name] ?? "")).size > 1)
    .sort((a, b) => held(b) - held(a) || a.localeCompare(b));
}

export type RunColumn =
  | "name"
  | "architecture"
  | "status"
  | "metric"
  | "n_items"
  | "seconds"
  | "size"
  | "latency"
  | "created"
  | `param:${string}`;

export function sortRuns(rows: readonly RunRow[], sort: Sort<RunColumn> | null): readonly RunRow[] {
  return sort === null ? rows : sortBy(rows, (row) => valueOf(row, sort.key), sort.way);
}

function valueOf({ model, evaluation, params }: RunRow, column: RunColumn): number | string | null {
  switch (column) {
    case "name":
      return model.name;
    case "architecture":
      return model.architecture;
    case "status":
      return model.status;
    case "metric":
      return evaluation?.metric ?? null;
    case "n_items":
      return model.n_items;
    case "seconds":
      return model.seconds;
    case "size":
      return model.size_bytes ?? null;
    case "latency":
      return model.latency_ms ?? null;
    case "created":
      return model.created_at;
    default:
      return params[column.slice("param:".length)] ?? null;
  }
}

export const MOST_PICKED = 6;

/** A pick turned on or off; beyond the most, the first one is let go. */
export function pick(picked: readonly string[], id: string): readonly string[] {
  return picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id].slice(-MOST_PICKED);
}
