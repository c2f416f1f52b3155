import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Connection,
  type Edge,
  type EdgeChange,
  type NodeChange,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useMantineColorScheme } from "@mantine/core";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type DragEvent,
  type ReactNode,
} from "react";

import { CanvasContext } from "./canvasContext";
import classes from "./canvas.module.css";
import { ConnectNote } from "./ConnectNote";
import { whyNot, type Draft, type NodeTypes, type Place, type PortRef } from "./draft";
import { toFlowEdges, toFlowNodes, type StepNode as Step, type WayEdge as Way } from "./flow";
import { placesOf } from "./layout";
import { familyColor } from "./look";
import { NO_MARKS, type CountKind, type Marks, type Selection } from "./marks";
import { StepNode } from "./StepNode";
import { WayEdge } from "./WayEdge";

/** What people do on a canvas. Without these it can only be looked at. */
export interface CanvasEdits {
  readonly onMove: (places: ReadonlyMap<string, Place>) => void;
  readonly onConnect: (edge: { source: PortRef; target: PortRef }) => void;
  /** A wrong edge was let go of: why it cannot be. */
  readonly onRefused: (reason: string) => void;
  readonly onRemove: (what: Selection) => void;
  /** A kind of node was dropped from the palette. */
  readonly onDrop: (type: string, at: Place) => void;
}

export interface CanvasProps {
  readonly draft: Draft;
  readonly types: NodeTypes;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly marks?: Marks;
  readonly edits?: CanvasEdits;
  /** Nodes have a row of counts. */
  readonly hasCounts?: boolean;
  readonly onCount?: (node: string, kind: CountKind) => void;
  readonly hasMap?: boolean;
  /** When it changes, all of the graph is shown again. */
  readonly fitKey?: number;
  readonly label: string;
  /** Shown over the canvas, such as a way to begin. */
  readonly children?: ReactNode;
}

const NODE_TYPES = { step: StepNode };
const EDGE_TYPES = { way: WayEdge };
const FIT = { padding: 0.08, maxZoom: 1.1, minZoom: 0.25 };
/** From which distance names need the room of icons and ports. */
const FAR = 0.62;
const VERY_FAR = 0.45;

function distanceOf(zoom: number): "very" | "yes" | undefined {
  if (zoom < VERY_FAR) return "very";
  return zoom < FAR ? "yes" : undefined;
}

/** What a drag from the palette carries. */
export const DRAGGED_TYPE = "application/x-whorl-node";

/** The graph of a pipeline: to be looked at, or with `edits` to be changed. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Surface {...props} />
    </ReactFlowProvider>
  );
}

function Surface(props: CanvasProps) {
  const { draft, types, edits, hasCounts = false, onCount, hasMap = false, fitKey, label, children } = props;
  const { colorScheme } = useMantineColorScheme();
  const distance = useStore((store) => distanceOf(store.transform[2]));
  // An empty canvas stays where it is when the first step is put on it.
  const [isFull] = useState(() => draft.nodes.length > 0);
  const flow = useFlow(props);
  const drop = useDrop(edits);
  const tools = useMemo(
    () => ({ isEditing: edits !== undefined, hasFoot: hasCounts, onCount }),
    [edits, hasCounts, onCount],
  );
  const why = useCallback(
    (connection: Connection | Edge) => {
      const edge = endsOf(connection);
      return edge === null ? "An edge needs two ends." : whyNot(draft, types, edge);
    },
    [draft, types],
  );
  return (
    <CanvasContext value={tools}>
      <div className={classes.surface} data-far={distance} data-editing={edits !== undefined} {...drop}>
        <ReactFlow
          nodes={flow.nodes}
          edges={flow.edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={flow.onNodesChange}
          onEdgesChange={flow.onEdgesChange}
          onConnect={(connection) => {
            const edge = endsOf(connection);
            if (edge !== null) edits?.onConnect(edge);
          }}
          onConnectEnd={(_, { fromHandle, toHandle, isValid }) => {
            if (isValid === true || fromHandle === null || toHandle === null) return;
            const [source, target] =
              fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
            const reason = sameSide(fromHandle, toHandle) ?? why(connectionOf(source, target));
            if (reason !== null) edits?.onRefused(reason);
          }}
          isValidConnection={(connection) => why(connection) === null}
          onBeforeDelete={({ nodes, edges }) => {
            edits?.onRemove({
              nodes: new Set(nodes.map((node) => node.id)),
              edges: new Set(edges.map((edge) => edge.id)),
            });
            return Promise.resolve(false);
          }}
          nodesDraggable={edits !== undefined}
          nodesConnectable={edits !== undefined}
          deleteKeyCode={edits === undefined ? null : ["Delete", "Backspace"]}
          connectionRadius={22}
          fitView={isFull}
          fitViewOptions={FIT}
          minZoom={0.15}
          maxZoom={2}
          zoomOnDoubleClick={false}
          colorMode={colorScheme === "auto" ? "system" : colorScheme}
          proOptions={{ hideAttribution: true }}
          aria-label={label}
          role="group"
        >
          <Background variant={BackgroundVariant.Dots} gap={18} size={1.2} />
          <Controls showInteractive={false} fitViewOptions={FIT} position="bottom-left" />
          {hasMap && (
            <MiniMap<Step>
              pannable
              zoomable
              position="bottom-right"
              nodeColor={(node) => familyColor(node.data.type?.family)}
              nodeBorderRadius={8}
              style={{ width: 150, height: 92 }}
              ariaLabel="Small map of the graph"
            />
          )}
          <FitOn key={fitKey} isFirst={fitKey === undefined} />
          {edits !== undefined && <ConnectNote why={why} />}
          {children !== undefined && <Panel position="top-center">{children}</Panel>}
        </ReactFlow>
      </div>
    </CanvasContext>
  );
}

/** Shows the whole graph again each time that it is made anew. */
function FitOn({ isFirst }: { readonly isFirst: boolean }) {
  const { fitView } = useReactFlow();
  useEffect(() => {
    if (!isFirst) void fitView({ ...FIT, duration: 200 });
  }, [fitView, isFirst]);
  return null;
}

