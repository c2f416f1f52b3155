/** Whether this browser keeps the work, and which versions of an item it was begun from. */
import type { TruthVersions } from "./oplog";
import type { ItemContent } from "./server";

/** Whether this browser keeps the work: its storage may be full or forbidden. */
export type Keeping = "kept" | "full" | "none";

/** Why the browser keeps nothing: no room, or no leave. */
export function keepingAfter(error: unknown): Keeping {
  return error instanceof Error && error.name === "QuotaExceededError" ? "full" : "none";
}

export function versionsOf(content: ItemContent): TruthVersions {
  return content.annotations
    .map((one): readonly [string, number] => [one.id, one.born_rev])
    .sort(([a], [b]) => a.localeCompare(b));
}
