/** What a dry run did, drawn into the graph. Pure. */
import type { DryRun } from "@/api/schema.gen";
import { edgeKey, parsePort, type Draft } from "@/graph/draft";
import type { EdgeMark, Marks, NodeMark } from "@/graph/marks";

export function tryMarks(draft: Draft, found: DryRun): Marks {
  const byNode = new Map(found.nodes.map((one) => [one.node, one]));
  const nodes = new Map<string, NodeMark>();
  for (const one of found.nodes) {
    const went = Object.values(one.went).reduce((sum, count) => sum + count, 0);
    const error = one.error ?? null;
    nodes.set(one.node, {
      problems: error === null ? [] : [error],
      counts: {
        waiting: 0,
        running: 0,
        parked: one.waits,
        done: went,
        failed: error === null ? 0 : Math.max(1, one.came - went - one.waits),
      },
    });
  }
  const edges = new Map<string, EdgeMark>();
  for (const edge of draft.edges) {
    const from = parsePort(edge.source);
    const count = byNode.get(from.node)?.went[from.port] ?? 0;
    // A condition lets only some of them through: how many is told by what came.
    if (count > 0)
      edges.set(edgeKey(edge), { count: limited(draft, edge, { count, found: byNode }), isMoving: true });
  }
  return { nodes, edges };
}

function limited(
  draft: Draft,
  edge: Draft["edges"][number],
  { count, found }: { count: number; found: ReadonlyMap<string, DryRun["nodes"][number]> },
): number {
  if (edge.when === null || edge.when === undefined) return count;
  const target = parsePort(edge.target).node;
  const isOnly = draft.edges.filter((one) => parsePort(one.target).node === target).length === 1;
  return isOnly ? Math.min(count, found.get(target)?.came ?? 0) : count;
}

export interface TriedItem {
  readonly ref: string;
  readonly steps: DryRun["steps"];
}

/** The steps of each item, in the order in which items first appeared. */
export function stepsByItem(steps: DryRun["steps"]): TriedItem[] {
  const items = new Map<string, DryRun["steps"]>();
  for (const step of steps) {
    const known = items.get(step.ref);
    if (known === undefined) items.set(step.ref, [step]);
    else known.push(step);
  }
  return [...items].map(([ref, all]) => ({ ref, steps: all }));
}
