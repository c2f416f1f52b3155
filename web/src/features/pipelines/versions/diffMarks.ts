/** What differs between two versions, drawn into one graph. Pure. */
import { isRecord } from "@/api/json";
import type { PipelineChange, PipelineDefinition } from "@/api/schema.gen";
import { edgeKey, toDraft, type Draft } from "@/graph/draft";
import type { Change, EdgeMark, Marks, NodeMark } from "@/graph/marks";

/** Both versions in one: what is there now, and what was taken away. */
export function unionOf(before: PipelineDefinition, after: PipelineDefinition): Draft {
  const [old, now] = [toDraft(before), toDraft(after)];
  const ids = new Set(now.nodes.map((node) => node.id));
  const keys = new Set(now.edges.map(edgeKey));
  const nodes = [...now.nodes, ...old.nodes.filter((node) => !ids.has(node.id))];
  const isPlaced = nodes.every((node) => node.at !== null && node.at !== undefined);
  return {
    ...now,
    // What has no place of its own would lie apart from its neighbours: then everything is laid out.
    nodes: isPlaced ? nodes : nodes.map((node) => ({ ...node, at: null })),
    edges: [...now.edges, ...old.edges.filter((edge) => !keys.has(edgeKey(edge)))],
  };
}

export function diffMarks(changes: readonly PipelineChange[]): Marks {
  const nodes = new Map<string, NodeMark>();
  const edges = new Map<string, EdgeMark>();
  for (const { what, name, kind } of changes) {
    if (what === "node") nodes.set(name, { change: kind });
    if (what === "edge") edges.set(name.replace(" -> ", ">"), { change: kind });
  }
  return { nodes, edges };
}

/** Changes that can be seen: a number that is only written differently, 0 for 0.0, is none. */
export function seenChanges(changes: readonly PipelineChange[]): PipelineChange[] {
  return changes.filter(({ kind, before, after }) => kind !== "changed" || partsOf(before, after).length > 0);
}

export const CHANGE_COLORS: Readonly<Record<Change, string>> = {
  added: "green",
  removed: "red",
  changed: "yellow",
};

export interface Part {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** The parts that differ between two values, each by its path. */
export function partsOf(before: unknown, after: unknown, prefix = ""): Part[] {
  if (!isRecord(before) || !isRecord(after)) {
    const [from, to] = [before ?? undefined, after ?? undefined];
    return from === undefined && to === undefined ? [] : [{ name: prefix, from, to }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return [];
    const path = name === "params" ? "" : prefix === "" ? name : `${prefix}.${name}`;
    return partsOf(before[name], after[name], path);
  });
}
