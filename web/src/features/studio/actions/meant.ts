/** Which proposals a yes or no is about. */
import type { ShapeId } from "@/canvas/types";

import type { Led } from "../studioStore";

export interface Pointing {
  /** The selected proposals. */
  readonly chosen: readonly ShapeId[];
  /** The proposal under the pointer, whichever tool is in hand; null for none. */
  readonly pointed: ShapeId | null;
  readonly led: Led;
}

/**
 * The proposal under the pointer when it was moved there since the last answer, so that one key answers each; else the
 * selected ones; none when nothing is pointed at either.
 */
export function meantProposals({ chosen, pointed, led }: Pointing): readonly ShapeId[] {
  const wasLed = chosen.length === 1 && chosen[0] === led.to;
  if (pointed !== null && (chosen.length === 0 || (wasLed && pointed !== led.pointed))) return [pointed];
  return chosen;
}
