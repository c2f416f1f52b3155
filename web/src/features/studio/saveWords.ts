/** What the save badge says. */
import type { EntryState } from "./session/entry";
import type { WorkState } from "./session/itemWork";
import type { Keeping } from "./session/keeping";
import type { Refusal } from "./session/refusal";

export type Tone = "good" | "busy" | "waiting" | "bad";

export interface SaveWords {
  readonly tone: Tone;
  /** One or two words on the badge. */
  readonly short: string;
  /** A sentence: what happened and what comes of it. */
  readonly long: string;
}

const KEEPING: Readonly<Record<Keeping, string>> = {
  kept: "",
  full: " This browser's storage is full, so the work is kept in this tab and on the server: do not close the tab while it is saving.",
  none: " This browser keeps nothing, so the work is kept in this tab and on the server: do not close the tab while it is saving.",
};

/** The state of the item's work in words. */
export function saveWords(state: WorkState): SaveWords {
  const keeping = KEEPING[state.keeping];
  switch (state.save.kind) {
    case "saved":
      return state.keeping === "kept"
        ? { tone: "good", short: "Saved", long: "Everything is saved here and on the server." }
        : { tone: "waiting", short: "Saved on the server", long: `Everything is on the server.${keeping}` };
    case "saving":
      return {
        tone: "busy",
        short: "Saving",
        long: `The last change is on its way to the server.${keeping}`,
      };
    case "waiting":
      return {
        tone: "waiting",
        short: "Offline",
        long: `The server cannot be reached. Go on: your work is kept in this browser and sent when it answers.${keeping}`,
      };
    case "refused":
      return refusalWords(state.save.refusal);
  }
}

/** Why the server said no, and what can be done. */
export function refusalWords(refusal: Refusal): SaveWords {
  switch (refusal.kind) {
    case "signed_out":
      return {
        tone: "bad",
        short: "Signed out",
        long: "You are signed out. Sign in again in another tab; your work is kept here and sent then.",
      };
    case "stale":
      return {
        tone: "bad",
        short: "Two versions",
        long: "Somebody, or another window, saved this item in between. Your version is kept here: choose what counts.",
      };
    case "lease_lost":
      return {
        tone: "bad",
        short: "In other hands",
        long: "The time for this item ran out and somebody else has it now. Your work is kept in this browser.",
      };
    case "label_gone":
      return {
        tone: "bad",
        short: "Label gone",
        long: `A label was taken out of the ontology while you worked: ${refusal.labels.join(", ")}. Choose another; nothing is lost.`,
      };
    case "other":
      return {
        tone: "bad",
        short: "Not accepted",
        long: `${refusal.problem.message}. ${refusal.problem.hint}`.trim(),
      };
  }
}

/** Items that are not on the screen and need somebody. */
export function refusedElsewhere(entries: readonly EntryState[], at: number): readonly EntryState[] {
  return entries.filter((entry, i) => {
    const isRefused = entry.standing === "refused" || entry.work?.state.save.kind === "refused";
    return i !== at && isRefused;
  });
}
