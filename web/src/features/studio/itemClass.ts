/** The class of a whole item: one at a time, taken from a proposal where a model said the same. */
import { addShapes, removeShapes } from "@/canvas/model/edits";
import { acceptProposals } from "@/canvas/model/proposals";
import { randomId } from "@/canvas/engine/randomId";
import type { Shape } from "@/canvas/types";

import type { ItemWork } from "./session/itemWork";
import { say, type StudioStore } from "./studioStore";

/** Say that a class holds for the item; said again, it is taken back. */
export function chooseClass(
  parts: { readonly work: ItemWork; readonly store: StudioStore },
  label: string,
): void {
  const { work, store } = parts;
  const tags = tagsOf(work);
  const own = tags.filter((tag) => tag.standing === "own");
  const isChosen = own.some((tag) => tag.label === label);
  const proposal = tags.find((tag) => tag.standing === "proposal" && tag.label === label);
  work.history.group(`class ${label}`, () => {
    work.run(
      removeShapes(
        work.doc,
        own.map((tag) => tag.id),
      ),
    );
    if (isChosen) return;
    if (proposal !== undefined) work.run(acceptProposals(work.doc, [proposal.id]));
    else work.run(addShapes(work.doc, [makeTag(label)]));
  });
  store.setState({ label });
  say(store, isChosen ? `${label}: taken back` : label);
}

/** The most confident proposed class, when none is chosen yet. */
export function proposedClass(work: ItemWork): Shape | null {
  const tags = tagsOf(work);
  if (tags.some((tag) => tag.standing === "own")) return null;
  const proposals = tags.filter((tag) => tag.standing === "proposal");
  return proposals.sort((a, b) => (b.confidence ?? 1) - (a.confidence ?? 1))[0] ?? null;
}

function tagsOf(work: ItemWork): Shape[] {
  return work.doc.ids.flatMap((id) => {
    const shape = work.doc.peek(id);
    return shape?.geometry.type === "class" ? [shape] : [];
  });
}

function makeTag(label: string): Shape {
  return {
    id: randomId(),
    label,
    geometry: { type: "class" },
    attributes: {},
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
  };
}
