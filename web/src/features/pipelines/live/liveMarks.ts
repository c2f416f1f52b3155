/** A pipeline's status as marks on its graph. Pure. */
import type { PipelineDefinition, PipelineStatus } from "@/api/schema.gen";
import { edgeKey, parsePort } from "@/graph/draft";
import type { EdgeMark, Marks, NodeMark } from "@/graph/marks";

import { isPeople } from "../words";

type Status = PipelineStatus["nodes"];
type Counts = Status[string];

const NONE = { waiting: 0, running: 0, parked: 0, done: 0, failed: 0 };

/** Counts and rates at the nodes; edges move when their target got more since the last look. */
export function liveMarks(options: {
  definition: PipelineDefinition;
  now: Status;
  before: Status;
  starts: ReadonlyMap<string, string>;
}): Marks {
  const { definition, now, before, starts } = options;
  const nodes = new Map<string, NodeMark>();
  for (const { id, type } of definition.nodes) {
    const counts = now[id];
    const rate =
      counts === undefined || counts.done_per_minute === 0
        ? undefined
        : `${sayRate(counts.done_per_minute)} a minute`;
    nodes.set(id, {
      counts: counts ?? NONE,
      isForPeople: isPeople(type),
      starts: starts.get(id),
      note: rate,
    });
  }
  const edges = new Map<string, EdgeMark>();
  for (const edge of definition.edges ?? []) {
    const [source, target] = [parsePort(edge.source).node, parsePort(edge.target).node];
    const isMoving = came(now[target]) > came(before[target]) && passed(now[source]) > passed(before[source]);
    if (isMoving) edges.set(edgeKey(edge), { isMoving });
  }
  return { nodes, edges };
}

function came(counts: Counts | undefined): number {
  if (counts === undefined) return 0;
  return counts.waiting + counts.running + counts.parked + counts.done + counts.failed;
}

function passed(counts: Counts | undefined): number {
  return counts?.done ?? 0;
}

/** `0.4`, `3.2`, `120`: as exact as a person reads. */
export function sayRate(perMinute: number): string {
  return perMinute >= 10 ? String(Math.round(perMinute)) : perMinute.toFixed(1).replace(/\.0$/u, "");
}
