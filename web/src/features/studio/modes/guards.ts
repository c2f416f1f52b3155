/** Which actions a narrow task does not have. */
import type { TaskMode } from "@/api/taskWork";
import type { KeyHandler } from "@/keys/keyboard";

/** What would add, remove or rename a shape. */
const NOT_IN_FIXING: ReadonlySet<string> = new Set([
  "item.empty",
  "proposal.reject",
  "shape.alike",
  "shape.delete",
  "shape.duplicate",
  "shape.paste",
  "shape.propagate",
  "shape.to_box",
  "shape.to_mask",
  "shape.to_polygon",
]);

export const ONLY_OUTLINES = "Only outlines are mended here: nothing is added, removed or renamed.";

/** The handlers with those that the mode does not have saying why. */
export function guarded(
  handlers: Readonly<Record<string, KeyHandler>>,
  parts: { readonly mode: TaskMode; readonly sayNo: (why: string) => void },
): Readonly<Record<string, KeyHandler>> {
  if (parts.mode !== "fix_geometry") return handlers;
  const refuse: KeyHandler = () => {
    parts.sayNo(ONLY_OUTLINES);
    return true;
  };
  return Object.fromEntries(
    Object.entries(handlers).map(([id, handler]) => [id, NOT_IN_FIXING.has(id) ? refuse : handler]),
  );
}
