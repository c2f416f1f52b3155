/** What people are asked in a task: all of it, or one narrow thing with some of the labels. */
import type { Label, Recipe, TaskWork } from "./schema.gen";

export type TaskMode = TaskWork["mode"];

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

/** The work of a task, with the labels that its recipe leaves. */
export function workOf(
  { work }: { readonly work?: Partial<TaskWork> },
  recipe: Pick<Recipe, "labels"> | null = null,
): Work {
  return {
    mode: work?.mode ?? "full",
    labels: narrowed(work?.labels ?? [], recipe?.labels ?? []),
    modelId: work?.model_id ?? null,
    skills: work?.skills ?? [],
    minConfidence: work?.min_confidence ?? 0,
  };
}

/** The labels that may be used, in the ontology's order. */
export function allowedLabels(labels: readonly Label[], allowed: readonly string[]): readonly Label[] {
  if (allowed.length === 0) return labels;
  const names = new Set(allowed);
  return labels.filter(({ name }) => names.has(name));
}

/** Both lists restrict; where one says nothing, or they share nothing, the task's holds. */
function narrowed(task: readonly string[], recipe: readonly string[]): readonly string[] {
  if (task.length === 0) return recipe;
  const both = task.filter((name) => recipe.includes(name));
  return both.length === 0 ? task : both;
}
