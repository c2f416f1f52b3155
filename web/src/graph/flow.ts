/** A draft as the nodes and edges that the flow library draws. */
import type { Edge, Node } from "@xyflow/react";

import type { NodeTypeInfo } from "@/api/schema.gen";

import {
  edgeKey,
  inputPorts,
  outputPorts,
  parsePort,
  type Draft,
  type NodeTypes,
  type Place,
  type Port,
} from "./draft";
import { sizeOf } from "./layout";
import { spaced } from "./look";
import type { EdgeMark, Marks, NodeMark, Selection } from "./marks";

// A type, not an interface: the library wants data with an index signature.
export type StepData = {
  readonly id: string;
  readonly kind: string;
  readonly type: NodeTypeInfo | undefined;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly mark: NodeMark;
};

export type WayData = {
  readonly when: string;
  readonly mark: EdgeMark;
  readonly color: Port["type"];
};

export type StepNode = Node<StepData, "step">;
export type WayEdge = Edge<WayData, "way">;

export interface FlowOptions {
  readonly draft: Draft;
  readonly types: NodeTypes;
  readonly marks: Marks;
  readonly selection: Selection;
  readonly places: ReadonlyMap<string, Place>;
  readonly hasFoot: boolean;
}

const NO_MARK: NodeMark = {};
const NO_EDGE_MARK: EdgeMark = {};

export function toFlowNodes(options: FlowOptions): StepNode[] {
  const { draft, types, marks, selection, places, hasFoot } = options;
  return draft.nodes.map((node): StepNode => {
    const mark = marks.nodes.get(node.id) ?? NO_MARK;
    const type = types.get(node.type);
    const size = sizeOf({ draft, node, types, hasFoot });
    return {
      id: node.id,
      type: "step",
      position: { ...(places.get(node.id) ?? { x: 0, y: 0 }) },
      selected: selection.nodes.has(node.id),
      ...size,
      // Sizes are known before anything is drawn, so that the first look fits the whole graph.
      measured: size,
      ariaLabel: sayNode(node.id, type?.summary ?? node.type, mark),
      data: {
        id: node.id,
        kind: node.type,
        type,
        inputs: inputPorts(draft, node, types),
        outputs: outputPorts(draft, node, types),
        mark,
      },
    };
  });
}

/** A node in words, for those who do not see it. */
export function sayNode(id: string, summary: string, mark: NodeMark): string {
  const problems = mark.problems ?? [];
  const told =
    problems.length === 0 ? "" : ` ${problems.length === 1 ? "Problem" : "Problems"}: ${problems.join("; ")}`;
  return `Step ${spaced(id)}: ${summary}${told}`;
}

export function toFlowEdges({ draft, types, marks, selection }: FlowOptions): WayEdge[] {
  const byId = new Map(draft.nodes.map((node) => [node.id, node]));
  return draft.edges.flatMap((edge): WayEdge[] => {
    const [from, to] = [parsePort(edge.source), parsePort(edge.target)];
    const source = byId.get(from.node);
    if (source === undefined || !byId.has(to.node)) return [];
    const port = outputPorts(draft, source, types).find((one) => one.name === from.port);
    const key = edgeKey(edge);
    return [
      {
        id: key,
        type: "way",
        source: from.node,
        sourceHandle: from.port,
        target: to.node,
        targetHandle: to.port,
        selected: selection.edges.has(key),
        ariaLabel: sayEdge(edge),
        data: {
          when: edge.when ?? "",
          mark: marks.edges.get(key) ?? NO_EDGE_MARK,
          color: port?.type ?? "item",
        },
      },
    ];
  });
}

export function sayEdge(edge: Draft["edges"][number]): string {
  const [from, to] = [parsePort(edge.source), parsePort(edge.target)];
  const condition = edge.when === null || edge.when === undefined ? "" : `, only ${edge.when}`;
  return `${spaced(from.port)} of ${spaced(from.node)} to ${spaced(to.port)} of ${spaced(to.node)}${condition}`;
}
