/** What dragging does to the shapes that are held. */

import type { Handle } from "../geometry/handles";
import { boundsOf } from "../geometry/measure";
import { deleteVertex, hasVertices, insertVertex, moveVertex, type VertexAt } from "../geometry/polygon";
import { aimRotatedBox, clampMove, moveGeometry, resizeBox, resizeRotatedBox } from "../geometry/transform";
import { clampPoint, tidyPoint, turned } from "../geometry/vectors";
import { isEditable } from "../model/edits";
import type { Geometry, Shape, ShapeId, Vec, XY } from "../types";
import type { Drawn } from "./drawing";
import type { Modifiers, PreviewShape, ToolContext } from "./types";

const NO_AREA = "It would have no area, so it stays as it was.";

/** Turning goes in steps of so many degrees with Shift held. */
const TURN_STEP = 15;

/** The shapes among `ids` that may be changed. */
export function editableShapes(ids: Iterable<ShapeId>, context: ToolContext): Shape[] {
  return [...ids].flatMap((id) => {
    const shape = context.doc.peek(id);
    return shape !== null && isEditable(shape) ? [shape] : [];
  });
}

/** How far shapes may be moved together without one leaving the image. */
export function jointMove(shapes: readonly Shape[], by: Vec, context: ToolContext): Vec {
  return shapes.reduce((rest, { geometry }) => {
    const bounds = boundsOf(geometry);
    return bounds === null ? rest : clampMove(bounds, rest, context.doc.image);
  }, by);
}

/** Moved shapes as they are shown on the way; a mask as the box around it, which costs nothing. */
export function movedPreview(shapes: readonly Shape[], by: Vec): PreviewShape[] {
  return shapes.flatMap(({ id, label, geometry }) => {
    if (geometry.type !== "mask") return [{ geometry: moveGeometry(geometry, by), label, replaces: id }];
    const bounds = boundsOf(geometry);
    return bounds === null
      ? []
      : [{ geometry: moveGeometry({ type: "box", ...bounds }, by), label, replaces: id }];
  });
}

export interface HandleDrag {
  readonly handle: Handle;
  /** Where the pointer took hold, and where it is. */
  readonly from: XY;
  readonly to: XY;
  readonly modifiers: Modifiers;
  /** Where a vertex snaps to; null for nowhere. */
  readonly snap: (p: XY) => XY | null;
}

/** The geometry with a handle dragged. */
export function draggedGeometry(geometry: Geometry, drag: HandleDrag, context: ToolContext): Drawn {
  const { handle, from, to } = drag;
  const aim: XY = [handle.at[0] + to[0] - from[0], handle.at[1] + to[1] - from[1]];
  const inside = tidyPoint(clampPoint(aim, context.doc.image));
  switch (handle.kind) {
    case "resize":
      return resized(geometry, { grip: handle.grip, aim: inside }, context);
    case "rotate":
      if (geometry.type !== "rotated_box") return { geometry };
      return { geometry: aimRotatedBox(geometry, aim, drag.modifiers.shift ? TURN_STEP : null) };
    case "vertex":
      return {
        geometry: hasVertices(geometry)
          ? moveVertex(geometry, handle, drag.snap(inside) ?? inside)
          : geometry,
      };
    case "middle":
      return {
        geometry: hasVertices(geometry)
          ? insertVertex(geometry, handle, drag.snap(inside) ?? inside)
          : geometry,
      };
  }
}

function resized(
  geometry: Geometry,
  by: { readonly grip: Extract<Handle, { kind: "resize" }>["grip"]; readonly aim: XY },
  context: ToolContext,
): Drawn {
  const reason = NO_AREA;
  const { minSide } = context.settings;
  if (geometry.type === "box") {
    const box = resizeBox(geometry, by.grip, by.aim);
    const isLarge = box !== null && Math.min(box.x1 - box.x0, box.y1 - box.y0) >= minSide;
    return isLarge ? { geometry: box } : { reason };
  }
  if (geometry.type !== "rotated_box") return { geometry };
  const box = resizeRotatedBox(geometry, by.grip, by.aim);
  return box !== null && Math.min(box.width, box.height) >= minSide ? { geometry: box } : { reason };
}

/** A box or turned box with its lower right corner moved along its sides. */
export function pulledGeometry(geometry: Geometry, by: Vec, context: ToolContext): Drawn {
  const grip = { sx: 1, sy: 1 } as const;
  if (geometry.type === "box") {
    const aim = clampPoint([geometry.x1 + by.x, geometry.y1 + by.y], context.doc.image);
    // A box pulled over its other side would turn round under the keys.
    if (aim[0] <= geometry.x0 || aim[1] <= geometry.y0) return { reason: NO_AREA };
    return resized(geometry, { grip, aim }, context);
  }
  if (geometry.type !== "rotated_box") return { reason: "Only boxes change their size by keys." };
  const { cx, cy, width, height, angle } = geometry;
  if (width + by.x <= 0 || height + by.y <= 0) return { reason: NO_AREA };
  const corner: XY = [cx + width / 2 + by.x, cy + height / 2 + by.y];
  return resized(geometry, { grip, aim: turned(corner, [cx, cy], angle) }, context);
}

/** The geometry without a vertex, or why it must stay. */
export function withoutVertex(geometry: Geometry, at: VertexAt): Drawn {
  if (!hasVertices(geometry)) return { reason: "This shape has no vertices." };
  const next = deleteVertex(geometry, at);
  if (next !== null) return { geometry: next };
  const least = {
    polygon: "A polygon needs three points",
    polyline: "A line needs two points",
    points: "One point must stay",
  };
  return { reason: `${least[geometry.type]}; delete the whole shape instead.` };
}
