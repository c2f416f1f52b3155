/** How far tasks are, and where one works on them. */
import type { TaskCounts, TaskSummary } from "@/api/schema.gen";

export type TaskKind = TaskSummary["kind"];

export interface Progress {
  readonly total: number;
  readonly done: number;
  readonly inHand: number;
  readonly open: number;
}

/** How far a task is; for a labelling task submitted work counts as done by its people. */
export function progressOf(counts: TaskCounts): Progress {
  const {
    queued = 0,
    leased = 0,
    submitted = 0,
    approved = 0,
    rework = 0,
    waiting = 0,
    discarded = 0,
  } = counts;
  const done = submitted + approved + discarded;
  const open = queued + rework + waiting;
  return { total: done + open + leased, done, inHand: leased, open };
}

/** Where one works on a task: classify tasks open in the grid, all others in the studio. */
export function workPlace(kind: TaskKind): "/p/$projectId/studio/$taskId" | "/p/$projectId/grid/$taskId" {
  return kind === "classify" ? "/p/$projectId/grid/$taskId" : "/p/$projectId/studio/$taskId";
}
