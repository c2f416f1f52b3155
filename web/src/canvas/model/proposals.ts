/**
 * What becomes of a model's proposals.
 *
 * A proposal is accepted as it is, edited (which accepts it), or rejected (it leaves the document). What happened is
 * read off the document at the end, so that undo needs no bookkeeping of its own.
 */

import { iouOf } from "../geometry/iou";
import { isSameAttributes, isSameGeometry } from "../geometry/same";
import type { Command, Shape, ShapeId } from "../types";
import type { DocumentReader } from "./document";
import { asOwn, placed, type ShapeIds } from "./edits";

/** Accept proposals as they are; other shapes are left. */
export function acceptProposals(doc: DocumentReader, ids: ShapeIds): Command | null {
  const changes = placed(doc, ids)
    .filter(({ shape }) => shape.standing === "proposal")
    .map(({ shape }) => ({ before: shape, after: asOwn(shape) }));
  return changes.length === 0 ? null : { kind: "change", changes };
}

/** Accept every proposal that is at least this sure, as one step. */
export function acceptProposalsAbove(doc: DocumentReader, threshold: number): Command | null {
  const command = acceptProposals(doc, proposalIds(doc, { from: threshold }));
  return command === null ? null : { kind: "group", name: "accept proposals", commands: [command] };
}

/** Refuse proposals: they leave the document; other shapes are left. */
export function rejectProposals(doc: DocumentReader, ids: ShapeIds): Command | null {
  const removed = placed(doc, ids).filter(({ shape }) => shape.standing === "proposal");
  return removed.length === 0 ? null : { kind: "remove", removed };
}

/** Proposals that still wait, in drawing order; `from` is the smallest confidence. One without a score counts as sure. */
export function proposalIds(doc: DocumentReader, options: { readonly from?: number } = {}): ShapeId[] {
  return doc.ids.filter((id) => {
    const shape = doc.peek(id);
    return shape?.standing === "proposal" && (shape.confidence ?? 1) >= (options.from ?? 0);
  });
}

export interface Outcomes {
  /** Prediction ids taken as they were. */
  readonly accepted: readonly string[];
  /** Predictions taken and changed; `iou` is null where areas cannot be compared (points, lines). */
  readonly edited: readonly { readonly id: string; readonly iou: number | null }[];
  /** Prediction ids looked at and refused. */
  readonly rejected: readonly string[];
  /** Prediction ids that nobody decided about. */
  readonly waiting: readonly string[];
}

/** What became of the proposals among `base`, the shapes the work began from. */
export function outcomesOf(base: readonly Shape[], doc: DocumentReader): Outcomes {
  const made = new Map<string, Shape>();
  for (const id of doc.ids) {
    const shape = doc.find(id);
    if (shape?.standing === "own" && shape.fromPrediction !== null) made.set(shape.fromPrediction, shape);
  }
  const accepted: string[] = [];
  const edited: { id: string; iou: number | null }[] = [];
  const rejected: string[] = [];
  const waiting: string[] = [];
  for (const proposal of base) {
    if (proposal.standing !== "proposal") continue;
    const { id } = proposal;
    const own = made.get(id);
    if (own !== undefined) {
      if (isUntouched(proposal, own)) accepted.push(id);
      else edited.push({ id, iou: iouOf(proposal.geometry, own.geometry) });
    } else if (doc.peek(id)?.standing === "proposal") waiting.push(id);
    else rejected.push(id);
  }
  return { accepted, edited, rejected, waiting };
}

function isUntouched(proposal: Shape, own: Shape): boolean {
  return (
    proposal.label === own.label &&
    isSameAttributes(proposal.attributes, own.attributes) &&
    isSameGeometry(proposal.geometry, own.geometry)
  );
}
