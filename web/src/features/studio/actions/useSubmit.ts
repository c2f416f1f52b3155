/** Handing an item in. */
import type { TaskMode } from "@/api/taskWork";
import { acceptProposals, proposalIds, rejectProposals } from "@/canvas/model/proposals";

import { useStudio, useKeysOf } from "../context";
import { submitWords, tallyOf } from "../modes/frozen";
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
  const { queue, store, task, asked } = useStudio();
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
    if (asked.mode === "find_missed") {
      const { about } = submitWords(tallyOf(work.doc));
      queue.finish({ kind: "submit", answer: null });
      say(store, about);
      return true;
    }
    const waiting = proposalIds(work.doc, { from: store.getState().threshold });
    if (waiting.length > 0) {
      const rule = isEmpty ? "reject" : (untouched ?? ruleOf(asked.mode) ?? untouchedRule(task));
      if (rule === "ask") {
        store.setState({ dialog: "untouched" });
        return true;
      }
      work.run(rule === "accept" ? acceptProposals(work.doc, waiting) : rejectProposals(work.doc, waiting));
    }
    if (!isEmpty && work.ownCount() === 0 && asked.mode === "full") {
      say(store, `Nothing is marked. ${emptyKey} says that nothing is here.`);
      return true;
    }
    queue.finish({ kind: "submit", answer: null });
    return true;
  };
}

/** Where only outlines are mended every shape stays: what nobody moved fits as it is. */
function ruleOf(mode: TaskMode): UntouchedRule | null {
  return mode === "fix_geometry" ? "accept" : null;
}
