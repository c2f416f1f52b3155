/** Which annotations of the server the shapes of a document have become. */
import { isSameAttributes, isSameGeometry } from "@/canvas/geometry/same";
import type { DocumentReader } from "@/canvas/model/document";
import type { Shape, ShapeId } from "@/canvas/types";

/** Annotation ids by shape id, where they differ from what the shape itself says. */
export type SavedAs = ReadonlyMap<ShapeId, string | null>;

export interface Matches {
  readonly pairs: ReadonlyMap<ShapeId, string>;
  /** Shapes that are no annotation yet. */
  readonly unmatched: readonly Shape[];
}

/**
 * Pair each of one's own shapes with the annotation it has become.
 *
 * Shapes that already have an annotation keep it; the others take one that says the same, or, when `isLoose` (the
 * server may have rounded), one of the same label and kind. Among several the order decides.
 */
export function matchShapes(options: {
  readonly own: readonly Shape[];
  readonly truth: readonly Shape[];
  readonly savedAs: SavedAs;
  readonly isLoose?: boolean;
}): Matches {
  const free = new Map(options.truth.map((one) => [one.id, one]));
  const pairs = new Map<ShapeId, string>();
  let rest = options.own;
  const pass = (partnerOf: (shape: Shape) => string | undefined): void => {
    rest = rest.filter((shape) => {
      const id = partnerOf(shape);
      if (id === undefined || !free.delete(id)) return true;
      pairs.set(shape.id, id);
      return false;
    });
  };
  const findFree = (isPartner: (one: Shape) => boolean) => [...free.values()].find(isPartner)?.id;
  pass((shape) => annotationOf(shape, options.savedAs) ?? undefined);
  pass((shape) => findFree((one) => saysSame(shape, one)));
  if (options.isLoose === true) {
    pass((shape) =>
      findFree((one) => one.label === shape.label && one.geometry.type === shape.geometry.type),
    );
  }
  return { pairs, unmatched: rest };
}

export function annotationOf(shape: Shape, savedAs: SavedAs): string | null {
  const saved = savedAs.get(shape.id);
  return saved === undefined ? shape.annotationId : saved;
}

/** The document as it reads with the annotations its shapes have become. */
export function adopted(doc: DocumentReader, savedAs: SavedAs): DocumentReader {
  const patch = (shape: Shape | null): Shape | null =>
    shape === null || !savedAs.has(shape.id) || shape.standing !== "own"
      ? shape
      : { ...shape, annotationId: annotationOf(shape, savedAs) };
  return {
    image: doc.image,
    version: doc.version,
    count: doc.count,
    ids: doc.ids,
    find: (id) => patch(doc.find(id)),
    peek: (id) => patch(doc.peek(id)),
    placeOf: (id) => doc.placeOf(id),
    pixels: (id) => doc.pixels(id),
    isPainted: (id) => doc.isPainted(id),
    shapes: () => doc.shapes().flatMap((shape) => patch(shape) ?? []),
  };
}

/** Whether two shapes state the same about the picture. */
export function saysSame(a: Shape, b: Shape): boolean {
  return (
    a.label === b.label &&
    isSameAttributes(a.attributes, b.attributes) &&
    isSameGeometry(a.geometry, b.geometry)
  );
}
