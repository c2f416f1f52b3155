import { Handle, Position, useConnection, useUpdateNodeInternals, type NodeProps } from "@xyflow/react";
import { memo, useEffect } from "react";

import { formatCount } from "@/ui/format";

import { useCanvas } from "./canvasContext";
import classes from "./canvas.module.css";
import { fits, type Port } from "./draft";
import { FamilyIcon } from "./FamilyIcon";
import type { StepNode as Step } from "./flow";
import { HEAD_HEIGHT, ROW_HEIGHT } from "./layout";
import { familyColor, portColor, spaced } from "./look";
import { COUNT_KINDS, countWord, type NodeMark } from "./marks";

/** A node: its name and kind, its ports by name and colour, its counts or its problems. */
export const StepNode = memo(function StepNode({ data, selected }: NodeProps<Step>) {
  const { id, kind, type, inputs, outputs, mark } = data;
  const { hasFoot } = useCanvas();
  const update = useUpdateNodeInternals();
  const signature = [...inputs.map((port) => `>${port.name}`), ...outputs.map((port) => port.name)].join();
  useEffect(() => {
    update(id);
  }, [id, signature, update]);
  return (
    <div
      className={classes.step}
      data-selected={selected}
      data-change={mark.change}
      data-state={stateOf(mark)}
      data-node={id}
      style={{ "--family": familyColor(type?.family) }}
    >
      <header className={classes.head} style={{ height: HEAD_HEIGHT }}>
        <span className={classes.icon}>
          <FamilyIcon family={type?.family} size={15} />
        </span>
        <span className={classes.names}>
          <span className={classes.name} title={spaced(id)}>
            {spaced(id)}
          </span>
          <span className={classes.kind}>
            {mark.note ?? (kind === id ? (type?.family ?? "unknown") : spaced(kind))}
          </span>
        </span>
        {mark.starts !== undefined && (
          <svg className={classes.bolt} width={10} height={14} viewBox="0 0 10 14" aria-hidden>
            <title>{mark.starts}</title>
            <path d="M5 0L0 8h4l-1 6 7-8H5z" />
          </svg>
        )}
        <Trouble mark={mark} />
      </header>
      <div className={classes.ports}>
        {inputs.map((port, at) => (
          <PortRow key={`in-${port.name}`} node={id} port={port} at={at} side="target" />
        ))}
        {outputs.map((port, at) => (
          <PortRow key={`out-${port.name}`} node={id} port={port} at={at} side="source" />
        ))}
      </div>
      {hasFoot && <Foot node={id} mark={mark} />}
    </div>
  );
});

function Trouble({ mark }: { readonly mark: NodeMark }) {
  const problems = mark.problems ?? [];
  const warnings = mark.warnings ?? [];
  if (problems.length + warnings.length === 0) return null;
  return (
    <span
      className={classes.trouble}
      data-kind={problems.length > 0 ? "problem" : "warning"}
      title={[...problems, ...warnings].join("\n")}
    >
      !
    </span>
  );
}

interface PortRowProps {
  readonly node: string;
  readonly port: Port;
  readonly at: number;
  readonly side: "source" | "target";
}

function PortRow({ node, port, at, side }: PortRowProps) {
  const { isEditing } = useCanvas();
  const welcome = useWelcome({ node, port, side });
  const isInput = side === "target";
  return (
    <div
      className={classes.port}
      data-side={side}
      data-missing={port.isMissing}
      data-welcome={welcome}
      style={{ top: at * ROW_HEIGHT, height: ROW_HEIGHT, "--port": portColor(port.type) }}
      title={port.isMissing ? `There is no port ${port.name}` : `${spaced(port.name)}: ${port.type}`}
    >
      <Handle
        id={port.name}
        type={side}
        position={isInput ? Position.Left : Position.Right}
        isConnectable={isEditing && !port.isMissing}
        className={classes.handle}
        data-port={`${node}.${port.name}`}
        data-optional={isInput && port.isOptional}
      />
      <span className={classes.portName}>{spaced(port.name)}</span>
    </div>
  );
}

/** While an edge is being drawn: whether it may end here; null when none is. */
function useWelcome({ node, port, side }: Omit<PortRowProps, "at">): string | undefined {
  return useConnection((connection) => {
    if (!connection.inProgress) return undefined;
    const { fromHandle, fromNode } = connection;
    if (fromNode.id === node && fromHandle.id === port.name && fromHandle.type === side) return "from";
    if (fromHandle.type === side || fromNode.id === node) return "no";
    const ports: unknown = fromHandle.type === "source" ? fromNode.data.outputs : fromNode.data.inputs;
    const from = findPort(ports, fromHandle.id ?? "");
    if (from === null) return "no";
    return (side === "target" ? fits(from, port.type) : fits(port.type, from)) ? "yes" : "no";
  });
}

function findPort(ports: unknown, name: string): Port["type"] | null {
  if (!Array.isArray(ports)) return null;
  const found = ports.filter(isPort).find((one) => one.name === name);
  return found?.type ?? null;
}

function isPort(value: unknown): value is Port {
  return typeof value === "object" && value !== null && "name" in value && "type" in value;
}

function Foot({ node, mark }: { readonly node: string; readonly mark: NodeMark }) {
  const { onCount } = useCanvas();
  const { counts, isForPeople = false } = mark;
  const parts = COUNT_KINDS.filter((kind) => (counts?.[kind] ?? 0) > 0);
  return (
    <footer className={classes.foot}>
      {parts.length === 0 && <span className={classes.quiet}>nothing yet</span>}
      {parts.map((kind, at) => {
        const count = counts?.[kind] ?? 0;
        const words = countWord(kind, isForPeople);
        return (
          <button
            key={kind}
            type="button"
            className={`${classes.count ?? ""} nodrag nopan`}
            data-kind={kind === "parked" && isForPeople ? "people" : kind}
            title={`${formatCount(count)} ${words}`}
            aria-label={`${spaced(node)}: ${formatCount(count)} ${words}`}
            onClick={(event) => {
              event.stopPropagation();
              onCount?.(node, kind);
            }}
          >
            <b>{compact(count)}</b> {at < WORDS && parts.length <= WORDS ? words : ""}
          </button>
        );
      })}
    </footer>
  );
}

/** Words fit beside so many counts; more counts are dots with numbers. */
const WORDS = 2;

function compact(count: number): string {
  if (count < 10_000) return formatCount(count);
  return count < 1_000_000 ? `${(count / 1000).toFixed(0)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

function stateOf(mark: NodeMark): string | undefined {
  if ((mark.problems ?? []).length > 0) return "problem";
  const { counts } = mark;
  if (counts === undefined) return undefined;
  if (counts.failed > 0) return "failed";
  if (counts.running + counts.waiting > 0) return "moving";
  if (counts.parked > 0) return mark.isForPeople === true ? "people" : "parked";
  return counts.done > 0 ? "done" : "unused";
}
