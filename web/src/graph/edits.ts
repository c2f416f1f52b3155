/** Edits of a draft: each takes one and gives the next; what cannot be done gives the same one back. */
import {
  edgeKey,
  freeName,
  parsePort,
  whyNot,
  writePort,
  type Draft,
  type DraftEdge,
  type DraftNode,
  type DraftTrigger,
  type NodeTypes,
  type Place,
  type PortRef,
} from "./draft";

/** Add a node under a free name. */
export function addNode(
  draft: Draft,
  { type, at, params = {} }: { type: string; at: Place; params?: DraftNode["params"] },
): { draft: Draft; id: string } {
  const id = freeName(
    type,
    draft.nodes.map((node) => node.id),
  );
  return { draft: { ...draft, nodes: [...draft.nodes, { id, type, params, at: rounded(at) }] }, id };
}

/** Remove nodes with their edges, and triggers that only make sense with them. */
export function removeNodes(draft: Draft, ids: ReadonlySet<string>): Draft {
  const isLeft = (port: string) => !ids.has(parsePort(port).node);
  return {
    ...draft,
    nodes: draft.nodes.filter((node) => !ids.has(node.id)),
    edges: draft.edges.filter((edge) => isLeft(edge.source) && isLeft(edge.target)),
    triggers: draft.triggers.flatMap((trigger) => withoutNodes(trigger, ids)),
  };
}

function withoutNodes(trigger: DraftTrigger, ids: ReadonlySet<string>): DraftTrigger[] {
  if (ids.has(parsePort(trigger.target).node)) return [];
  if (trigger.type === "cron") return [trigger];
  if (trigger.type === "count") {
    const isGone = typeof trigger.rounds_of === "string" && ids.has(trigger.rounds_of);
    return [isGone ? { ...trigger, rounds_of: null } : trigger];
  }
  // Events of a node that is gone never come.
  if (typeof trigger.node === "string" && ids.has(trigger.node)) return [];
  const left = (trigger.unless_active ?? []).filter((node) => !ids.has(node));
  return [
    left.length === (trigger.unless_active ?? []).length ? trigger : { ...trigger, unless_active: left },
  ];
}

/** Rename a node; edges and triggers follow. The caller checks the name. */
export function renameNode(draft: Draft, from: string, to: string): Draft {
  if (from === to) return draft;
  const name = (one: string) => (one === from ? to : one);
  const port = (text: string) => {
    const end = parsePort(text);
    return writePort({ ...end, node: name(end.node) });
  };
  return {
    ...draft,
    nodes: draft.nodes.map((node) => (node.id === from ? { ...node, id: to } : node)),
    edges: draft.edges.map((edge) => ({ ...edge, source: port(edge.source), target: port(edge.target) })),
    triggers: draft.triggers.map((trigger) => renamedIn({ ...trigger, target: port(trigger.target) }, name)),
  };
}

function renamedIn(trigger: DraftTrigger, name: (one: string) => string): DraftTrigger {
  if (trigger.type === "cron") return trigger;
  if (trigger.type === "count") {
    return typeof trigger.rounds_of === "string"
      ? { ...trigger, rounds_of: name(trigger.rounds_of) }
      : trigger;
  }
  return {
    ...trigger,
    ...(typeof trigger.node === "string" && { node: name(trigger.node) }),
    ...(trigger.unless_active !== undefined && { unless_active: trigger.unless_active.map(name) }),
  };
}

/** Put nodes to new places; the others keep theirs. */
export function moveNodes(draft: Draft, places: ReadonlyMap<string, Place>): Draft {
  const isMoved = draft.nodes.some(({ id, at }) => {
    const { x, y } = rounded(places.get(id) ?? at ?? { x: 0, y: 0 });
    return places.has(id) && (x !== at?.x || y !== at.y);
  });
  if (!isMoved) return draft;
  return {
    ...draft,
    nodes: draft.nodes.map((node) => {
      const place = places.get(node.id);
      return place === undefined ? node : { ...node, at: rounded(place) };
    }),
  };
}

function rounded({ x, y }: Place): { x: number; y: number } {
  return { x: Math.round(x), y: Math.round(y) };
}

/** Set a parameter; undefined takes it away, so that its default counts. */
export function setParam(
  draft: Draft,
  { node, name, value }: { node: string; name: string; value: unknown },
): Draft {
  return changeNode(draft, node, (one) => {
    if (value !== undefined) return { ...one, params: { ...one.params, [name]: value } };
    const left = Object.entries(one.params ?? {}).filter(([key]) => key !== name);
    return { ...one, params: Object.fromEntries(left) };
  });
}

function changeNode(draft: Draft, id: string, change: (node: DraftNode) => DraftNode): Draft {
  return { ...draft, nodes: draft.nodes.map((node) => (node.id === id ? change(node) : node)) };
}

/** Join two ports where that is possible. */
export function connect(draft: Draft, types: NodeTypes, edge: { source: PortRef; target: PortRef }): Draft {
  if (whyNot(draft, types, edge) !== null) return draft;
  const made: DraftEdge = { source: writePort(edge.source), target: writePort(edge.target) };
  return { ...draft, edges: [...draft.edges, made] };
}

export function removeEdges(draft: Draft, keys: ReadonlySet<string>): Draft {
  return { ...draft, edges: draft.edges.filter((edge) => !keys.has(edgeKey(edge))) };
}

/** Let only items that match a query pass; the empty text lets all pass. */
export function setCondition(draft: Draft, { key, when }: { key: string; when: string }): Draft {
  return {
    ...draft,
    edges: draft.edges.map((edge) => {
      if (edgeKey(edge) !== key) return edge;
      const { source, target } = edge;
      return when.trim() === "" ? { source, target } : { source, target, when };
    }),
  };
}

/** Nodes with the edges among them, to be pasted here or into another pipeline. */
export interface Clip {
  readonly nodes: readonly DraftNode[];
  readonly edges: readonly DraftEdge[];
}

export function copyNodes(draft: Draft, ids: ReadonlySet<string>): Clip {
  const isIn = (port: string) => ids.has(parsePort(port).node);
  return {
    nodes: draft.nodes.filter((node) => ids.has(node.id)),
    edges: draft.edges.filter((edge) => isIn(edge.source) && isIn(edge.target)),
  };
}

/** Put copies in under free names, moved by so much. */
export function paste(draft: Draft, clip: Clip, by: Place): { draft: Draft; ids: string[] } {
  const taken = new Set(draft.nodes.map((node) => node.id));
  const names = new Map<string, string>();
  const nodes = clip.nodes.map((node) => {
    const id = freeName(node.id, taken);
    taken.add(id);
    names.set(node.id, id);
    const { x, y } = node.at ?? { x: 0, y: 0 };
    return { ...node, id, at: rounded({ x: x + by.x, y: y + by.y }) };
  });
  const end = (text: string) => {
    const { node, port } = parsePort(text);
    return writePort({ node: names.get(node) ?? node, port });
  };
  const edges = clip.edges.map((edge) => ({ ...edge, source: end(edge.source), target: end(edge.target) }));
  return {
    draft: { ...draft, nodes: [...draft.nodes, ...nodes], edges: [...draft.edges, ...edges] },
    ids: nodes.map((node) => node.id),
  };
}
