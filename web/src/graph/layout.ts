/** Where nodes lie: their size from their ports, and dagre's places from left to right. */
import { graphlib, layout } from "@dagrejs/dagre";

import {
  inputPorts,
  outputPorts,
  parsePort,
  type Draft,
  type DraftNode,
  type NodeTypes,
  type Place,
} from "./draft";

export const NODE_WIDTH = 184;
export const HEAD_HEIGHT = 44;
export const ROW_HEIGHT = 20;
export const FOOT_HEIGHT = 26;
const PADDING = 8;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A node's size on the canvas; nodes that show counts have a foot. */
export function sizeOf(options: {
  draft: Draft;
  node: DraftNode;
  types: NodeTypes;
  hasFoot?: boolean;
}): Size {
  const { draft, node, types, hasFoot = false } = options;
  const rows = Math.max(inputPorts(draft, node, types).length, outputPorts(draft, node, types).length, 1);
  const foot = hasFoot ? FOOT_HEIGHT : 0;
  return { width: NODE_WIDTH, height: HEAD_HEIGHT + rows * ROW_HEIGHT + PADDING + foot };
}

/** The left top of each node by dagre, from left to right. */
export function layoutDraft(options: { draft: Draft; types: NodeTypes }): Map<string, Place> {
  const { draft, types } = options;
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 22, ranksep: 56, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const sizes = new Map(draft.nodes.map((node) => [node.id, sizeOf({ draft, node, types, hasFoot: true })]));
  for (const [id, size] of sizes) graph.setNode(id, { ...size });
  for (const edge of draft.edges) {
    const [source, target] = [parsePort(edge.source).node, parsePort(edge.target).node];
    if (sizes.has(source) && sizes.has(target) && source !== target) graph.setEdge(source, target);
  }
  layout(graph);
  const places = new Map<string, Place>();
  for (const [id, size] of sizes) {
    const { x, y } = placeOf(graph.node(id));
    places.set(id, { x: Math.round(x - size.width / 2), y: Math.round(y - size.height / 2) });
  }
  return places;
}

/** Where each node stands: its own place, else a laid-out one below those that have one. */
export function placesOf(options: { draft: Draft; types: NodeTypes }): Map<string, Place> {
  const { draft, types } = options;
  const own = new Map<string, Place>();
  for (const node of draft.nodes) {
    if (node.at !== null && node.at !== undefined) own.set(node.id, node.at);
  }
  if (own.size === draft.nodes.length) return own;
  const homeless = { ...draft, nodes: draft.nodes.filter((node) => !own.has(node.id)) };
  const laid = layoutDraft({ draft: homeless, types });
  if (own.size === 0) return laid;
  const bottoms = draft.nodes.flatMap((node) => {
    const place = own.get(node.id);
    return place === undefined ? [] : [place.y + sizeOf({ draft, node, types, hasFoot: true }).height];
  });
  const below = Math.max(...bottoms) + 40;
  const left = Math.min(...[...own.values()].map((place) => place.x));
  return new Map([
    ...own,
    ...[...laid].map(([id, { x, y }]) => [id, { x: x + left, y: y + below }] as const),
  ]);
}

/** The draft with a place at every node, so that moving one does not move the others. */
export function placed(draft: Draft, types: NodeTypes): Draft {
  if (draft.nodes.every((node) => node.at !== null && node.at !== undefined)) return draft;
  const places = placesOf({ draft, types });
  return {
    ...draft,
    nodes: draft.nodes.map((node) => ({ ...node, at: { ...(places.get(node.id) ?? ORIGIN) } })),
  };
}

const ORIGIN: Place = { x: 0, y: 0 };

/** A place near the wanted one where no node stands yet. */
export function freePlace(draft: Draft, types: NodeTypes, wanted: Place): Place {
  const places = placesOf({ draft, types });
  const isFree = (at: Place) =>
    draft.nodes.every((node) => {
      const other = places.get(node.id) ?? ORIGIN;
      const size = sizeOf({ draft, node, types });
      return Math.abs(other.x - at.x) > NODE_WIDTH || other.y > at.y + 90 || other.y + size.height < at.y;
    });
  let at = wanted;
  for (let turn = 0; turn < 60 && !isFree(at); turn += 1) at = { x: at.x, y: at.y + 30 };
  return at;
}

function placeOf(label: unknown): Place {
  return isPlace(label) ? label : ORIGIN;
}

function isPlace(value: unknown): value is Place {
  return (
    typeof value === "object" &&
    value !== null &&
    "x" in value &&
    "y" in value &&
    typeof value.x === "number" &&
    typeof value.y === "number"
  );
}
