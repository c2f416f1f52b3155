/** Problems of a draft, each at its place. */
import type { GraphProblem } from "@/api/schema.gen";
import { edgeKey, type Draft } from "@/graph/draft";
import type { EdgeMark, Marks, NodeMark } from "@/graph/marks";

export interface Problem extends GraphProblem {
  /** The parameter it is about. */
  readonly field: string | null;
  readonly edge: string | null;
  readonly trigger: string | null;
  readonly isWarning: boolean;
}

/** What the server said about a draft, with the place of each on the canvas. */
export function placeProblems(draft: Draft, found: readonly GraphProblem[]): Problem[] {
  return found.map((one) => {
    const at = malformedPlace(draft, one);
    const node = one.node ?? at.node;
    return {
      ...one,
      ...at,
      node,
      field: at.field ?? fieldOf(one),
      edge: at.edge ?? edgeOf(draft, one),
      trigger: at.trigger ?? /trigger '([a-z0-9_]+)'/u.exec(one.message)?.[1] ?? null,
      isWarning: "severity" in one && one.severity === "warning",
    };
  });
}

function fieldOf(problem: GraphProblem): string | null {
  const told = "field" in problem && typeof problem.field === "string" ? problem.field : null;
  return told ?? /parameter '([^'.]+)/u.exec(problem.message)?.[1] ?? null;
}

interface Where {
  readonly node: string | null;
  readonly field: string | null;
  readonly edge: string | null;
  readonly trigger: string | null;
}

const NOWHERE: Where = { node: null, field: null, edge: null, trigger: null };

// A malformed document is told by its path: `nodes.3.params.name: …`.
function malformedPlace(draft: Draft, problem: GraphProblem): Where {
  const found = /^(nodes|edges|triggers)\.(\d+)/u.exec(problem.message);
  const at = Number(found?.[2] ?? -1);
  if (problem.code !== "malformed" || found === null) return NOWHERE;
  const edge = draft.edges[at];
  if (found[1] === "nodes") return { ...NOWHERE, node: draft.nodes[at]?.id ?? null };
  if (found[1] === "triggers") return { ...NOWHERE, trigger: draft.triggers[at]?.id ?? null };
  return { ...NOWHERE, edge: edge === undefined ? null : edgeKey(edge) };
}

function edgeOf(draft: Draft, problem: GraphProblem): string | null {
  const port = `${problem.node ?? ""}.${problem.port ?? ""}`;
  if (problem.code === "bad_condition") {
    const edge = draft.edges.find(({ source, when }) => {
      const isTold = typeof when === "string" && problem.message.includes(when);
      return (
        source === port && typeof when === "string" && (isTold || problem.message.startsWith("only items"))
      );
    });
    return edge === undefined ? null : edgeKey(edge);
  }
  if (problem.code === "type_mismatch") {
    const edge = draft.edges.find(
      ({ source, target }) => target === port && problem.message.includes(source),
    );
    return edge === undefined ? null : edgeKey(edge);
  }
  return null;
}

/** What the canvas shows of them. */
export function marksOf(
  draft: Draft,
  problems: readonly Problem[],
  starts: ReadonlyMap<string, string>,
): Marks {
  const nodes = new Map<string, NodeMark>();
  for (const { id } of draft.nodes) {
    const here = problems.filter((problem) => problem.node === id);
    const say = (one: Problem) =>
      one.port === null || one.port === undefined ? one.message : `${one.port}: ${one.message}`;
    nodes.set(id, {
      problems: here.filter((problem) => !problem.isWarning).map(say),
      warnings: here.filter((problem) => problem.isWarning).map(say),
      starts: starts.get(id),
    });
  }
  const edges = new Map<string, EdgeMark>();
  for (const problem of problems) {
    if (problem.edge !== null) edges.set(problem.edge, { problems: [problem.message] });
  }
  return { nodes, edges };
}
