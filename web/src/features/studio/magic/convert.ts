/** Shapes of one kind made another, as one step of undo. A box becomes an outline by finding the object in it. */
import type { SegmentAnswer, SegmentRequest } from "@/api/schema.gen";
import { toBox, toMask, toPolygon } from "@/canvas/geometry/convert";
import { isSameGeometry } from "@/canvas/geometry/same";
import { changeShapes, isEditable } from "@/canvas/model/edits";
import type { ShapeDocument } from "@/canvas/model/document";
import { readGeometry } from "@/canvas/model/wire";
import type { Command, Geometry, Shape, ShapeId } from "@/canvas/types";

import type { MagicShape } from "./magicServer";

export type ConvertTo = "box" | MagicShape;

export interface Conversion {
  readonly command: Command | null;
  /** Boxes in which no object was found: they became their four sides. */
  readonly notFound: number;
  /** Shapes that cannot become that: lines, points, tags. */
  readonly refused: number;
}

type Ask = (body: SegmentRequest) => Promise<SegmentAnswer>;

/** Boxes asked about at the same time. */
const AT_ONCE = 4;

/**
 * The command that converts shapes; `ask` finds the object in a box, and null leaves boxes their four sides.
 *
 * A shape that somebody changed while its outline was looked for is left as it is.
 */
export async function convertShapes(
  doc: ShapeDocument,
  ids: Iterable<ShapeId>,
  options: { readonly to: ConvertTo; readonly ask: Ask | null },
): Promise<Conversion> {
  const { to, ask } = options;
  const shapes = [...ids].flatMap((id): Shape[] => {
    const shape = doc.find(id);
    return shape === null || !isEditable(shape) ? [] : [shape];
  });
  const made = new Map<ShapeId, { readonly from: Geometry; readonly to: Geometry }>();
  let [notFound, refused] = [0, 0];
  const convert = async (shape: Shape) => {
    const { geometry } = shape;
    const found =
      to !== "box" && ask !== null && isBox(geometry) ? await findIn(geometry, { to, ask }) : null;
    const plain = found ?? plainly(geometry, to, doc);
    if (plain === null) refused += 1;
    else made.set(shape.id, { from: geometry, to: plain });
    if (to !== "box" && ask !== null && isBox(geometry) && found === null) notFound += 1;
  };
  const queue = [...shapes];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let shape = queue.shift(); shape !== undefined; shape = queue.shift()) await convert(shape);
    }),
  );
  const command = changeShapes(doc, made.keys(), (shape) => {
    const one = made.get(shape.id);
    return one === undefined || !isSameGeometry(one.from, shape.geometry)
      ? shape
      : { ...shape, geometry: one.to };
  });
  return { command, notFound, refused };
}

function isBox(geometry: Geometry): boolean {
  return geometry.type === "box" || geometry.type === "rotated_box";
}

async function findIn(
  geometry: Geometry,
  { to, ask }: { readonly to: MagicShape; readonly ask: Ask },
): Promise<Geometry | null> {
  const box = toBox(geometry);
  if (box === null) return null;
  const answer = await ask({ engine: "auto", box: { ...box }, result: to, tolerance_px: 1 });
  // An outline with a problem is a guess; four sides are the more honest one.
  const isFound = answer.geometry !== null && (answer.problem ?? null) === null;
  return isFound && answer.geometry !== null ? readGeometry(answer.geometry) : null;
}

function plainly(geometry: Geometry, to: ConvertTo, doc: ShapeDocument): Geometry | null {
  switch (to) {
    case "box":
      return toBox(geometry);
    case "polygon":
      return toPolygon(geometry);
    case "mask":
      return toMask(geometry, doc.image);
  }
}

/** What is said after a conversion; null for nothing. */
export function remarkOn({ command, notFound, refused }: Conversion): string | null {
  if (command === null && refused > 0) return "These shapes cannot be turned into that.";
  if (command === null) return "They are that already.";
  const boxes = notFound === 1 ? "In 1 box" : `In ${String(notFound)} boxes`;
  return notFound === 0 ? null : `${boxes} no object stood out: the sides were taken.`;
}
