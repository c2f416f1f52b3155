/** The places by which a selected shape is held: to be drawn, and to be hit by the pointer. */

import type { Geometry, Vec, XY } from "../types";
import { boxCorners, rotatedCorners } from "./measure";
import { hasVertices } from "./polygon";
import type { Grip } from "./transform";
import { distance, turned } from "./vectors";

export type Handle =
  /** A side or corner of a box or turned box. `angle` turns the cursor. */
  | { readonly kind: "resize"; readonly at: XY; readonly grip: Grip; readonly angle: number }
  /** Outside the upper side of a turned box. */
  | { readonly kind: "rotate"; readonly at: XY }
  | { readonly kind: "vertex"; readonly at: XY; readonly ring: number; readonly index: number }
  /** The middle of an edge: dragging it makes a vertex behind `index`. */
  | { readonly kind: "middle"; readonly at: XY; readonly ring: number; readonly index: number };

/** How far the handle for turning lies above the upper side, in CSS pixels. */
const ROTATE_REACH_PX = 24;
/** Edges shorter than this show no handle in their middle, in CSS pixels. */
const MIDDLE_FROM_PX = 28;

const GRIPS: readonly Grip[] = [
  { sx: -1, sy: -1 },
  { sx: 0, sy: -1 },
  { sx: 1, sy: -1 },
  { sx: 1, sy: 0 },
  { sx: 1, sy: 1 },
  { sx: 0, sy: 1 },
  { sx: -1, sy: 1 },
  { sx: -1, sy: 0 },
];

/** The handles of a geometry at a zoom (CSS pixels per image pixel); none for a class or a mask. */
export function handlesOf(geometry: Geometry, zoom: number): Handle[] {
  if (geometry.type === "box") {
    return gripHandles({ corners: boxCorners(geometry), angle: 0 });
  }
  if (geometry.type === "rotated_box") {
    const { cx, cy, height, angle } = geometry;
    const top: XY = [cx, cy - height / 2 - ROTATE_REACH_PX / zoom];
    const rotate: Handle = { kind: "rotate", at: turned(top, [cx, cy], angle) };
    return [rotate, ...gripHandles({ corners: rotatedCorners(geometry), angle })];
  }
  if (!hasVertices(geometry)) return [];
  const lines = geometry.type === "polygon" ? geometry.rings : [geometry.points];
  const vertices = lines.flatMap((line, ring) =>
    line.map((at, index): Handle => ({ kind: "vertex", at, ring, index })),
  );
  if (geometry.type === "points") return vertices;
  const isRing = geometry.type === "polygon";
  return [...vertices, ...lines.flatMap((line, ring) => middleHandles(line, { ring, isRing, zoom }))];
}

function gripHandles(box: { readonly corners: readonly [XY, XY, XY, XY]; readonly angle: number }): Handle[] {
  const [a, b, c, d] = box.corners;
  const between = (u: number, v: number): XY => {
    const top: Vec = { x: a[0] + (b[0] - a[0]) * u, y: a[1] + (b[1] - a[1]) * u };
    const low: Vec = { x: d[0] + (c[0] - d[0]) * u, y: d[1] + (c[1] - d[1]) * u };
    return [top.x + (low.x - top.x) * v, top.y + (low.y - top.y) * v];
  };
  return GRIPS.map((grip) => ({
    kind: "resize",
    at: between((grip.sx + 1) / 2, (grip.sy + 1) / 2),
    grip,
    angle: box.angle,
  }));
}

function middleHandles(
  line: readonly XY[],
  options: { readonly ring: number; readonly isRing: boolean; readonly zoom: number },
): Handle[] {
  const { ring, isRing, zoom } = options;
  return line.flatMap((a, index): Handle[] => {
    const b = line[index + 1] ?? (isRing ? line[0] : undefined);
    if (b === undefined || distance(a, b) * zoom < MIDDLE_FROM_PX) return [];
    return [{ kind: "middle", at: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], ring, index }];
  });
}

/** The handle at a point: the nearest within the tolerance in image pixels; a vertex before the middle of an edge. */
export function hitHandle(handles: readonly Handle[], p: XY, tolerance: number): Handle | null {
  let best: { readonly handle: Handle; readonly distance: number } | null = null;
  for (const handle of handles) {
    const d = distance(p, handle.at);
    if (d > tolerance) continue;
    const isBetter =
      best === null ||
      (rank(handle) === rank(best.handle) ? d < best.distance : rank(handle) < rank(best.handle));
    if (isBetter) best = { handle, distance: d };
  }
  return best?.handle ?? null;
}

function rank(handle: Handle): number {
  if (handle.kind === "middle") return 2;
  // Corners before sides: on a small box they lie over each other.
  return handle.kind === "resize" && (handle.grip.sx === 0 || handle.grip.sy === 0) ? 1 : 0;
}

export type ResizeCursor = "ew-resize" | "ns-resize" | "nesw-resize" | "nwse-resize";

const CURSORS: readonly ResizeCursor[] = ["ew-resize", "nwse-resize", "ns-resize", "nesw-resize"];

/** The cursor of a resize handle, turned with its box. */
export function resizeCursor(grip: Grip, angle: number): ResizeCursor {
  const degrees = (Math.atan2(grip.sy, grip.sx) * 180) / Math.PI + angle;
  const eighth = ((Math.round(degrees / 45) % 4) + 4) % 4;
  return CURSORS[eighth] ?? "ew-resize";
}
