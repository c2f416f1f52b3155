/** What stands on an item when one narrow thing is asked: what models found is drawn, and not touched. */
import type { Annotation } from "@/api/schema.gen";
import type { Work } from "@/api/taskWork";
import type { DocumentReader } from "@/canvas/model/document";
import { readAnnotations, type WireBase } from "@/canvas/model/wire";
import type { Shape } from "@/canvas/types";

import type { ItemContent } from "../session/server";

const NOBODY: ReadonlySet<string> = new Set();

/** How an item is read for a task's work; null for truth and every proposal, as in full work. */
export function readerOf(work: Work): {
  readonly read: (content: ItemContent) => WireBase;
  readonly readTruth: (annotations: readonly Annotation[]) => WireBase;
} | null {
  const shown = (content: ItemContent) => shownPredictions(content.predictions, work);
  if (work.mode === "find_missed") {
    return {
      read: (content) => freeze(readAll(content, shown(content), { proposalAuthors: NOBODY })),
      readTruth: (annotations) => readAnnotations(annotations.filter((one) => !isFound(one))),
    };
  }
  if (work.mode === "full" && work.modelId === null && work.minConfidence === 0) return null;
  return {
    read: (content) => readAll(content, shown(content)),
    readTruth: (annotations) => readAnnotations(annotations),
  };
}

function readAll(
  content: ItemContent,
  predictions: readonly Annotation[],
  options: Parameters<typeof readAnnotations>[1] = {},
): WireBase {
  return readAnnotations([...content.annotations, ...predictions], options);
}

/** The predictions that are shown: of the task's model, else of the newest that looked, and sure enough. */
export function shownPredictions(predictions: readonly Annotation[], work: Work): readonly Annotation[] {
  const modelId = work.modelId ?? (work.mode === "full" ? null : newestAuthor(predictions));
  const isNarrow = work.mode !== "full";
  return predictions.filter(
    (one) =>
      (modelId === null || one.author_id === modelId) &&
      (one.confidence ?? 1) >= work.minConfidence &&
      !(isNarrow && one.geometry.type === "class") &&
      !(isNarrow && work.labels.length > 0 && !work.labels.includes(one.label)),
  );
}

function newestAuthor(predictions: readonly Annotation[]): string | null {
  const [newest] = [...predictions].sort((a, b) => b.born_rev - a.born_rev);
  return newest?.author_id ?? null;
}

/** What a model found and a person took already stands still, too. */
function freeze(base: WireBase): WireBase {
  const shapes = base.shapes.map((shape): Shape =>
    shape.standing === "own" && shape.fromPrediction !== null
      ? { ...shape, standing: "reference", annotationId: null }
      : shape,
  );
  const isBelow = (shape: Shape) => shape.standing === "reference";
  return {
    ...base,
    shapes: [...shapes.filter(isBelow), ...shapes.filter((shape) => !isBelow(shape))],
  };
}

function isFound(one: Annotation): boolean {
  return (one.from_prediction ?? null) !== null;
}

export interface Tally {
  /** Shapes that models found; they stand still. */
  readonly found: number;
  /** Shapes of one's own. */
  readonly added: number;
}

/** What a model found on an item and what a person added. */
export function tallyOf(doc: DocumentReader): Tally {
  let found = 0;
  let added = 0;
  for (const id of doc.ids) {
    const standing = doc.peek(id)?.standing;
    if (standing === "reference") found += 1;
    else if (standing === "own") added += 1;
  }
  return { found, added };
}

/** What the button to submit says in a task that asks what was missed. */
export function submitWords({ found, added }: Tally): { readonly button: string; readonly about: string } {
  if (found + added === 0) return { button: "Nothing here", about: "Says that nothing is on this image." };
  if (added === 0) {
    return {
      button: `Nothing missed: take ${String(found)}`,
      about: `The model's ${counted(found)} become${found === 1 ? "s" : ""} ground truth as ${found === 1 ? "it is" : "they are"}.`,
    };
  }
  if (found === 0)
    return { button: `Submit ${String(added)}`, about: `Your ${counted(added)} become ground truth.` };
  return {
    button: `Submit ${String(found)} + ${String(added)}`,
    about: `The model's ${counted(found)} and the ${String(added)} you added become ground truth.`,
  };
}

function counted(n: number): string {
  return n === 1 ? "1 shape" : `${String(n)} shapes`;
}
