import { Button, Group, Progress, Text } from "@mantine/core";
import { IconChecks } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { cropAddress } from "@/api/queries/crops";
import { EmptyState } from "@/ui/EmptyState";
import { formatCount } from "@/ui/format";
import { labelColor } from "@/ui/labelColor";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { ClassPalette } from "../ClassPalette";
import { ClassKeys } from "../ClassKeys";
import { KeyboardProvider, KeyButton, useGridKeyboard } from "../keys";
import { KeysDialog } from "../KeysDialog";
import { classRows, type Labels } from "../names";

import { say, targetsOf } from "./act";
import { CropBoard } from "./CropBoard";
import { reviewHandlers } from "./handlers";
import classes from "./review.module.css";
import type { ReviewSession, ReviewState } from "./session";
import { useReviewState } from "./useReview";
import { REMOVE } from "./verdicts";

export interface ReviewGridProps {
  readonly session: ReviewSession;
  readonly label: string;
  readonly labels: Labels;
  /** Which class, judge and order: stands beside the progress. */
  readonly head: ReactNode;
}

/** Page after page of one class; what is wrong is mended when the page is approved. */
export function ReviewGrid({ session, label, labels, head }: ReviewGridProps) {
  const state = useReviewState(session);
  const [dialog, setDialog] = useState<"classes" | "keys" | null>(null);
  const [isPeeking, setPeeking] = useState(false);
  const [columns, setColumns] = useState(1);
  const board = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => classRows(labels), [labels]);
  const names = useMemo(() => labels.map(({ name }) => name), [labels]);
  const colorOf = useMemo(() => (name: string) => labelColor(name, labels), [labels]);
  const keyboard = useGridKeyboard(
    "grid_review",
    reviewHandlers({ session, columns, names, isPeeking, setPeeking, setDialog }),
  );
  usePreload(session, state);
  const toBoard = () => {
    setDialog(null);
    board.current?.focus({ preventScroll: true });
  };
  const pick = (name: string) => {
    say(session, name);
    toBoard();
  };
  return (
    <KeyboardProvider keyboard={keyboard}>
      <div className={classes.bar}>
        {head}
        <Looked state={state} label={label} />
      </div>
      {state.phase === "failed" && <ProblemNote error={state.problem} onRetry={() => void session.start()} />}
      {state.phase === "loading" && <WaitRows rows={4} height={110} />}
      {state.phase === "done" && <Done session={session} state={state} label={label} />}
      {(state.phase === "working" || state.phase === "applying") && (
        <>
          <div className={classes.body}>
            <ClassKeys title="What it really is" rows={rows} onPick={pick} isOff={(name) => name === label} />
            <CropBoard
              boardRef={board}
              onColumns={setColumns}
              session={session}
              state={state}
              label={label}
              colorOf={colorOf}
              isPeeking={isPeeking}
            />
          </div>
          <Foot session={session} state={state} />
        </>
      )}
      {dialog === "classes" && (
        <ClassPalette
          title="What is it really?"
          options={rows.filter(({ name }) => name !== label).map((row) => ({ ...row, id: row.name }))}
          onPick={pick}
          onClose={toBoard}
        />
      )}
      {dialog === "keys" && <KeysDialog scopes={["grid", "grid_review"]} onClose={toBoard} />}
    </KeyboardProvider>
  );
}

/** Fetch the pictures of the next page while this one is looked at. */
function usePreload(session: ReviewSession, { phase, crops }: ReviewState): void {
  useEffect(() => {
    if (phase !== "working") return;
    const timer = setTimeout(() => {
      for (const crop of session.ahead) new Image().src = cropAddress(crop.annotation_id, 160);
    }, 400);
    return () => {
      clearTimeout(timer);
    };
  }, [session, phase, crops]);
}

function Looked({ state, label }: { readonly state: ReviewState; readonly label: string }) {
  const { looked, total, isTruncated } = state;
  const words = `${formatCount(looked)} of ${formatCount(total)} looked at`;
  return (
    <div className={classes.progress}>
      <Text size="xs" c="dimmed" mb={6}>
        {words}
        {isTruncated && "; there are more, the newest are shown"}
      </Text>
      <Progress
        value={total === 0 ? 0 : (looked / total) * 100}
        size="sm"
        aria-label={`Crops of ${label}: ${words}`}
      />
    </div>
  );
}

function Foot({ session, state }: { readonly session: ReviewSession; readonly state: ReviewState }) {
  const isBusy = state.phase === "applying";
  const wrong = state.desk.choices.size;
  const removed = [...state.desk.choices.values()].filter((choice) => choice === REMOVE).length;
  const n = targetsOf(session).length;
  return (
    <footer className={classes.foot}>
      <Text className={classes.says} role="status" c={toneOf(state)}>
        {sayState(state, { wrong, removed })}
      </Text>
      <KeyButton action="grid.undo" disabled={isBusy || state.desk.past.length === 0}>
        Undo
      </KeyButton>
      {state.canGoBack && (
        <KeyButton action="grid.back" disabled={isBusy}>
          Take it back
        </KeyButton>
      )}
      <KeyButton action="crops.peek" disabled={isBusy}>
        Look
      </KeyButton>
      <KeyButton action="crops.flip" disabled={isBusy || n === 0}>
        {n > 1 ? `Wrong (${String(n)})` : "Wrong"}
      </KeyButton>
      <KeyButton action="crops.approve" variant="filled" loading={isBusy}>
        {wrong === 0 ? "All right, next page" : `Mend ${String(wrong)}, next page`}
      </KeyButton>
      <KeyButton action="grid.keys" variant="subtle">
        Keys
      </KeyButton>
    </footer>
  );
}

function toneOf({ problem, refusals }: ReviewState): string | undefined {
  return problem !== null || refusals.size > 0 ? "red" : undefined;
}

function sayState(
  { problem, refusals, notice, desk, crops }: ReviewState,
  { wrong, removed }: { readonly wrong: number; readonly removed: number },
): string {
  if (problem !== null) return `${problem.message}. Nothing is lost: approve again when the server answers.`;
  if (refusals.size > 0) return `${String(refusals.size)} could not be mended: the reason is on each.`;
  if (desk.selection.size > 0) return `${String(desk.selection.size)} selected`;
  if (wrong > 0) return `${String(wrong - removed)} to get another class, ${String(removed)} to remove`;
  return notice === "" ? `${String(crops.length)} on this page. Click what is wrong.` : notice;
}

function Done({
  session,
  state,
  label,
}: {
  readonly session: ReviewSession;
  readonly state: ReviewState;
  readonly label: string;
}) {
  const isNone = state.total === 0;
  return (
    <>
      <EmptyState
        icon={<IconChecks size={28} />}
        title={isNone ? `Nothing is labelled ${label}` : `All of ${label} looked at`}
        action={
          <Group justify="center">
            {state.canGoBack && <KeyButton action="grid.back">Take the last page back</KeyButton>}
            {!isNone && (
              <Button variant="default" onClick={() => void session.lookAgain()}>
                Look through them again
              </Button>
            )}
          </Group>
        }
      >
        {isNone
          ? "Choose another class above."
          : "Choose the next class above; what was mended counts in the next training."}
      </EmptyState>
      <Text role="status" ta="center" size="sm" c={state.problem === null ? "dimmed" : "red"}>
        {state.problem?.message ?? state.notice}
      </Text>
    </>
  );
}
