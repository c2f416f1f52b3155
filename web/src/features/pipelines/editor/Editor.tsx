import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";

import { validateQuery } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { Canvas, type CanvasEdits } from "@/graph/Canvas";
import type { Draft, NodeTypes } from "@/graph/draft";

import classes from "./editor.module.css";
import { dropLocal, localKey, writeLocal } from "./localDraft";
import { PalettePane } from "./PalettePane";
import { marksOf, placeProblems } from "./problems";
import { SaveButton } from "./SaveButton";
import { SidePane } from "./SidePane";
import { TopBar } from "./TopBar";
import { TryDialog } from "./TryDialog";
import { EditorProvider, useEditorState, type Editor as State } from "./useEditor";
import { useLeaveGuard } from "./useLeaveGuard";

export interface EditorProps {
  readonly first: Draft;
  /** What the server has; null for a new pipeline. */
  readonly saved: Draft | null;
  readonly version: number | null;
  readonly types: NodeTypes;
  readonly projectId: string;
  readonly pipelineId: string | null;
  readonly takenNames: readonly string[];
  readonly onSaved: (pipeline: Pipeline) => void;
}

const REFUSED_MS = 6000;

/** The canvas with its palette, forms, checks and the way to save. */
export function Editor(props: EditorProps) {
  const { first, types, projectId, pipelineId, takenNames } = props;
  const editor = useEditorState({ first, types, projectId, pipelineId });
  const [saved, setSaved] = useState(props.saved);
  const [version, setVersion] = useState(props.version);
  const [isPalette, palette] = useDisclosure(true);
  const [isTrying, trying] = useDisclosure(false);
  const { draft } = editor;
  const isDirty = saved === null ? draft.nodes.length > 0 : JSON.stringify(draft) !== JSON.stringify(saved);
  useKept({ draft, isDirty, version, projectId, pipelineId });
  const guard = useLeaveGuard(isDirty);
  const problems = useProblems(editor);
  const nameProblem = pipelineId === null ? checkTitle(draft.name, takenNames) : null;
  return (
    <EditorProvider value={editor}>
      <div
        className={classes.frame}
        data-narrow={!isPalette}
        tabIndex={-1}
        onKeyDown={(event) => {
          press(event, editor);
        }}
      >
        <TopBar
          version={version}
          isDirty={isDirty}
          nameProblem={nameProblem}
          onName={(name) => {
            editor.edit((one) => ({ ...one, name }), "name");
          }}
          onPalette={palette.toggle}
          onTry={trying.open}
        >
          <SaveButton
            isDirty={isDirty}
            problems={problems.filter((one) => !one.isWarning).length}
            nameProblem={nameProblem}
            onSaved={(pipeline) => {
              dropLocal(localKey(projectId, pipelineId));
              setSaved(draft);
              setVersion(pipeline.version);
              guard.allow();
              props.onSaved(pipeline);
            }}
          />
        </TopBar>
        <PalettePane />
        <Stage editor={editor} problems={problems} />
        <SidePane problems={problems} />
      </div>
      {guard.dialog}
      {isTrying && <TryDialog onClose={trying.close} />}
    </EditorProvider>
  );
}

function checkTitle(name: string, taken: readonly string[]): string | null {
  if (name.trim() === "") return "A name is needed";
  return taken.includes(name) ? "There is a pipeline of this name" : null;
}

function Stage({
  editor,
  problems,
}: {
  readonly editor: State;
  readonly problems: ReturnType<typeof placeProblems>;
}) {
  const { draft, types, selection } = editor;
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    if (refused === null) return;
    const timer = setTimeout(() => {
      setRefused(null);
    }, REFUSED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [refused]);
  const marks = useMemo(() => marksOf(draft, problems, startsOf(draft)), [draft, problems]);
  const edits: CanvasEdits = {
    onMove: editor.move,
    onConnect: editor.connect,
    onRefused: setRefused,
    onRemove: editor.remove,
    onDrop: editor.add,
  };
  return (
    <div className={classes.stage}>
      <Canvas
        draft={draft}
        types={types}
        selection={selection}
        onSelect={editor.select}
        marks={marks}
        edits={edits}
        hasMap
        fitKey={editor.fits === 0 ? undefined : editor.fits}
        label="Graph of the pipeline"
      >
        {draft.nodes.length === 0 && (
          <div className={classes.hint}>Drag a step from the left onto the canvas. Begin with a dataset.</div>
        )}
      </Canvas>
      {refused !== null && (
        <div className={classes.refused} role="alert">
          {refused}
        </div>
      )}
    </div>
  );
}

/** By node: the names of the triggers that enter it. */
function startsOf(draft: Draft): ReadonlyMap<string, string> {
  const starts = new Map<string, string>();
  for (const trigger of draft.triggers) {
    const node = trigger.target.split(".")[0] ?? "";
    starts.set(node, `${starts.has(node) ? `${starts.get(node) ?? ""}, ` : "Started by "}${trigger.id}`);
  }
  return starts;
}

const CHECK_AFTER_MS = 350;

/** What the server says about the draft, asked again when typing pauses. */
function useProblems({ draft, projectId }: State) {
  const [settled] = useDebouncedValue(draft, CHECK_AFTER_MS);
  const checked = useQuery({ ...validateQuery(projectId, settled), enabled: settled.nodes.length > 0 });
  return useMemo(() => {
    if (draft.nodes.length === 0) return [];
    return placeProblems(settled, checked.data ?? []);
  }, [settled, checked.data, draft.nodes.length]);
}

interface KeptOptions {
  readonly draft: Draft;
  readonly isDirty: boolean;
  readonly version: number | null;
  readonly projectId: string;
  readonly pipelineId: string | null;
}

/** Keep unsaved work in this browser. */
function useKept({ draft, isDirty, version, projectId, pipelineId }: KeptOptions): void {
  useEffect(() => {
    const key = localKey(projectId, pipelineId);
    if (isDirty) writeLocal(key, { draft, version: version ?? 0, at: Date.now() });
    else dropLocal(key);
  }, [draft, isDirty, version, projectId, pipelineId]);
}

/** Keys of the canvas; fields keep theirs. */
function press(event: KeyboardEvent, editor: State): void {
  const { target } = event;
  if (target instanceof HTMLElement && target.closest("input, textarea, [contenteditable=true]") !== null)
    return;
  const isControl = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const does: (() => void) | undefined = isControl
    ? {
        z: event.shiftKey ? editor.redo : editor.undo,
        y: editor.redo,
        a: editor.selectAll,
        c: editor.copy,
        v: editor.paste,
        d: editor.duplicate,
      }[key]
    : { l: editor.tidy }[key];
  if (does === undefined) return;
  event.preventDefault();
  does();
}
