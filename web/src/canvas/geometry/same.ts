/** Whether two geometries, shapes or attribute lists say the same. */

import type { AttributeValue, Geometry, Keyframe, Shape, XY } from "../types";

export function isSameGeometry(a: Geometry, b: Geometry): boolean {
  if (a === b) return true;
  switch (a.type) {
    case "class":
      return b.type === "class";
    case "box":
      return b.type === "box" && a.x0 === b.x0 && a.y0 === b.y0 && a.x1 === b.x1 && a.y1 === b.y1;
    case "rotated_box":
      return (
        b.type === "rotated_box" &&
        a.cx === b.cx &&
        a.cy === b.cy &&
        a.width === b.width &&
        a.height === b.height &&
        a.angle === b.angle
      );
    case "polygon":
      return b.type === "polygon" && isSameList(a.rings, b.rings, isSameLine);
    case "polyline":
    case "points":
      return b.type === a.type && isSameLine(a.points, b.points);
    case "track":
      return b.type === "track" && isSameList(a.keyframes, b.keyframes, isSameKeyframe);
    case "mask":
      return b.type === "mask" && a.width === b.width && a.height === b.height && a.counts === b.counts;
  }
}

function isSameKeyframe(a: Keyframe, b: Keyframe): boolean {
  const isSameShape =
    a.shape === null || b.shape === null ? a.shape === b.shape : isSameGeometry(a.shape, b.shape);
  return (
    isSameShape &&
    a.frame === b.frame &&
    a.is_outside === b.is_outside &&
    a.by === b.by &&
    a.confidence === b.confidence
  );
}

type Attributes = Readonly<Record<string, AttributeValue>>;

export function isSameAttributes(a: Attributes, b: Attributes): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  );
}

/** Whether two shapes would be saved as the same annotation. */
export function isSameStatement(a: Shape, b: Shape): boolean {
  return (
    a.label === b.label &&
    a.standing === b.standing &&
    a.fromPrediction === b.fromPrediction &&
    a.confidence === b.confidence &&
    isSameAttributes(a.attributes, b.attributes) &&
    isSameGeometry(a.geometry, b.geometry)
  );
}

function isSameLine(a: readonly XY[], b: readonly XY[]): boolean {
  return isSameList(a, b, (p, q) => p[0] === q[0] && p[1] === q[1]);
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i];
      return other !== undefined && isSame(one, other);
    })
  );
}