/** Nodes and edges for the library; places while dragging and measured sizes are kept here alone. */
function useFlow({
  draft,
  types,
  selection,
  onSelect,
  marks = NO_MARKS,
  edits,
  hasCounts = false,
}: CanvasProps) {
  const [dragged, setDragged] = useState<ReadonlyMap<string, Place>>(new Map());
  const still = useMemo(() => placesOf({ draft, types }), [draft, types]);
  const places = useMemo(
    () => (dragged.size === 0 ? still : new Map([...still, ...dragged])),
    [still, dragged],
  );
  const options = { draft, types, marks, selection, places, hasFoot: hasCounts };
  // One click changes nodes and edges, one after the other, before anything is drawn again.
  const latest = useRef(selection);
  useLayoutEffect(() => {
    latest.current = selection;
  });
  const choose = (what: "nodes" | "edges", changes: readonly (NodeChange<Step> | EdgeChange<Way>)[]) => {
    const chosen = select(latest.current[what], changes);
    if (chosen === null) return;
    latest.current = { ...latest.current, [what]: chosen };
    onSelect(latest.current);
  };
  const onNodesChange = (changes: NodeChange<Step>[]) => {
    const moves = changes.flatMap((change) =>
      change.type === "position" && change.position !== undefined ? [change] : [],
    );
    const now = new Map(moves.map((change) => [change.id, change.position ?? { x: 0, y: 0 }]));
    const isOver = moves.some((change) => change.dragging !== true);
    if (moves.length > 0) setDragged(isOver ? new Map() : (before) => new Map([...before, ...now]));
    if (isOver) edits?.onMove(new Map([...dragged, ...now]));
    choose("nodes", changes);
  };
  const onEdgesChange = (changes: EdgeChange<Way>[]) => {
    choose("edges", changes);
  };
  return { nodes: toFlowNodes(options), edges: toFlowEdges(options), onNodesChange, onEdgesChange };
}

/** The selection after changes; null when they do not touch it. */
function select(
  before: ReadonlySet<string>,
  changes: readonly (NodeChange<Step> | EdgeChange<Way>)[],
): ReadonlySet<string> | null {
  const after = new Set(before);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) after.add(change.id);
    else after.delete(change.id);
  }
  const isSame = after.size === before.size && [...after].every((one) => before.has(one));
  return isSame ? null : after;
}

function useDrop(edits: CanvasEdits | undefined) {
  const { screenToFlowPosition } = useReactFlow();
  if (edits === undefined) return {};
  return {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(DRAGGED_TYPE)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
    },
    onDrop: (event: DragEvent) => {
      const type = event.dataTransfer.getData(DRAGGED_TYPE);
      if (type === "") return;
      event.preventDefault();
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      edits.onDrop(type, { x: x - 40, y: y - 20 });
    },
  };
}

function endsOf(connection: Connection | Edge): { source: PortRef; target: PortRef } | null {
  const { source, target, sourceHandle, targetHandle } = connection;
  if (typeof sourceHandle !== "string" || typeof targetHandle !== "string") return null;
  return { source: { node: source, port: sourceHandle }, target: { node: target, port: targetHandle } };
}

interface End {
  readonly nodeId: string;
  readonly id?: string | null;
  readonly type: string;
}

function connectionOf(source: End, target: End): Connection {
  return {
    source: source.nodeId,
    sourceHandle: source.id ?? null,
    target: target.nodeId,
    targetHandle: target.id ?? null,
  };
}

export function sameSide(from: End, to: End): string | null {
  if (from.type !== to.type) return null;
  return from.type === "source" ? "Two outputs cannot be joined." : "Two inputs cannot be joined.";
}
