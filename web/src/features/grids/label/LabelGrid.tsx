import { useLocalStorage } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";

import type { TaskSummary } from "@/api/schema.gen";
import { labelColor } from "@/ui/labelColor";

import { ClassPalette } from "../ClassPalette";
import { KeyboardProvider, useGridKeyboard } from "../keys";
import { KeysDialog } from "../KeysDialog";
import { ANSWER_ROWS, classRows, type ClassRow, type Labels } from "../names";

import { assign, assignRest, focusOf, targetsOf, type View } from "./act";
import { Board } from "./Board";
import { layCells, tileOrder, type Sorting } from "./cells";
import { ClassRail } from "./ClassRail";
import { EmptyGrid } from "./EmptyGrid";
import { GridFoot } from "./GridFoot";
import { GridHead } from "./GridHead";
import { answerHandlers, labelHandlers } from "./handlers";
import classes from "./label.module.css";
import { RestPalette } from "./RestPalette";
import type { GridSession, SessionState } from "./session";
import { useModelChoice } from "./useModelChoice";
import { useSessionState } from "./useSession";

export type DialogName = "classes" | "rest" | "keys";

export interface LabelGridProps {
  readonly task: TaskSummary;
  readonly labels: Labels;
  readonly session: GridSession;
  readonly size: number;
  readonly onSize: (size: number) => void;
  /** Shapes are drawn in this task too, which the grid cannot. */
  readonly hasShapes: boolean;
  /** The recipe's instructions. */
  readonly told: string;
}

/** A page of items and everything that is done with it. */
export function LabelGrid({ task, labels, session, size, onSize, hasShapes, told }: LabelGridProps) {
  const state = useSessionState(session);
  const [sorting, setSorting] = useLocalStorage<Sorting>({
    key: "whorl-grid-sorting",
    defaultValue: "class",
  });
  const model = useModelChoice(state.tiles);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [notice, setNotice] = useState("");
  const [isPeeking, setPeeking] = useState(false);
  const board = useRef<HTMLDivElement>(null);
  const [columns, setColumns] = useState(1);
  const isAsking = task.kind === "validate";
  const rows = useMemo(() => (isAsking ? ANSWER_ROWS : classRows(labels)), [isAsking, labels]);
  const names = useMemo(() => labels.map(({ name }) => name), [labels]);
  const colorOf = useMemo(() => (name: string) => labelColor(name, labels), [labels]);
  const cells = useMemo(
    () => layCells(state.tiles, { sorting, modelId: model.id, labels: names }),
    [state.tiles, sorting, model.id, names],
  );
  const view: View = useMemo(
    () => ({ tiles: state.tiles, order: tileOrder(cells), modelId: model.id }),
    [state.tiles, cells, model.id],
  );
  const focus = focusOf(state.desk, view);
  useFreshCounts(task.id, state);
  const toBoard = useCallback(() => {
    setDialog(null);
    board.current?.focus({ preventScroll: true });
  }, []);
  const resize = useCallback(
    (next: number) => {
      onSize(next);
      void session.resize(next);
      toBoard();
    },
    [session, onSize, toBoard],
  );
  const sort = useCallback(
    (next: Sorting) => {
      setSorting(next);
      toBoard();
    },
    [setSorting, toBoard],
  );
  const handlers = (isAsking ? answerHandlers : labelHandlers)({
    session,
    view,
    cells,
    columns,
    names,
    isPeeking,
    setPeeking,
    setDialog,
    setNotice,
  });
  const keyboard = useGridKeyboard(isAsking ? "grid_validate" : "grid_label", handlers);
  if (state.phase === "empty" || state.phase === "failed" || state.phase === "starting") {
    return (
      <KeyboardProvider keyboard={keyboard}>
        <EmptyGrid task={task} session={session} />
      </KeyboardProvider>
    );
  }
  return (
    <KeyboardProvider keyboard={keyboard}>
      <div className={classes.page}>
        <GridHead
          task={task}
          page={state.page}
          done={state.done}
          perMinute={state.perMinute}
          held={state.tiles.length + state.ahead}
          size={size}
          sorting={sorting}
          model={model}
          hasShapes={hasShapes}
          told={told}
          onSize={resize}
          onSorting={sort}
          onDone={toBoard}
        />
        <ClassRail
          title={isAsking ? questionOf(task) : "Class for the selection"}
          rows={rows}
          view={view}
          choices={state.desk.choices}
          onPick={(name) => {
            assign(session, view, name);
          }}
        />
        <Board
          boardRef={board}
          onColumns={setColumns}
          session={session}
          state={state}
          cells={cells}
          view={view}
          focus={focus}
          colorOf={colorOf}
          isPeeking={isPeeking}
        />
        <GridFoot {...{ state, view, notice, isAsking }} targets={targetsOf(state.desk, view).length} />
        <Dialogs
          dialog={dialog}
          session={session}
          view={view}
          rows={rows}
          focus={focus}
          isAsking={isAsking}
          onClose={toBoard}
          onSubmit={() => keyboard.run(isAsking ? "grid.answer" : "grid.submit")}
        />
      </div>
    </KeyboardProvider>
  );
}

interface DialogsProps {
  readonly dialog: DialogName | null;
  readonly session: GridSession;
  readonly view: View;
  readonly rows: readonly ClassRow[];
  readonly focus: string | null;
  readonly isAsking: boolean;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
}

function Dialogs({ dialog, session, view, rows, focus, isAsking, onClose, onSubmit }: DialogsProps) {
  switch (dialog) {
    case "classes":
      return (
        <ClassPalette
          title={isAsking ? "Which answer?" : "Which class?"}
          options={rows.map((row) => ({ ...row, id: row.name }))}
          onPick={(name) => {
            assign(session, view, name);
            onClose();
          }}
          onClose={onClose}
        />
      );
    case "rest":
      return (
        <RestPalette
          session={session}
          view={view}
          rows={rows}
          focus={focus}
          isAsking={isAsking}
          onPick={(label) => {
            assignRest(session, view, label);
            onClose();
            onSubmit();
          }}
          onClose={onClose}
        />
      );
    case "keys":
      return <KeysDialog scopes={["grid", isAsking ? "grid_validate" : "grid_label"]} onClose={onClose} />;
    case null:
      return null;
  }
}

function questionOf(task: TaskSummary): string {
  const { question } = task.settings;
  return typeof question === "string" && question !== "" ? question : "Yes or no?";
}

/** Leases are no event of the project: after each page and each one had ahead the counts are asked for. */
function useFreshCounts(taskId: string, { page, ahead, phase }: SessionState): void {
  const client = useQueryClient();
  useEffect(() => {
    if (phase !== "submitting") void client.invalidateQueries({ queryKey: ["task", taskId], exact: true });
  }, [client, taskId, page, ahead, phase]);
}
