/** Class tags: a click or Enter says that the chosen class holds for the whole image, or takes that back. */

import { removeShapes } from "../model/edits";
import { acceptProposals } from "../model/proposals";
import { finishDrawing, NO_CLASS } from "./drawing";
import { EMPTY_PREVIEW, type Tool, type ToolContext, type ToolStep, toolStep } from "./types";

type Nothing = Readonly<Record<string, never>>;

const START: Nothing = {};

export const tagTool: Tool<Nothing> = {
  name: "tag",
  start: START,
  isIdle: () => true,
  reduce(state, event, context) {
    const isClick = event.kind === "down" && event.button === 0;
    const isEnter = event.kind === "key" && event.key === "Enter";
    if (isClick || isEnter) return toggleTag(context);
    const isHandled = event.kind === "move" || event.kind === "up" || event.kind === "leave";
    return toolStep(state, { isHandled, preview: { ...EMPTY_PREVIEW, cursor: "pointer" } });
  },
};

/** The tag is added, a proposed one accepted, one's own taken away. */
function toggleTag(context: ToolContext): ToolStep<Nothing> {
  if (context.label === null) return toolStep(START, { dropped: NO_CLASS });
  const id = context.doc.ids.find((one) => {
    const shape = context.doc.peek(one);
    return (
      shape?.geometry.type === "class" && shape.label === context.label && shape.standing !== "reference"
    );
  });
  if (id === undefined) return finishDrawing(START, { geometry: { type: "class" } }, context);
  const command = acceptProposals(context.doc, [id]) ?? removeShapes(context.doc, [id]);
  const dropped = command === null ? "This tag is locked." : null;
  return toolStep(START, { commands: command === null ? [] : [command], done: true, dropped });
}
