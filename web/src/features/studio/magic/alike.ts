/** More objects that look like one of the image, as proposals. */
import type { AlikeAnswer, AlikeRequest } from "@/api/schema.gen";
import { toBox, toPolygon } from "@/canvas/geometry/convert";
import { iouOf } from "@/canvas/geometry/iou";
import type { DocumentReader } from "@/canvas/model/document";
import { addShapes, ALIKE_SOURCE } from "@/canvas/model/edits";
import { readGeometry } from "@/canvas/model/wire";
import type { Command, Geometry, Shape, ShapeId } from "@/canvas/types";

/** Overlapping so much with a shape that is there, a find is that shape. */
const SAME_OBJECT = 0.4;

/** What is asked for the object of a shape; null where it has no area. */
export function alikeRequest(geometry: Geometry): AlikeRequest | null {
  const box = toBox(geometry);
  if (box === null) return null;
  const polygon = geometry.type === "box" ? null : toPolygon(geometry);
  return {
    box: polygon === null ? { ...box } : null,
    polygon:
      polygon === null
        ? null
        : {
            type: "polygon",
            rings: polygon.rings.map((ring) => ring.map(([x, y]): [number, number] => [x, y])),
          },
    limit: 200,
    min_score: 0.5,
  };
}

export interface Alike {
  readonly command: Command | null;
  readonly ids: readonly ShapeId[];
}

/** Proposals of the class of the shape asked about; what is marked already is left out. */
export function proposeAlike(
  doc: DocumentReader,
  like: Shape,
  options: { readonly answer: AlikeAnswer; readonly newId: () => ShapeId },
): Alike {
  const there = doc.ids.flatMap((id): Geometry[] => {
    const shape = doc.peek(id);
    return shape === null || shape.standing === "reference" ? [] : [doc.find(id)?.geometry ?? shape.geometry];
  });
  const shapes = options.answer.objects
    .map(({ geometry, score }) => ({ geometry: readGeometry(geometry), score }))
    .filter(
      ({ geometry }) =>
        !there.some((one) => (iouOf(toBox(one) ?? one, toBox(geometry) ?? geometry) ?? 0) > SAME_OBJECT),
    )
    .map(({ geometry, score }): Shape => ({
      id: options.newId(),
      label: like.label,
      geometry,
      attributes: {},
      confidence: score,
      standing: "proposal",
      source: ALIKE_SOURCE,
      fromPrediction: null,
      annotationId: null,
    }));
  return { command: addShapes(doc, shapes), ids: shapes.map(({ id }) => id) };
}
