/** Outlines with fewer vertices, and what that costs. */

import type { Geometry, PolygonGeometry } from "../types";
import { iouOf } from "./iou";
import { areaOf } from "./measure";
import { simplifyRing } from "./polygon";

export interface Simplified {
  readonly geometry: PolygonGeometry;
  readonly vertices: number;
  /** Overlap with the original; 1 when nothing was lost. */
  readonly iou: number;
}

/** Thin every ring by `tolerance` pixels; holes stay, but for those that would have no area. The original for 0. */
export function simplifyPolygon(polygon: PolygonGeometry, tolerance: number): Simplified {
  const thin = tolerance <= 0 ? polygon : thinned(polygon, tolerance);
  return {
    geometry: thin,
    vertices: vertexCount(thin),
    iou: thin === polygon ? 1 : (iouOf(polygon, thin) ?? 0),
  };
}

export function vertexCount(geometry: Geometry): number {
  return geometry.type === "polygon" ? geometry.rings.reduce((sum, ring) => sum + ring.length, 0) : 0;
}

function thinned(polygon: PolygonGeometry, tolerance: number): PolygonGeometry {
  const rings = polygon.rings
    .map((ring) => simplifyRing(ring, tolerance))
    .filter((ring) => areaOf({ type: "polygon", rings: [ring] }) > 0);
  return rings.length === 0 ? polygon : { type: "polygon", rings };
}
