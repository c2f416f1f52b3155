/** What a queue is made of, and what the page shows of it. */
import type { ApiProblem } from "@/api/client";

import type { EntryState } from "./entry";
import type { SessionParts } from "./itemWork";
import type { ItemContent } from "./server";
import type { TabClaims } from "./tabs";

export interface QueueParts extends SessionParts {
  readonly leaseSeconds: number;
  readonly tabs: TabClaims;
  /** Called for each item that comes near, to fetch its pixels. */
  readonly preload: (content: ItemContent) => void;
}

export interface QueueState {
  readonly phase: "starting" | "working" | "empty" | "failed";
  readonly entries: readonly EntryState[];
  /** Place of the item on the screen; -1 for none. */
  readonly at: number;
  /** Why no work could be had. */
  readonly problem: ApiProblem | null;
  /** Finished items that the server does not have yet. */
  readonly sending: number;
  readonly refused: number;
  /** The item of the address, when it could not be had: somebody else has it, or it is finished. */
  readonly missed: string | null;
}
