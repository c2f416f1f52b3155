/** Yes and no to what models propose. */
import {
  acceptProposals,
  acceptProposalsAbove,
  proposalIds,
  rejectProposals,
} from "@/canvas/model/proposals";
import type { ShapeId } from "@/canvas/types";

import type { KeyHandler } from "@/keys/keyboard";

import { useStudio } from "../context";
import { proposedClass } from "../itemClass";
import { guarded } from "../modes/guards";
import type { ItemWork } from "../session/itemWork";
import { NOWHERE, say, type Led, type StudioStore } from "../studioStore";
import { meantProposals } from "./meant";
import { useKeyHandlers } from "./useKey";

export function useProposalActions(): void {
  const { queue, store, asked } = useStudio();
  const decide = (answer: "accept" | "reject") => () => {
    const work = queue.current?.work ?? null;
    if (work === null) return false;
    const ids = meant(work, store);
    if (ids.length === 0) {
      say(store, "No proposal waits for an answer.");
      return true;
    }
    const label = work.doc.peek(ids[0] ?? "")?.label ?? "";
    const others = proposalIds(work.doc, { from: store.getState().threshold }).filter(
      (id) => !ids.includes(id),
    );
    work.run(answer === "accept" ? acceptProposals(work.doc, ids) : rejectProposals(work.doc, ids));
    say(store, `${answer === "accept" ? "Accepted" : "Rejected"} ${label}; ${String(others.length)} left.`);
    store.setState({ led: goOn(others, store) });
    return true;
  };
  const handlers: Record<string, KeyHandler> = {
    "proposal.accept": decide("accept"),
    "proposal.reject": decide("reject"),
    "proposal.accept_all": () => {
      const work = queue.current?.work ?? null;
      if (work === null) return false;
      const { threshold } = store.getState();
      const count = proposalIds(work.doc, { from: threshold }).length;
      work.run(acceptProposalsAbove(work.doc, threshold));
      say(store, count === 0 ? "No proposal waits for an answer." : `${String(count)} accepted.`);
      return true;
    },
  };
  const sayNo = (why: string) => {
    say(store, why);
  };
  useKeyHandlers(guarded(handlers, { mode: asked.mode, sayNo }));
}

/** What is pointed at or selected, else the proposed class of the item, else the surest. */
function meant(work: ItemWork, store: StudioStore): readonly ShapeId[] {
  const { selected, threshold, led } = store.getState();
  const isProposal = (id: ShapeId) => work.doc.peek(id)?.standing === "proposal";
  const under = pointedAt(store);
  const pointed = under !== null && isProposal(under) ? under : null;
  const ids = meantProposals({ chosen: [...selected].filter(isProposal), pointed, led });
  if (ids.length > 0) return ids;
  const tag = proposedClass(work);
  if (tag !== null) return [tag.id];
  const [first] = bySureness(work, proposalIds(work.doc, { from: threshold }));
  return first === undefined ? [] : [first];
}

function bySureness(work: ItemWork, ids: readonly ShapeId[]): readonly ShapeId[] {
  const score = (id: ShapeId) => work.doc.peek(id)?.confidence ?? 1;
  return [...ids].sort((a, b) => score(b) - score(a));
}

/** Select the next proposal, so that the same key again answers it. */
function goOn(rest: readonly ShapeId[], store: StudioStore): Led {
  const { engine } = store.getState();
  const next = rest.find((id) => engine?.document?.peek(id)?.geometry.type !== "class");
  if (engine === null || next === undefined) return NOWHERE;
  engine.select([next], { isShown: true });
  return { to: next, pointed: pointedAt(store) };
}

function pointedAt(store: StudioStore): ShapeId | null {
  const { engine, cursor } = store.getState();
  return cursor === null ? null : (engine?.shapeAt(cursor) ?? null);
}
