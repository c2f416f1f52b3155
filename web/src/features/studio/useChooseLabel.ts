/** What choosing a class means just now. */
import { setLabel } from "@/canvas/model/edits";

import { useEntry, useStudio } from "./context";
import { chooseClass } from "./itemClass";
import { ONLY_OUTLINES } from "./modes/guards";
import { say } from "./studioStore";
import { isClassOnly } from "./tools";

/**
 * Selected shapes get the class; with the class tool, and where nothing is drawn, the item does. It is the class of the
 * shapes drawn next in any case.
 */
export function useChooseLabel(): (label: string) => void {
  const { store, tools, task, asked } = useStudio();
  const work = useEntry()?.work ?? null;
  return (label) => {
    const { engine, selected, tool } = store.getState();
    store.setState({ label });
    engine?.setLabel(label);
    if (work === null) return;
    if (asked.mode === "fix_geometry") {
      say(store, ONLY_OUTLINES);
      return;
    }
    if (selected.size > 0) {
      work.run(setLabel(work.doc, selected, label));
      say(store, `${String(selected.size)} × ${label}`);
    } else if ((isClassOnly(tools) && task.kind !== "review") || tool === "tag") {
      chooseClass({ work, store }, label);
    } else {
      say(store, `Next: ${label}`);
    }
  };
}
