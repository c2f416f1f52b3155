/** What narrow work is called, and what people are told of it. */
import type { TaskMode } from "@/api/taskWork";

export const MODE_NAMES: Readonly<Record<TaskMode, string>> = {
  full: "Label everything",
  find_missed: "Find what the model missed",
  fix_geometry: "Fix the shapes",
};

/** What is asked, in one sentence for whoever does it. */
export function askedWords(mode: TaskMode, labels: readonly string[]): string {
  const what = listed(labels);
  switch (mode) {
    case "full":
      return what === null
        ? "Mark and name everything that the classes ask for."
        : `Mark every ${what}; nothing else.`;
    case "find_missed":
      return `Mark every ${what ?? "object"} that has no outline yet. What the model found stays as it is.`;
    case "fix_geometry":
      return `Make each outline fit${what === null ? "" : ` its ${what}`}. Nothing is added, removed or renamed.`;
  }
}

/** "car", "car or van", "car, van or bus"; null for all. */
export function listed(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  if (names.length > MAX_LISTED) return `object of ${String(names.length)} classes`;
  const head = names.slice(0, -1);
  const last = names.at(-1) ?? "";
  return head.length === 0 ? last : `${head.join(", ")} or ${last}`;
}

const MAX_LISTED = 4;
