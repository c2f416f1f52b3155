/** What becomes of proposals that nobody touched when the item is handed in. */
import type { TaskSummary } from "@/api/schema.gen";

export type UntouchedRule = "reject" | "accept" | "ask";

/** The task's rule, else what this person said once for this task; else to ask. */
export function untouchedRule(task: Pick<TaskSummary, "id" | "settings">): UntouchedRule {
  return parse(task.settings.untouched_proposals) ?? parse(read(task.id)) ?? "ask";
}

/** Remember the answer for this task in this browser. */
export function rememberRule(taskId: string, rule: UntouchedRule): void {
  try {
    localStorage.setItem(nameOf(taskId), rule);
  } catch {
    // Then it is asked again.
  }
}

function read(taskId: string): string | null {
  try {
    return localStorage.getItem(nameOf(taskId));
  } catch {
    return null;
  }
}

function parse(value: unknown): UntouchedRule | null {
  return value === "reject" || value === "accept" || value === "ask" ? value : null;
}

function nameOf(taskId: string): string {
  return `whorl-untouched ${taskId}`;
}
