/** Handing an item in. */
import { acceptProposals, proposalIds, rejectProposals } from "@/canvas/model/proposals";

import { useStudio, useKeysOf } from "../context";
import { say } from "../studioStore";
import { untouchedRule, type UntouchedRule } from "../untouched";

export interface SubmitOptions {
  /** Say that nothing is here. */
  readonly isEmpty?: boolean;
  /** What becomes of untouched proposals; the task's rule when left out. */
  readonly untouched?: UntouchedRule;
}

/** Give a function that hands in the item on the screen, or says why not. It gives whether there was an item. */
export function useSubmit(): (options?: SubmitOptions) => boolean {
  const { queue, store, task } = useStudio();
  const [emptyKey = "Nothing here"] = useKeysOf("item.empty");
  return ({ isEmpty = false, untouched }: SubmitOptions = {}) => {
    const work = queue.current?.work ?? null;
    if (work === null) return false;
    const { standing } = queue.current?.look() ?? {};
    if (standing === "sending" || standing === "done") {
      queue.next();
      return true;
    }
    if (isEmpty && work.ownCount() > 0) {
      say(store, `Something is marked here: delete it first, or submit it.`);
      return true;
    }
    const waiting = proposalIds(work.doc, { from: store.getState().threshold });
    if (waiting.length > 0) {
      const rule = isEmpty ? "reject" : (untouched ?? untouchedRule(task));
      if (rule === "ask") {
        store.setState({ dialog: "untouched" });
        return true;
      }
      work.run(rule === "accept" ? acceptProposals(work.doc, waiting) : rejectProposals(work.doc, waiting));
    }
    if (!isEmpty && work.ownCount() === 0) {
      say(store, `Nothing is marked. ${emptyKey} says that nothing is here.`);
      return true;
    }
    queue.finish({ kind: "submit", answer: null });
    return true;
  };
}
