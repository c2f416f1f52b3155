/** A pipeline's definition while it is edited. Pure: every edit gives a new draft. */
import type { NodeTypeInfo, PipelineDefinition, PortType } from "@/api/schema.gen";

/** A definition with all its lists there. */
export type Draft = Required<PipelineDefinition>;
export type DraftNode = Draft["nodes"][number];
export type DraftEdge = Draft["edges"][number];
export type DraftTrigger = Draft["triggers"][number];
export type DraftVariable = Draft["variables"][number];

/** Kinds of nodes by name. */
export type NodeTypes = ReadonlyMap<string, NodeTypeInfo>;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** One end of an edge. */
export interface PortRef {
  readonly node: string;
  readonly port: string;
}

export interface Port {
  readonly name: string;
  readonly type: PortType;
  /** Nothing needs to lead here. */
  readonly isOptional: boolean;
  /** An edge ends here, but the node has no such port. */
  readonly isMissing: boolean;
}

const NAME = /^[a-z][a-z0-9_]{0,39}$/u;
const LONGEST_NAME = 40;

/** The definition with its left-out lists empty. */
export function toDraft(definition: PipelineDefinition): Draft {
  const { edges = [], variables = [], triggers = [] } = definition;
  return { ...definition, edges, variables, triggers };
}

export function emptyDraft(name: string): Draft {
  return { format: 1, name, description: "", nodes: [], edges: [], variables: [], triggers: [] };
}

export function typesByName(types: readonly NodeTypeInfo[]): NodeTypes {
  return new Map(types.map((type) => [type.name, type]));
}

/** `node.port` taken apart. */
export function parsePort(text: string): PortRef {
  const [node = "", port = ""] = text.split(".");
  return { node, port };
}

export function writePort({ node, port }: PortRef): string {
  return `${node}.${port}`;
}

/** Names an edge among its draft's: two edges never join the same two ports. */
export function edgeKey(edge: Pick<DraftEdge, "source" | "target">): string {
  return `${edge.source}>${edge.target}`;
}

/** What is wrong with a name for a node, a variable or a trigger; null when nothing is. */
export function checkName(name: string, taken: Iterable<string>): string | null {
  if (name === "") return "a name is needed";
  if (!NAME.test(name)) return "small letters, digits and _, beginning with a letter, 40 at most";
  return [...taken].includes(name) ? `there is a ${name} already` : null;
}

/** A name like the wanted one that is not taken: `label`, `label_2`, … */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const known = new Set(taken);
  const base =
    wanted
      .toLowerCase()
      .replace(/[^a-z0-9_]+/gu, "_")
      .replace(/^[^a-z]+/u, "")
      .slice(0, LONGEST_NAME) || "step";
  if (!known.has(base)) return base;
  const stem = base.replace(/_\d+$/u, "");
  for (let number = 2; ; number += 1) {
    const tail = `_${String(number)}`;
    const name = stem.slice(0, LONGEST_NAME - tail.length) + tail;
    if (!known.has(name)) return name;
  }
}

/** A node's inputs: its kind's, and those that edges name wrongly. */
export function inputPorts(draft: Draft, node: DraftNode, types: NodeTypes): Port[] {
  const type = types.get(node.type);
  const known = Object.entries(type?.inputs ?? {}).map(([name, port]): Port => {
    return { name, type: port, isOptional: type?.optional_inputs.includes(name) === true, isMissing: false };
  });
  const named = draft.edges.map((edge) => parsePort(edge.target)).filter((end) => end.node === node.id);
  return [...known, ...missing(known, named)];
}

/** A node's outputs: its kind's, those its parameters name, and those that edges name wrongly. */
export function outputPorts(draft: Draft, node: DraftNode, types: NodeTypes): Port[] {
  const type = types.get(node.type);
  const outputs: [string, PortType][] = Object.entries(type?.outputs ?? {});
  for (const name of namedOutputs(node, type)) {
    if (!outputs.some(([known]) => known === name)) outputs.push([name, "item"]);
  }
  const known = outputs.map(([name, port]): Port => {
    return { name, type: port, isOptional: true, isMissing: false };
  });
  const named = draft.edges.map((edge) => parsePort(edge.source)).filter((end) => end.node === node.id);
  return [...known, ...missing(known, named)];
}

function namedOutputs(node: DraftNode, type: NodeTypeInfo | undefined): string[] {
  const key = type?.outputs_from;
  if (key === null || key === undefined) return [];
  const value = node.params?.[key];
  if (Array.isArray(value)) return value.filter((name) => typeof name === "string" && name !== "");
  return typeof value === "object" && value !== null && !("$var" in value) ? Object.keys(value) : [];
}

function missing(known: readonly Port[], named: readonly PortRef[]): Port[] {
  const names = new Set(
    named.map((end) => end.port).filter((port) => !known.some((one) => one.name === port)),
  );
  return [...names].map((name) => ({ name, type: "item", isOptional: true, isMissing: true }));
}

/** Whether what leaves by one type of port may enter by the other. */
export function fits(source: PortType, target: PortType): boolean {
  return source === target || target === "signal";
}

const SAID: Readonly<Record<PortType, string>> = {
  item: "images",
  model: "models",
  evaluation: "evaluations",
  comparison: "comparisons",
  signal: "signals",
};

export function sayPortType(type: PortType): string {
  return SAID[type];
}

/** Why this edge cannot be, in words; null when it can. */
export function whyNot(
  draft: Draft,
  types: NodeTypes,
  edge: { source: PortRef; target: PortRef },
): string | null {
  const { source, target } = edge;
  if (source.node === target.node) return "A step cannot follow itself.";
  const from = draft.nodes.find((node) => node.id === source.node);
  const to = draft.nodes.find((node) => node.id === target.node);
  if (from === undefined || to === undefined) return "One end is gone.";
  const output = outputPorts(draft, from, types).find((port) => port.name === source.port);
  const input = inputPorts(draft, to, types).find((port) => port.name === target.port);
  if (output === undefined || output.isMissing) return `${source.node} has no output ${source.port}.`;
  if (input === undefined || input.isMissing) return `${target.node} has no input ${target.port}.`;
  if (!fits(output.type, input.type)) {
    return `${writePort(target)} takes ${SAID[input.type]}, but ${writePort(source)} gives ${SAID[output.type]}.`;
  }
  const key = edgeKey({ source: writePort(source), target: writePort(target) });
  if (draft.edges.some((one) => edgeKey(one) === key)) return "These two are joined already.";
  if (reaches(draft, target.node, source.node)) {
    return "That would make a circle. Begin the next round with a trigger instead.";
  }
  return null;
}

/** Whether edges lead from one node to the other. */
export function reaches(draft: Draft, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === to) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const edge of draft.edges) {
      if (parsePort(edge.source).node === node) waiting.push(parsePort(edge.target).node);
    }
  }
  return false;
}
