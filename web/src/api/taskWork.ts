/** What people are asked in a task: all of it, or one narrow thing with some of the labels. */
import type { Label, Recipe, TaskSummary } from "./schema.gen";

export type TaskMode = "full" | "find_missed" | "fix_geometry";

export interface Work {
  readonly mode: TaskMode;
  /** The only labels; empty for all. */
  readonly labels: readonly string[];
  /** Whose predictions are shown; null for every model's. */
  readonly modelId: string | null;
  /** What one must be able to do to take it. */
  readonly skills: readonly string[];
  /** Predictions less sure than this are not shown. */
  readonly minConfidence: number;
}

type WithSettings = Pick<TaskSummary, "settings">;

/** The work of a task, with the labels that its recipe leaves. */
export function workOf(task: WithSettings, recipe: Pick<Recipe, "labels"> | null = null): Work {
  const said = task.settings.work;
  const work = isRecord(said) ? said : {};
  return {
    mode: modeOf(work.mode),
    labels: narrowed(textsOf(work.labels), recipe?.labels ?? []),
    modelId: typeof work.model_id === "string" ? work.model_id : null,
    skills: textsOf(work.skills),
    minConfidence: numberOf(work.min_confidence) ?? numberOf(task.settings.min_confidence) ?? 0,
  };
}

/** The labels that may be used, in the ontology's order. */
export function allowedLabels(labels: readonly Label[], allowed: readonly string[]): readonly Label[] {
  if (allowed.length === 0) return labels;
  const names = new Set(allowed);
  return labels.filter(({ name }) => names.has(name));
}

/** The skills that somebody still lacks for a task. */
export function lackingSkills(wanted: readonly string[], has: readonly string[]): readonly string[] {
  return wanted.filter((skill) => !has.includes(skill));
}

/** Both lists restrict; where one says nothing, or they share nothing, the task's holds. */
function narrowed(task: readonly string[], recipe: readonly string[]): readonly string[] {
  if (task.length === 0) return recipe;
  const both = task.filter((name) => recipe.includes(name));
  return both.length === 0 ? task : both;
}

function modeOf(value: unknown): TaskMode {
  return value === "find_missed" || value === "fix_geometry" ? value : "full";
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
