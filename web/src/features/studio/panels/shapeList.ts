/** The shapes of a document as a list to be read. */
import { areaOf } from "@/canvas/geometry/measure";
import type { DocumentReader } from "@/canvas/model/document";
import type { Geometry, Shape } from "@/canvas/types";

export type SortBy = "order" | "label" | "size";

/** Own shapes and the proposals that are shown, the newest first. `version` only says when to look again. */
export function listShapes(
  doc: DocumentReader,
  options: { readonly sort: SortBy; readonly threshold: number; readonly version: number },
): readonly Shape[] {
  const shapes = doc.ids
    .flatMap((id) => doc.peek(id) ?? [])
    .filter(
      (shape) =>
        shape.standing === "own" ||
        (shape.standing === "proposal" && (shape.confidence ?? 1) >= options.threshold),
    )
    .reverse();
  if (options.sort === "label") return shapes.sort((a, b) => a.label.localeCompare(b.label));
  if (options.sort === "order") return shapes;
  const area = new Map(shapes.map((shape) => [shape.id, safeArea(shape.geometry)]));
  return shapes.sort((a, b) => (area.get(a.id) ?? 0) - (area.get(b.id) ?? 0));
}

const KINDS: Readonly<Record<Geometry["type"], string>> = {
  class: "class",
  box: "box",
  rotated_box: "rotated",
  polygon: "polygon",
  polyline: "line",
  points: "points",
  mask: "mask",
  track: "track",
};

export function kindWord(geometry: Geometry): string {
  return KINDS[geometry.type];
}

/** A mask with broken counts has no area. */
function safeArea(geometry: Geometry): number {
  try {
    return areaOf(geometry);
  } catch {
    return 0;
  }
}
