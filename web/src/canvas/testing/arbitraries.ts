/** Random geometries, shapes and edits for property tests. */

import fc from "fast-check";

import { clampGeometry } from "../geometry/transform";
import { MaskEdit } from "../masks/edit";
import { MaskRaster } from "../masks/raster";
import { maskFromRaster } from "../masks/rle";
import { strokeCapsule } from "../masks/strokes";
import type { DocumentReader } from "../model/document";
import {
  addShapes,
  changeShapes,
  duplicateShapes,
  moveShapes,
  type NewPlace,
  removeShapes,
  reorderShapes,
  setAttributes,
  setLabel,
} from "../model/edits";
import { acceptProposals, acceptProposalsAbove, rejectProposals } from "../model/proposals";
import type { Command, Geometry, MaskGeometry, Shape, XY } from "../types";
import { IMAGE, makeShape } from "./shapes";

const { width, height } = IMAGE;

const coordinate = (limit: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: limit * 4 }).map((quarter) => quarter / 4);

export const point: fc.Arbitrary<XY> = fc.tuple(coordinate(width), coordinate(height));

const boxes: fc.Arbitrary<Geometry> = fc
  .tuple(
    coordinate(width - 1),
    coordinate(height - 1),
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 200 }),
  )
  .map(([x, y, w, h]) => ({
    type: "box",
    x0: x,
    y0: y,
    x1: Math.min(width, x + w),
    y1: Math.min(height, y + h),
  }));

const rotatedBoxes: fc.Arbitrary<Geometry> = fc
  .tuple(
    point,
    fc.integer({ min: 2, max: 120 }),
    fc.integer({ min: 2, max: 120 }),
    fc.integer({ min: -180, max: 179 }),
  )
  .map(([[cx, cy], w, h, angle]) => ({ type: "rotated_box", cx, cy, width: w, height: h, angle }));

/** Rings of points anywhere: crossing themselves more often than not. */
export const ring: fc.Arbitrary<XY[]> = fc.array(point, { minLength: 3, maxLength: 9 });

export const polygons: fc.Arbitrary<Geometry> = fc
  .array(ring, { minLength: 1, maxLength: 3 })
  .map((rings) => ({ type: "polygon", rings }));

const lines: fc.Arbitrary<Geometry> = fc
  .array(point, { minLength: 2, maxLength: 8 })
  .map((points) => ({ type: "polyline", points }));

const dots: fc.Arbitrary<Geometry> = fc
  .array(point, { minLength: 1, maxLength: 6 })
  .map((points) => ({ type: "points", points }));

export const masks: fc.Arbitrary<MaskGeometry> = fc
  .array(fc.tuple(point, point, fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 3 })
  .map((strokes) => {
    const raster = new MaskRaster(width, height);
    for (const [from, to, radius] of strokes) {
      const edit = new MaskEdit(raster, 1);
      strokeCapsule(edit, { from, to, radius });
      edit.writeTo(raster);
    }
    return maskFromRaster(raster);
  });

/** Geometries that lie somewhere, of every kind but masks, which cost more. */
export const drawnGeometry: fc.Arbitrary<Geometry> = fc.oneof(boxes, rotatedBoxes, polygons, lines, dots);

export const areaGeometry: fc.Arbitrary<Geometry> = fc.oneof(boxes, rotatedBoxes, polygons);

export const anyGeometry: fc.Arbitrary<Geometry> = fc.oneof(
  { weight: 6, arbitrary: drawnGeometry },
  { weight: 2, arbitrary: masks },
  { weight: 1, arbitrary: fc.constant<Geometry>({ type: "class" }) },
);

/** Up to `maxLength` shapes with ids `s0`, `s1`, … of every standing. */
export function shapeLists(options: {
  readonly geometry: fc.Arbitrary<Geometry>;
  readonly maxLength: number;
}): fc.Arbitrary<Shape[]> {
  const look = fc.record({
    geometry: options.geometry,
    label: fc.constantFrom("cat", "dog", "tree"),
    standing: fc.constantFrom("own", "own", "proposal", "reference"),
    confidence: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    isLocked: fc.constantFrom(false, false, false, true),
  });
  return fc
    .array(look, { maxLength: options.maxLength })
    .map((looks) => looks.map((one, i) => makeShape(`s${i}`, one)));
}

/** One thing a person might do; `pick` chooses shapes. */
export interface Deed {
  readonly kind: number;
  readonly pick: readonly number[];
  readonly by: XY;
  readonly geometry: Geometry;
}

export const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: 11 }),
    pick: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
    by: fc.tuple(fc.integer({ min: -90, max: 90 }), fc.integer({ min: -90, max: 90 })),
    geometry: anyGeometry,
  }),
  { maxLength: 14 },
);

const PLACES: readonly NewPlace[] = ["front", "back", "forward", "backward"];

/** The command of a deed on a document as it is now; null when it does nothing there. */
export function commandOf(deed: Deed, doc: DocumentReader, newId: () => string): Command | null {
  const ids = doc.count === 0 ? [] : deed.pick.flatMap((n) => doc.ids[n % doc.count] ?? []);
  const by = { x: deed.by[0], y: deed.by[1] };
  switch (deed.kind) {
    case 0:
      return addShapes(doc, [makeShape(newId(), { geometry: deed.geometry })]);
    case 1:
      return removeShapes(doc, ids);
    case 2:
      return moveShapes(doc, ids, by);
    case 3:
      return setLabel(doc, ids, `class ${deed.by[0] % 3}`);
    case 4:
      return setAttributes(doc, ids, { seen: deed.by[0], gone: undefined });
    case 5:
      return duplicateShapes(doc, ids, { newId, by }).command;
    case 6:
      return reorderShapes(doc, ids, PLACES[Math.abs(deed.by[1]) % 4] ?? "front");
    case 7:
      return acceptProposals(doc, ids);
    case 8:
      return acceptProposalsAbove(doc, Math.abs(deed.by[0]) / 90);
    case 9:
      return rejectProposals(doc, ids);
    case 10:
      return changeShapes(doc, ids, (shape) => ({
        ...shape,
        geometry: clampGeometry(deed.geometry, doc.image) ?? shape.geometry,
      }));
    default:
      return paintCommand(deed, doc, ids);
  }
}

function paintCommand(deed: Deed, doc: DocumentReader, ids: readonly string[]): Command | null {
  const id = ids.find((one) => doc.peek(one)?.geometry.type === "mask") ?? firstMask(doc);
  const pixels = id === undefined ? null : doc.pixels(id);
  if (id === undefined || pixels === null) return null;
  const edit = new MaskEdit(pixels, deed.by[0] > -45 ? 1 : 0);
  const from: XY = [Math.abs(deed.by[0]) * 7, Math.abs(deed.by[1]) * 4];
  strokeCapsule(edit, { from, to: [from[0] + deed.by[1], from[1] + deed.by[0]], radius: 11 });
  return edit.command(id);
}

function firstMask(doc: DocumentReader): string | undefined {
  return doc.ids.find((id) => doc.peek(id)?.geometry.type === "mask");
}
