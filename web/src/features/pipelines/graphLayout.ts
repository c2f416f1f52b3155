/** Where a pipeline's nodes and edges lie; dagre decides, this translates. Loaded only with the graph. */
import { graphlib, layout } from "@dagrejs/dagre";

import type { PipelineDefinition } from "@/api/schema.gen";

export interface PlacedNode {
  readonly id: string;
  readonly type: string;
  /** Left and top, in the drawing's units. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  /** Ports that the edge leaves by, and what it lets through. */
  readonly label: string;
  readonly points: readonly Point[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const NODE_WIDTH = 132;
export const NODE_HEIGHT = 62;
const MARGIN = 12;

/** Lay a graph out from left to right. Ways between the same two nodes are one line with all their ports. */
export function layoutGraph(definition: Pick<PipelineDefinition, "nodes" | "edges">): GraphLayout {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 40, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of definition.nodes) graph.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  const ways = joinWays(definition.edges ?? []);
  for (const way of ways) {
    if (graph.hasNode(way.source) && graph.hasNode(way.target)) graph.setEdge(way.source, way.target);
  }
  layout(graph);
  const nodes = definition.nodes.map((node) => {
    const { x, y } = placeOf(graph.node(node.id));
    return { id: node.id, type: node.type, x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
  });
  const corner = new Map(nodes.map((node) => [node.id, node]));
  const edges = ways.flatMap((way): PlacedEdge[] => {
    const source = corner.get(way.source);
    const target = corner.get(way.target);
    if (source === undefined || target === undefined) return [];
    // dagre's ends lie where the line meets the box; ours leave and enter in the middle of a side.
    const between = pointsOf(graph.edge(way.source, way.target)).slice(1, -1);
    const points = [
      { x: source.x + NODE_WIDTH, y: source.y + NODE_HEIGHT / 2 },
      ...(between.length > 1 ? between : []),
      { x: target.x, y: target.y + NODE_HEIGHT / 2 },
    ];
    return [{ ...way, key: `${way.source}>${way.target}`, points }];
  });
  const right = Math.max(0, ...nodes.map((node) => node.x + NODE_WIDTH));
  const bottom = Math.max(0, ...nodes.map((node) => node.y + NODE_HEIGHT));
  const reach = edges.flatMap((edge) => edge.points.map((point) => point.y));
  return { width: right + MARGIN, height: Math.max(bottom, ...reach) + MARGIN, nodes, edges };
}

interface Way {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

/** Edges between the same two nodes as one, with all their ports and conditions. */
export function joinWays(edges: NonNullable<PipelineDefinition["edges"]>): Way[] {
  const ways = new Map<string, Way>();
  for (const edge of edges) {
    const [source = "", port = ""] = edge.source.split(".");
    const [target = ""] = edge.target.split(".");
    const key = `${source}>${target}`;
    const label = edge.when === null || edge.when === undefined ? port : `${port} (${edge.when})`;
    const known = ways.get(key);
    ways.set(key, { source, target, label: known === undefined ? label : `${known.label}, ${label}` });
  }
  return [...ways.values()];
}

/** An SVG path through points, level at each of them. */
export function curvePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined || rest.length === 0) return "";
  let from = first;
  let path = `M${at(first)}`;
  for (const to of rest) {
    const half = (to.x - from.x) / 2;
    path += `C${at({ x: from.x + half, y: from.y })} ${at({ x: to.x - half, y: to.y })} ${at(to)}`;
    from = to;
  }
  return path;
}

function at(point: Point): string {
  return `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
}

function placeOf(label: unknown): Point {
  return isPoint(label) ? label : { x: 0, y: 0 };
}

function pointsOf(label: unknown): readonly Point[] {
  if (typeof label !== "object" || label === null || !("points" in label) || !Array.isArray(label.points))
    return [];
  return label.points.filter(isPoint);
}

function isPoint(value: unknown): value is Point {
  return (
    typeof value === "object" &&
    value !== null &&
    "x" in value &&
    "y" in value &&
    typeof value.x === "number" &&
    typeof value.y === "number"
  );
}
