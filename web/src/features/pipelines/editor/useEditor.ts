/** The state of one editor: the draft with its history, what is selected, and what can be done with them. */
import { createContext, useContext, useMemo, useState } from "react";

import {
  edgeKey,
  whyNot,
  writePort,
  type Draft,
  type NodeTypes,
  type Place,
  type PortRef,
} from "@/graph/draft";
import {
  addNode,
  connect,
  copyNodes,
  moveNodes,
  paste,
  removeEdges,
  removeNodes,
  renameNode,
  type Clip,
} from "@/graph/edits";
import { begin, record, redo, undo, type History } from "@/graph/history";
import { freePlace, layoutDraft, NODE_WIDTH } from "@/graph/layout";
import { NOTHING, type Selection } from "@/graph/marks";

export type PaneTab = "step" | "variables" | "triggers" | "problems" | "list";

interface State {
  readonly history: History<Draft>;
  readonly selection: Selection;
  readonly tab: PaneTab;
  readonly clip: Clip | null;
  /** How often the clip was pasted, so that copies do not lie on each other. */
  readonly pasted: number;
  /** Old names of nodes to their new ones since the last save. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly fits: number;
}

export interface Editor {
  readonly draft: Draft;
  readonly types: NodeTypes;
  readonly projectId: string;
  /** Null while it was never saved. */
  readonly pipelineId: string | null;
  readonly selection: Selection;
  readonly tab: PaneTab;
  readonly renamed: Readonly<Record<string, string>>;
  /** Grows when all of the graph is to be shown. */
  readonly fits: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Replace the draft; edits in a row with one tag are one step back. */
  readonly edit: (change: (draft: Draft) => Draft, tag?: string) => void;
  readonly select: (selection: Selection) => void;
  readonly selectAll: () => void;
  readonly show: (tab: PaneTab) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly add: (type: string, at?: Place) => void;
  readonly connect: (edge: { source: PortRef; target: PortRef }) => void;
  readonly move: (places: ReadonlyMap<string, Place>) => void;
  readonly rename: (from: string, to: string) => void;
  readonly remove: (what?: Selection) => void;
  readonly copy: () => void;
  readonly paste: () => void;
  readonly duplicate: () => void;
  readonly tidy: () => void;
  /** Begin anew with this draft, such as the one that was saved. */
  readonly reset: (draft: Draft) => void;
}

const STEP = 28;

export function useEditorState(options: {
  first: Draft;
  types: NodeTypes;
  projectId: string;
  pipelineId: string | null;
}): Editor {
  const { first, types, projectId, pipelineId } = options;
  const [state, setState] = useState<State>(() => ({ ...EMPTY, history: begin(first) }));
  const actions = useMemo(() => actionsOf(setState, types), [types]);
  const { history, selection, tab, renamed, fits } = state;
  return {
    ...actions,
    types,
    projectId,
    pipelineId,
    draft: history.present,
    selection,
    tab,
    renamed,
    fits,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}

const EMPTY = { selection: NOTHING, tab: "step", clip: null, pasted: 0, renamed: {}, fits: 0 } as const;

type SetState = (change: (state: State) => State) => void;
type Actions = Omit<
  Editor,
  | "draft"
  | "types"
  | "projectId"
  | "pipelineId"
  | "selection"
  | "tab"
  | "renamed"
  | "fits"
  | "canUndo"
  | "canRedo"
>;

function actionsOf(setState: SetState, types: NodeTypes): Actions {
  const change = (step: (state: State, draft: Draft) => Partial<State> & { draft?: Draft; tag?: string }) => {
    setState((state) => {
      const { draft, tag, ...rest } = step(state, state.history.present);
      const history = draft === undefined ? state.history : record(state.history, draft, tag ?? null);
      return { ...state, history, ...rest };
    });
  };
  const pasted = (state: State, clip: Clip, turn: number) => {
    const by = { x: STEP * turn, y: STEP * turn };
    const { draft, ids } = paste(state.history.present, clip, by);
    return { draft, selection: { nodes: new Set(ids), edges: new Set<string>() }, clip, pasted: turn };
  };
  return {
    edit: (edit, tag) => {
      change((_, draft) => ({ draft: edit(draft), tag }));
    },
    select: (selection) => {
      change((state) => {
        const isSome = selection.nodes.size + selection.edges.size > 0;
        return { selection, tab: isSome && state.tab !== "list" ? "step" : state.tab };
      });
    },
    selectAll: () => {
      change((_, draft) => ({
        selection: {
          nodes: new Set(draft.nodes.map((node) => node.id)),
          edges: new Set(draft.edges.map(edgeKey)),
        },
      }));
    },
    show: (tab) => {
      change(() => ({ tab }));
    },
    undo: () => {
      setState((state) => ({ ...state, history: undo(state.history) }));
    },
    redo: () => {
      setState((state) => ({ ...state, history: redo(state.history) }));
    },
    add: (type, at) => {
      change((state, draft) => {
        const place = at ?? freePlace(draft, types, besideOf(draft, state.selection));
        const { draft: next, id } = addNode(draft, { type, at: place });
        return { draft: next, selection: { nodes: new Set([id]), edges: new Set() }, tab: "step" };
      });
    },
    connect: (edge) => {
      change((_, draft) => {
        if (whyNot(draft, types, edge) !== null) return {};
        const key = edgeKey({ source: writePort(edge.source), target: writePort(edge.target) });
        const selection = { nodes: new Set<string>(), edges: new Set([key]) };
        return { draft: connect(draft, types, edge), selection };
      });
    },
    move: (places) => {
      change((_, draft) => ({ draft: moveNodes(draft, places), tag: `move ${[...places.keys()].join()}` }));
    },
    rename: (from, to) => {
      change((state, draft) => ({
        draft: renameNode(draft, from, to),
        selection: { ...state.selection, nodes: new Set([to]) },
        renamed: { ...state.renamed, [from]: to },
      }));
    },
    remove: (what) => {
      change((state, draft) => {
        const { nodes, edges } = what ?? state.selection;
        return { draft: removeEdges(removeNodes(draft, nodes), edges), selection: NOTHING };
      });
    },
    copy: () => {
      change((state, draft) =>
        state.selection.nodes.size === 0 ? {} : { clip: copyNodes(draft, state.selection.nodes), pasted: 0 },
      );
    },
    paste: () => {
      change((state) => (state.clip === null ? {} : pasted(state, state.clip, state.pasted + 1)));
    },
    duplicate: () => {
      change((state, draft) =>
        state.selection.nodes.size === 0 ? {} : pasted(state, copyNodes(draft, state.selection.nodes), 1),
      );
    },
    tidy: () => {
      change((state, draft) => ({
        draft: moveNodes(draft, layoutDraft({ draft, types })),
        fits: state.fits + 1,
      }));
    },
    reset: (draft) => {
      setState((state) => ({ ...state, history: begin(draft), renamed: {}, selection: NOTHING }));
    },
  };
}

/** To the right of what is selected, else of everything. */
function besideOf(draft: Draft, selection: Selection): Place {
  const near = draft.nodes.filter((node) => selection.nodes.has(node.id));
  const last = near.at(-1) ?? draft.nodes.at(-1);
  if (last === undefined) return { x: 0, y: 0 };
  return { x: (last.at?.x ?? 0) + NODE_WIDTH + 64, y: last.at?.y ?? 0 };
}

const EditorContext = createContext<Editor | null>(null);
export const EditorProvider = EditorContext.Provider;

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (editor === null) throw new Error("this belongs into an editor");
  return editor;
}
