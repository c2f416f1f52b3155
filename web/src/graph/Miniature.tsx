import { useMemo } from "react";

import { parsePort, type Draft, type NodeTypes, type Place } from "./draft";
import { HEAD_HEIGHT, layoutDraft, NODE_WIDTH, ROW_HEIGHT, sizeOf } from "./layout";
import { familyColor, portColor } from "./look";
import classes from "./miniature.module.css";
import { inputPorts, outputPorts } from "./draft";

export interface MiniatureProps {
  readonly draft: Draft;
  readonly types: NodeTypes;
  readonly label: string;
}

const MARGIN = 10;

/** A small picture of a graph: boxes in the colour of their family, lines in that of what travels. */
export function Miniature({ draft, types, label }: MiniatureProps) {
  const { boxes, lines, width, height } = useMemo(() => drawn(draft, types), [draft, types]);
  return (
    <svg
      className={classes.miniature}
      viewBox={`${String(-MARGIN)} ${String(-MARGIN)} ${String(width + 2 * MARGIN)} ${String(height + 2 * MARGIN)}`}
      role="img"
      aria-label={label}
    >
      {lines.map((line) => (
        <path key={line.path} d={line.path} className={classes.line} style={{ "--port": line.color }} />
      ))}
      {boxes.map((box) => (
        <g key={box.id} style={{ "--family": box.color }}>
          <rect {...box.rect} rx={14} className={classes.box} />
          <rect
            x={box.rect.x}
            y={box.rect.y}
            width={16}
            height={box.rect.height}
            rx={8}
            className={classes.mark}
          />
        </g>
      ))}
    </svg>
  );
}

function drawn(draft: Draft, types: NodeTypes) {
  const places = layoutDraft({ draft, types });
  const boxes = draft.nodes.map((node) => {
    const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
    const rect = { x, y, ...sizeOf({ draft, node, types }) };
    return { id: node.id, rect, color: familyColor(types.get(node.type)?.family) };
  });
  const lines = draft.edges.flatMap((edge) => {
    const [from, to] = [parsePort(edge.source), parsePort(edge.target)];
    const [source, target] = [from, to].map(({ node }) => draft.nodes.find((one) => one.id === node));
    if (source === undefined || target === undefined) return [];
    const outputs = outputPorts(draft, source, types);
    const inputs = inputPorts(draft, target, types);
    const start = portPlace(
      places.get(source.id),
      outputs.findIndex((port) => port.name === from.port),
      NODE_WIDTH,
    );
    const end = portPlace(
      places.get(target.id),
      inputs.findIndex((port) => port.name === to.port),
      0,
    );
    const half = Math.max(30, (end.x - start.x) / 2);
    const path = `M${at(start)}C${at({ x: start.x + half, y: start.y })} ${at({ x: end.x - half, y: end.y })} ${at(end)}`;
    return [{ path, color: portColor(outputs.find((port) => port.name === from.port)?.type ?? "item") }];
  });
  const width = Math.max(NODE_WIDTH, ...boxes.map(({ rect }) => rect.x + rect.width));
  const height = Math.max(60, ...boxes.map(({ rect }) => rect.y + rect.height));
  return { boxes, lines, width, height };
}

function portPlace(corner: Place | undefined, index: number, across: number): Place {
  const { x, y } = corner ?? { x: 0, y: 0 };
  return { x: x + across, y: y + HEAD_HEIGHT + (Math.max(0, index) + 0.5) * ROW_HEIGHT };
}

function at({ x, y }: Place): string {
  return `${x.toFixed(0)} ${y.toFixed(0)}`;
}
