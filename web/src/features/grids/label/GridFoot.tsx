import { Text } from "@mantine/core";

import { KeyButton } from "../keys";

import type { View } from "./act";
import classes from "./label.module.css";
import { unassigned } from "./payload";
import type { SessionState } from "./session";

export interface GridFootProps {
  readonly state: SessionState;
  readonly view: View;
  readonly notice: string;
  /** How many tiles an action would be about. */
  readonly targets: number;
  /** Yes and no in place of classes. */
  readonly isAsking: boolean;
}

/** Where the page stands, and what can be done with it. */
export function GridFoot({ state, view, notice, targets, isAsking }: GridFootProps) {
  const isBusy = state.phase === "submitting";
  const open = unassigned(view.tiles, state.desk.choices).length;
  const { tone, text } = sayState(state, { notice, open, isAsking });
  return (
    <footer className={classes.foot}>
      <Text className={classes.says} role="status" c={tone}>
        {text}
      </Text>
      <KeyButton action="grid.undo" disabled={isBusy || state.desk.past.length === 0}>
        Undo
      </KeyButton>
      {state.canGoBack && !isAsking && (
        <KeyButton action="grid.back" disabled={isBusy}>
          Back
        </KeyButton>
      )}
      <KeyButton action={isAsking ? "grid.look" : "grid.peek"} disabled={isBusy}>
        {isAsking ? "One at a time" : "Look"}
      </KeyButton>
      <KeyButton action={isAsking ? "grid.put_off" : "grid.skip"} disabled={isBusy || targets === 0}>
        Skip
      </KeyButton>
      <KeyButton action="grid.clear" disabled={isBusy}>
        {isAsking ? "No answer" : "No class"}
      </KeyButton>
      {!isAsking && (
        <KeyButton
          action="grid.accept"
          disabled={isBusy || targets === 0 || view.modelId === null}
          variant="light"
        >
          {state.desk.selection.size > 1 ? `Accept ${String(targets)}` : "Accept"}
        </KeyButton>
      )}
      <KeyButton action={isAsking ? "grid.answer" : "grid.submit"} variant="filled" loading={isBusy}>
        {open === 0 ? "Hand in the page" : `The rest is … (${String(open)})`}
      </KeyButton>
      <KeyButton action="grid.keys" variant="subtle">
        Keys
      </KeyButton>
    </footer>
  );
}

function sayState(
  state: SessionState,
  { notice, open, isAsking }: { readonly notice: string; readonly open: number; readonly isAsking: boolean },
): { text: string; tone?: string } {
  const what = isAsking ? "an answer" : "a class";
  const { phase, isWaiting, problem, refusals, isUnkept, desk, tiles } = state;
  if (isWaiting) {
    const why =
      problem?.status === 401 ? "You are signed out: sign in in another tab" : "The server does not answer";
    return { tone: "orange", text: `${why}. Your page is kept and sent as soon as it can be.` };
  }
  if (phase === "submitting") return { text: `Handing in ${String(tiles.length)} …` };
  if (problem !== null) return { tone: "red", text: `${problem.message}. ${problem.hint}` };
  if (notice !== "") return { text: notice };
  if (refusals.size > 0)
    return {
      tone: "red",
      text: `${sayCount(refusals.size, "item was", "items were")} not taken: the reason is on each.`,
    };
  if (isUnkept)
    return { tone: "orange", text: "This browser keeps nothing: hand in before you close the page." };
  if (desk.selection.size > 0) return { text: `${String(desk.selection.size)} selected` };
  return {
    text:
      open === 0
        ? `All have ${what}`
        : `${String(tiles.length - open)} of ${String(tiles.length)} have ${what}`,
  };
}

function sayCount(n: number, one: string, many: string): string {
  return `${String(n)} ${n === 1 ? one : many}`;
}
