/** Where an evaluation is, for the parts of its page that lead to the explorer. */
import type { Evaluation } from "@/api/schema.gen";

export interface Place {
  readonly projectId: string;
  readonly evaluation: Evaluation;
}
