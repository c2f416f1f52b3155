/** Where the select tool takes hold, and where a dragged vertex snaps to. */

import { type Handle, handlesOf, hitHandle } from "../geometry/handles";
import { snapPoint } from "../geometry/snap";
import { tidyPoint } from "../geometry/vectors";
import { isEditable } from "../model/edits";
import type { Shape, ShapeId, XY } from "../types";
import { inImage } from "./drawing";
import type { Modifiers, ToolContext } from "./types";

/** A handle and the shape it belongs to. */
export interface Held {
  readonly shape: Shape;
  readonly handle: Handle;
}

/** Where the vertex of a shape snaps to while it is dragged: to its neighbours, not to itself. */
export function vertexSnap(id: ShapeId, modifiers: Modifiers, context: ToolContext): (p: XY) => XY | null {
  if (context.settings.isSnapping === modifiers.ctrl) return () => null;
  const options = { tolerance: inImage(context.settings.tolerancePx, context), except: new Set([id]) };
  return (p) => {
    const snapped = snapPoint(p, context, options);
    return snapped === null ? null : tidyPoint(snapped);
  };
}

/** The handle under the pointer, when one shape alone is selected and may be changed. */
export function handleAt(at: XY, context: ToolContext): Held | null {
  const [id] = context.selection;
  if (context.selection.size !== 1 || id === undefined) return null;
  const shape = context.doc.peek(id);
  if (shape === null || !isEditable(shape)) return null;
  const tolerance = inImage(context.settings.tolerancePx, context);
  const handle = hitHandle(handlesOf(shape.geometry, context.zoom), at, tolerance);
  return handle === null ? null : { shape, handle };
}
