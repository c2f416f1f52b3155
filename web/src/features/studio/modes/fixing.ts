/** Going from shape to shape where only their outlines are mended. */
import type { Engine } from "@/canvas/engine";
import { boundsOf } from "@/canvas/geometry/measure";
import type { DocumentReader } from "@/canvas/model/document";
import type { Rect, ShapeId } from "@/canvas/types";

/** How much of the view the shape takes: a third, so that what is around it can be seen. */
const ROOM = 3;
/** The smallest piece of the picture that is shown, in its pixels. */
const LEAST_SIDE = 48;

const orders = new WeakMap<DocumentReader, readonly ShapeId[]>();

/** The shapes whose outline can be mended, row by row as one reads; the order stays when one of them is moved. */
export function fixableIds(doc: DocumentReader): readonly ShapeId[] {
  const known = orders.get(doc);
  const isSame = known?.length === countFixable(doc) && known.every((id) => doc.peek(id) !== null);
  if (known !== undefined && isSame) return known;
  const order = inReadingOrder(doc);
  orders.set(doc, order);
  return order;
}

function countFixable(doc: DocumentReader): number {
  return doc.ids.filter((id) => placeOf(doc, id) !== null).length;
}

function placeOf(doc: DocumentReader, id: ShapeId): Rect | null {
  const shape = doc.peek(id);
  return shape === null || shape.standing === "reference" ? null : boundsOf(shape.geometry);
}

function inReadingOrder(doc: DocumentReader): readonly ShapeId[] {
  const places = doc.ids.flatMap((id) => {
    const bounds = placeOf(doc, id);
    return bounds === null ? [] : [{ id, bounds }];
  });
  const heights = places.map(({ bounds }) => bounds.y1 - bounds.y0).sort((a, b) => a - b);
  const row = Math.max(1, 2 * (heights[Math.floor(heights.length / 2)] ?? 1));
  const rowOf = (bounds: Rect) => Math.floor((bounds.y0 + bounds.y1) / 2 / row);
  return places
    .sort((a, b) => rowOf(a.bounds) - rowOf(b.bounds) || a.bounds.x0 - b.bounds.x0)
    .map(({ id }) => id);
}

/** The piece of the picture to look at for a shape. */
export function roomAround({ x0, y0, x1, y1 }: Rect): Rect {
  const side = (length: number) => Math.max(LEAST_SIDE, length * ROOM) / 2;
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [dx, dy] = [side(x1 - x0), side(y1 - y0)];
  return { x0: cx - dx, y0: cy - dy, x1: cx + dx, y1: cy + dy };
}

/** Select the next shape and look at it from near; gives whether there is one. */
export function stepTo(engine: Engine, by: 1 | -1): boolean {
  const { document: doc, selection } = engine;
  if (doc === null) return false;
  const ids = fixableIds(doc);
  const [current] = selection?.ids ?? [];
  const from = current === undefined ? -1 : ids.indexOf(current);
  const at = from < 0 ? (by === 1 ? 0 : ids.length - 1) : (from + by + ids.length) % ids.length;
  const id = ids[at];
  const shape = id === undefined ? null : doc.peek(id);
  const bounds = shape === null ? null : boundsOf(shape.geometry);
  if (id === undefined || bounds === null) return false;
  engine.setTool("select");
  engine.zoomTo(roomAround(bounds));
  engine.select([id]);
  return true;
}
