/** Drawing of one shape in one look, with less detail the smaller it is on the screen. */

import { rotatedCorners } from "../geometry/measure";
import type { Geometry, Rect, Vec, XY } from "../types";
import type { Brush } from "./brush";
import type { ShapeLook } from "./look";

/** From image pixels to the pixels drawn on: subtract the origin, multiply by the scale. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Below this size on the screen a shape is a dot, below the next a small box. */
const DOT_PX = 1.5;
const SPECK_PX = 6;
/** Corners nearer to each other than this cannot be told apart. */
const CORNER_STEP_PX = 0.75;
const POINT_RADIUS_PX = 3.5;

/** Size on the screen of the longer side of some bounds. */
export function sizeOnScreen(bounds: Rect, frame: Frame): number {
  return Math.max(bounds.x1 - bounds.x0, bounds.y1 - bounds.y0) * frame.scale;
}

/** Draw a shape that is not a mask; `bounds` is its bounding box in image pixels. */
export function paintShape(
  brush: Brush,
  shape: {
    readonly geometry: Geometry;
    readonly bounds: Rect;
    readonly look: ShapeLook;
    readonly frame: Frame;
  },
): void {
  const { geometry, bounds, look, frame } = shape;
  const size = sizeOnScreen(bounds, frame);
  if (geometry.type !== "points" && size < SPECK_PX) return paintSpeck(brush, { bounds, look, frame, size });
  brush.strokeStyle = look.color;
  brush.fillStyle = look.color;
  brush.lineWidth = look.strokeWidth;
  switch (geometry.type) {
    case "box":
      return paintBox(brush, { rect: geometry, look, frame });
    case "rotated_box":
      tracePoints(brush, { points: rotatedCorners(geometry), isClosed: true, frame });
      return fillAndStroke(brush, look);
    case "polygon":
      traceRings(brush, { rings: geometry.rings, frame });
      return fillAndStroke(brush, look);
    case "polyline":
      brush.beginPath();
      tracePath(brush, { points: geometry.points, isClosed: false, frame });
      return strokeOnly(brush, look);
    case "points":
      return paintPoints(brush, { points: geometry.points, look, frame });
    case "class":
    case "mask":
      return;
  }
}

/** Add rings to a new path: closed, each on its own, with corners left out that cannot be told apart. */
export function traceRings(
  brush: Brush,
  path: { readonly rings: readonly (readonly XY[])[]; readonly frame: Frame },
): void {
  brush.beginPath();
  for (const ring of path.rings) tracePath(brush, { points: ring, isClosed: true, frame: path.frame });
}

function tracePoints(
  brush: Brush,
  path: { readonly points: readonly XY[]; readonly isClosed: boolean; readonly frame: Frame },
): void {
  brush.beginPath();
  tracePath(brush, path);
}

function tracePath(
  brush: Brush,
  path: { readonly points: readonly XY[]; readonly isClosed: boolean; readonly frame: Frame },
): void {
  const { points, isClosed, frame } = path;
  const first = points[0];
  if (first === undefined) return;
  let lastX = (first[0] - frame.x) * frame.scale;
  let lastY = (first[1] - frame.y) * frame.scale;
  brush.moveTo(lastX, lastY);
  for (let i = 1; i < points.length; i += 1) {
    const point = points[i];
    if (point === undefined) continue;
    const x = (point[0] - frame.x) * frame.scale;
    const y = (point[1] - frame.y) * frame.scale;
    const isNear = Math.abs(x - lastX) < CORNER_STEP_PX && Math.abs(y - lastY) < CORNER_STEP_PX;
    if (isNear && i < points.length - 1) continue;
    brush.lineTo(x, y);
    lastX = x;
    lastY = y;
  }
  if (isClosed) brush.closePath();
}

function fillAndStroke(brush: Brush, look: ShapeLook): void {
  if (look.fillAlpha > 0) {
    brush.globalAlpha = look.fillAlpha;
    brush.fill("evenodd");
  }
  strokeOnly(brush, look);
}

function strokeOnly(brush: Brush, look: ShapeLook): void {
  if (look.dash.length > 0) brush.setLineDash([...look.dash]);
  if (look.casingAlpha > 0) {
    brush.globalAlpha = look.casingAlpha;
    brush.strokeStyle = "#000000";
    brush.lineWidth = look.strokeWidth + 1.5;
    brush.stroke();
    brush.strokeStyle = look.color;
    brush.lineWidth = look.strokeWidth;
  }
  brush.globalAlpha = look.strokeAlpha;
  brush.stroke();
  if (look.dash.length > 0) brush.setLineDash([]);
  brush.globalAlpha = 1;
}

function paintBox(
  brush: Brush,
  box: { readonly rect: Rect; readonly look: ShapeLook; readonly frame: Frame },
): void {
  const { rect, look, frame } = box;
  // In the middle of a pixel a thin line is sharp.
  const x = Math.floor((rect.x0 - frame.x) * frame.scale) + 0.5;
  const y = Math.floor((rect.y0 - frame.y) * frame.scale) + 0.5;
  const width = Math.max(1, Math.floor((rect.x1 - frame.x) * frame.scale) + 0.5 - x);
  const height = Math.max(1, Math.floor((rect.y1 - frame.y) * frame.scale) + 0.5 - y);
  if (look.fillAlpha > 0) {
    brush.globalAlpha = look.fillAlpha;
    brush.fillRect(x, y, width, height);
  }
  brush.beginPath();
  brush.rect(x, y, width, height);
  strokeOnly(brush, look);
}

function paintPoints(
  brush: Brush,
  shape: { readonly points: readonly XY[]; readonly look: ShapeLook; readonly frame: Frame },
): void {
  for (const point of shape.points) {
    paintDot(brush, { at: onScreen(point, shape.frame), radius: POINT_RADIUS_PX, color: shape.look.color });
  }
}

/** A filled disc with a white rim, readable on any picture. */
export function paintDot(
  brush: Brush,
  dot: { readonly at: Vec; readonly radius: number; readonly color: string },
): void {
  brush.beginPath();
  brush.arc(dot.at.x, dot.at.y, dot.radius + 1, 0, Math.PI * 2);
  brush.fillStyle = "#ffffff";
  brush.fill();
  brush.beginPath();
  brush.arc(dot.at.x, dot.at.y, dot.radius, 0, Math.PI * 2);
  brush.fillStyle = dot.color;
  brush.fill();
}

function paintSpeck(
  brush: Brush,
  speck: { readonly bounds: Rect; readonly look: ShapeLook; readonly frame: Frame; readonly size: number },
): void {
  const { bounds, look, frame, size } = speck;
  const x = (bounds.x0 - frame.x) * frame.scale;
  const y = (bounds.y0 - frame.y) * frame.scale;
  const least = size < DOT_PX ? DOT_PX : 1;
  const width = Math.max(least, (bounds.x1 - bounds.x0) * frame.scale);
  const height = Math.max(least, (bounds.y1 - bounds.y0) * frame.scale);
  brush.fillStyle = look.color;
  brush.globalAlpha = 0.6;
  brush.fillRect(x, y, width, height);
  brush.globalAlpha = 1;
}

function onScreen(point: XY, frame: Frame): Vec {
  return { x: (point[0] - frame.x) * frame.scale, y: (point[1] - frame.y) * frame.scale };
}
