import { useMemo, type KeyboardEvent } from "react";

import type { NodeCounts, PipelineDefinition } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import classes from "./graph.module.css";
import {
  curvePath,
  layoutGraph,
  NODE_HEIGHT,
  NODE_WIDTH,
  type PlacedEdge,
  type PlacedNode,
} from "./graphLayout";
import { isPeople, spaced } from "./words";

export interface GraphViewProps {
  readonly definition: PipelineDefinition;
  readonly status: Readonly<Record<string, NodeCounts>>;
  readonly chosen: string | null;
  /** By node: what starts runs there, in words. */
  readonly starts: ReadonlyMap<string, string>;
  readonly onChoose: (node: string | null) => void;
}

const NONE: NodeCounts = { waiting: 0, running: 0, parked: 0, done: 0, failed: 0 };

/** The graph of a pipeline with how many tokens are where. */
export function GraphView({ definition, status, chosen, starts, onChoose }: GraphViewProps) {
  const placed = useMemo(() => layoutGraph(definition), [definition]);
  return (
    <div className={classes.scroll}>
      <svg
        className={classes.graph}
        viewBox={`0 0 ${String(placed.width)} ${String(placed.height)}`}
        style={{ minWidth: placed.width * 0.82, maxWidth: placed.width * 1.25 }}
        role="group"
        aria-label="Graph of the pipeline"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0.8L7 4L0 7.2z" className={classes.tip} />
          </marker>
        </defs>
        {placed.edges.map((edge) => (
          <Way key={edge.key} edge={edge} isLit={edge.source === chosen || edge.target === chosen} />
        ))}
        {placed.nodes.map((node) => (
          <Step
            key={node.id}
            node={node}
            counts={status[node.id] ?? NONE}
            isChosen={node.id === chosen}
            starts={starts.get(node.id) ?? ""}
            onChoose={() => {
              onChoose(node.id === chosen ? null : node.id);
            }}
          />
        ))}
      </svg>
    </div>
  );
}

function Way({ edge, isLit }: { readonly edge: PlacedEdge; readonly isLit: boolean }) {
  return (
    <path className={classes.way} data-lit={isLit} d={curvePath(edge.points)} markerEnd="url(#arrow)">
      <title>{`${spaced(edge.source)} → ${spaced(edge.target)}: ${edge.label}`}</title>
    </path>
  );
}

interface StepProps {
  readonly node: PlacedNode;
  readonly counts: NodeCounts;
  readonly isChosen: boolean;
  /** What starts runs here; empty when nothing does. */
  readonly starts: string;
  readonly onChoose: () => void;
}

function Step({ node, counts, isChosen, starts, onChoose }: StepProps) {
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onChoose();
  };
  const parts = sayCounts(node.type, counts);
  return (
    <g
      className={classes.step}
      transform={`translate(${String(node.x)} ${String(node.y)})`}
      data-chosen={isChosen}
      data-state={stateOf(node.type, counts)}
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      aria-label={`${spaced(node.id)}: ${parts.map((part) => part.text).join(", ") || "nothing yet"}`}
      onClick={onChoose}
      onKeyDown={press}
    >
      <rect width={NODE_WIDTH} height={NODE_HEIGHT} rx={8} className={classes.box} />
      <rect width={4} height={NODE_HEIGHT - 16} x={6} y={8} rx={2} className={classes.edge} />
      <text x={18} y={20} className={classes.name}>
        {fit(spaced(node.id))}
      </text>
      <text x={18} y={34} className={classes.type}>
        {node.type === node.id ? "" : spaced(node.type)}
      </text>
      {starts !== "" && (
        <path
          className={classes.bolt}
          d="M4 0L0 6h3l-1 5 5-7H4z"
          transform={`translate(${String(NODE_WIDTH - 16)} 8)`}
        >
          <title>{starts}</title>
        </path>
      )}
      <text x={18} y={52} className={classes.counts}>
        {parts.length === 0 ? (
          <tspan className={classes.quiet}>–</tspan>
        ) : (
          fitting(parts).map((part, at) => (
            <tspan key={part.kind} data-kind={part.kind} dx={at === 0 ? 0 : 8}>
              {part.text}
            </tspan>
          ))
        )}
      </text>
    </g>
  );
}

interface CountPart {
  readonly kind: "failed" | "running" | "waiting" | "parked" | "done";
  readonly text: string;
}

function sayCounts(type: string, counts: NodeCounts): CountPart[] {
  const parts: CountPart[] = [];
  const add = (kind: CountPart["kind"], count: number, word: string) => {
    if (count > 0) parts.push({ kind, text: `${formatCount(count)} ${word}` });
  };
  add("failed", counts.failed, "failed");
  add("running", counts.running, "at work");
  add("waiting", counts.waiting, "waiting");
  add("parked", counts.parked, isPeople(type) ? "for people" : "parked");
  add("done", counts.done, "done");
  return parts;
}

const LINE_CHARACTERS = 16;

/** The parts that fit on one line, the most pressing first. */
function fitting(parts: readonly CountPart[]): readonly CountPart[] {
  const [first, second] = parts;
  if (first === undefined || second === undefined) return parts;
  return first.text.length + second.text.length <= LINE_CHARACTERS ? [first, second] : [first];
}

function stateOf(type: string, counts: NodeCounts): string {
  if (counts.failed > 0) return "failed";
  if (counts.running + counts.waiting > 0) return "moving";
  if (counts.parked > 0) return isPeople(type) ? "people" : "parked";
  return counts.done > 0 ? "done" : "unused";
}

function fit(name: string): string {
  return name.length > 16 ? `${name.slice(0, 15)}…` : name;
}
