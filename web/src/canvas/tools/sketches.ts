/** The tools that collect points: boxes of three sorts, polygon, polyline and points. */

import { boxFromPoints, rotatedBoxFromPoints } from "../geometry/convert";
import { areaOf } from "../geometry/measure";
import { withoutRepeats } from "../geometry/polygon";
import type { Geometry, XY } from "../types";
import { type Drawn, onMainDirection, squareCorner } from "./drawing";
import { type Sketch, sketchTool } from "./sketch";
import type { Mark, MarkKind, PreviewShape, ToolContext } from "./types";

const NO_AREA = "It has no area, so nothing was made.";

function marksAt(points: readonly XY[], kind: MarkKind): Mark[] {
  return points.map((at) => ({ at, kind }));
}

function previewOf(geometry: Geometry | null, context: ToolContext): PreviewShape[] {
  return geometry === null ? [] : [{ geometry, label: context.label, replaces: null }];
}

/** With the aim as one more point. */
function towards(points: readonly XY[], aim: XY | null): readonly XY[] {
  return aim === null || points.length === 0 ? points : [...points, aim];
}

function largeEnough(geometry: Geometry | null, sides: XY, context: ToolContext): Drawn {
  const isLarge = Math.min(...sides) >= context.settings.minSide;
  return geometry !== null && isLarge ? { geometry } : { reason: NO_AREA };
}

function upright(points: readonly XY[], context: ToolContext): Drawn {
  const box = boxFromPoints(points);
  return largeEnough(box, box === null ? [0, 0] : [box.x1 - box.x0, box.y1 - box.y0], context);
}

const box: Sketch = {
  name: "box",
  drag: "second",
  isSnapping: false,
  closesOnFirst: false,
  closesOnEnter: false,
  constrain: (aim, [from], context) => (from === undefined ? aim : squareCorner(aim, from, context)),
  isComplete: (points) => points.length === 2,
  finish: upright,
  preview: (points, aim, context) => ({ shapes: previewOf(boxFromPoints(towards(points, aim)), context) }),
};

const extremeBox: Sketch = {
  name: "extreme_box",
  drag: "none",
  isSnapping: false,
  closesOnFirst: false,
  closesOnEnter: false,
  isComplete: (points) => points.length === 4,
  finish: upright,
  preview: (points, aim, context) => ({
    shapes: previewOf(boxFromPoints(towards(points, aim)), context),
    marks: marksAt(points, "extreme"),
  }),
};

function turnedBox([a, b, c]: readonly XY[]): ReturnType<typeof rotatedBoxFromPoints> {
  return a === undefined || b === undefined || c === undefined ? null : rotatedBoxFromPoints(a, b, c);
}

const rotatedBox: Sketch = {
  name: "rotated_box",
  drag: "none",
  isSnapping: false,
  closesOnFirst: false,
  closesOnEnter: false,
  constrain: (aim, points, context) => {
    const [from] = points;
    return points.length === 1 && from !== undefined ? onMainDirection(aim, from, context) : aim;
  },
  isComplete: (points) => points.length === 3,
  finish: (points, context) => {
    const turned = turnedBox(points);
    return largeEnough(turned, turned === null ? [0, 0] : [turned.width, turned.height], context);
  },
  preview: (points, aim, context) => {
    const all = towards(points, aim);
    return {
      shapes: previewOf(turnedBox(all), context),
      lines: all.length === 2 ? [all] : [],
      marks: marksAt(points, "vertex"),
    };
  },
};

function alongMainDirection(aim: XY, points: readonly XY[], context: ToolContext): XY {
  const from = points.at(-1);
  return from === undefined ? aim : onMainDirection(aim, from, context);
}

const polygon: Sketch = {
  name: "polygon",
  drag: "freehand",
  isSnapping: true,
  closesOnFirst: true,
  closesOnEnter: true,
  constrain: alongMainDirection,
  isComplete: () => false,
  finish: (points, context) => {
    const ring = withoutRepeats(points, true);
    if (ring.length < 3) return { reason: "A polygon needs three points, so nothing was made." };
    const geometry: Geometry = { type: "polygon", rings: [ring] };
    const { minSide } = context.settings;
    return areaOf(geometry) >= (minSide * minSide) / 2 ? { geometry } : { reason: NO_AREA };
  },
  preview: (points, aim, context) => {
    const all = towards(points, aim);
    return {
      shapes: all.length >= 3 ? previewOf({ type: "polygon", rings: [all] }, context) : [],
      lines: all.length >= 2 ? [all] : [],
      marks: [...marksAt(points.slice(0, 1), "first"), ...marksAt(points.slice(1), "vertex")],
    };
  },
};

const polyline: Sketch = {
  name: "polyline",
  drag: "freehand",
  isSnapping: true,
  closesOnFirst: false,
  closesOnEnter: true,
  constrain: alongMainDirection,
  isComplete: () => false,
  finish: (points) => {
    const line = withoutRepeats(points, false);
    if (line.length < 2) return { reason: "A line needs two points, so nothing was made." };
    return { geometry: { type: "polyline", points: line } };
  },
  preview: (points, aim, context) => {
    const all = towards(points, aim);
    return {
      shapes: all.length >= 2 ? previewOf({ type: "polyline", points: all }, context) : [],
      marks: marksAt(points, "vertex"),
    };
  },
};

const points: Sketch = {
  name: "points",
  drag: "none",
  isSnapping: false,
  closesOnFirst: false,
  closesOnEnter: true,
  isComplete: (all, context) =>
    context.settings.pointCount !== null && all.length >= context.settings.pointCount,
  finish: (all, context) => {
    const wanted = context.settings.pointCount;
    if (wanted !== null && all.length !== wanted) {
      return { reason: `These are ${all.length} of ${wanted} points, so nothing was made.` };
    }
    return { geometry: { type: "points", points: all } };
  },
  preview: (all, _aim, context) => ({
    shapes: all.length === 0 ? [] : previewOf({ type: "points", points: all }, context),
    marks: marksAt(all, "vertex"),
  }),
};

/** Two clicks, or one drag. */
export const boxTool = sketchTool(box);
/** Four clicks on the outermost points of the object, in any order. */
export const extremeBoxTool = sketchTool(extremeBox);
/** Two clicks along one side, the third gives the depth. */
export const rotatedBoxTool = sketchTool(rotatedBox);
/** Clicks and freehand drags; Enter, double click or the first point close it. */
export const polygonTool = sketchTool(polygon);
/** Clicks and freehand drags; Enter or double click ends it. */
export const polylineTool = sketchTool(polyline);
/** Clicks; the fixed count, or Enter, ends it. */
export const pointsTool = sketchTool(points);
