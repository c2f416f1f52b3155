/** Unsaved work stays in this browser, so that a reload or a crash loses nothing. */
import { isRecord } from "@/api/json";
import type { Draft } from "@/graph/draft";

export interface LocalDraft {
  readonly draft: Draft;
  /** The version it was made from; 0 for a new pipeline. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function localKey(projectId: string, pipelineId: string | null): string {
  return `whorl-pipeline-draft:${projectId}:${pipelineId ?? "new"}`;
}

/** The kept draft; null when there is none or it cannot be read. */
export function readLocal(key: string): LocalDraft | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return isLocal(value) ? value : null;
  } catch {
    return null;
  }
}

export function writeLocal(key: string, local: LocalDraft): void {
  try {
    localStorage.setItem(key, JSON.stringify(local));
  } catch {
    // A full or forbidden storage takes away the safety net, not the work on the screen.
  }
}

export function dropLocal(key: string): void {
  localStorage.removeItem(key);
}

function isLocal(value: unknown): value is LocalDraft {
  return (
    isRecord(value) &&
    typeof value.version === "number" &&
    typeof value.at === "number" &&
    isDraft(value.draft)
  );
}

function isDraft(value: unknown): boolean {
  if (!isRecord(value) || typeof value.name !== "string") return false;
  const { nodes, edges, variables, triggers } = value;
  const isNode = (one: unknown) =>
    isRecord(one) && typeof one.id === "string" && typeof one.type === "string";
  const isEdge = (one: unknown) =>
    isRecord(one) && typeof one.source === "string" && typeof one.target === "string";
  const isNamed = (one: unknown) => isRecord(one) && typeof one.name === "string";
  const isTrigger = (one: unknown) =>
    isRecord(one) && typeof one.id === "string" && typeof one.target === "string";
  return (
    Array.isArray(nodes) &&
    nodes.every(isNode) &&
    Array.isArray(edges) &&
    edges.every(isEdge) &&
    Array.isArray(variables) &&
    variables.every(isNamed) &&
    Array.isArray(triggers) &&
    triggers.every(isTrigger)
  );
}
