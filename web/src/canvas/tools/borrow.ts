/** With Alt held, a drawing tool that has nothing half drawn lets one select and move, and then goes on drawing. */

import { selectTool } from "./select";
import type { SelectState } from "./selectState";
import type { PointerInput, Tool, ToolContext, ToolStep } from "./types";

export interface BorrowState<State> {
  readonly inner: State;
  /** The select tool while it is at work. */
  readonly borrowed: SelectState | null;
}

/** The tool, with the select tool lent to it while Alt is held. */
export function withAltSelect<State>(tool: Tool<State>): Tool<BorrowState<State>> {
  return {
    name: tool.name,
    start: { inner: tool.start, borrowed: null },
    isIdle: (state) => state.borrowed === null && tool.isIdle(state.inner),
    reduce(state, event, context) {
      const isPointer = event.kind === "down" || event.kind === "move" || event.kind === "up";
      const begins = isPointer && event.kind === "down" && event.modifiers.alt && tool.isIdle(state.inner);
      if (isPointer && (begins || state.borrowed !== null)) return lend(state, event, context);
      if (event.kind === "key" && event.key === "Escape" && state.borrowed !== null) {
        const step = selectTool.reduce(state.borrowed, event, context);
        return { ...step, state: { inner: state.inner, borrowed: null } };
      }
      const step = tool.reduce(state.inner, event, context);
      return { ...step, state: { inner: step.state, borrowed: null } };
    },
  };
}

function lend<State>(
  state: BorrowState<State>,
  event: PointerInput,
  context: ToolContext,
): ToolStep<BorrowState<State>> {
  // Alt means "select" here, not "the shape beneath".
  const plain: PointerInput = { ...event, modifiers: { ...event.modifiers, alt: false } };
  const settings = { ...context.settings, dragOnEmpty: "band", clickAccepts: false } as const;
  const from = state.borrowed ?? selectTool.start;
  const step = selectTool.reduce(from, plain, { ...context, settings });
  const isOver = event.kind === "up" && event.button === 0;
  return { ...step, state: { inner: state.inner, borrowed: isOver ? null : step.state } };
}
