/** Shapes by the thousand, the same at every run. */

import type { Shape, XY } from "@/canvas/types";

export interface Crowd {
  readonly count: number;
  readonly corners: number;
  readonly width: number;
  readonly height: number;
  readonly standing?: Shape["standing"];
}

const LABELS = ["leaf", "stem", "flower", "fruit", "root", "soil", "insect", "shadow"];

/** A small generator of numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Wobbly polygons of 20 to 60 pixels radius all over the image. */
export function polygonCrowd(crowd: Crowd): Shape[] {
  const random = randomFrom(7);
  return Array.from({ length: crowd.count }, (_, i) => {
    const [cx, cy, radius] = [random() * crowd.width, random() * crowd.height, 20 + random() * 40];
    const ring = Array.from({ length: crowd.corners }, (_unused, k): XY => {
      const turn = (k / crowd.corners) * Math.PI * 2;
      const reach = radius * (0.7 + random() * 0.6);
      return [cx + Math.cos(turn) * reach, cy + Math.sin(turn) * reach];
    });
    return ownShape({
      id: `p${i}`,
      label: LABELS[i % LABELS.length] ?? "leaf",
      standing: crowd.standing ?? "own",
      ring,
      score: random(),
    });
  });
}

function ownShape(made: {
  readonly id: string;
  readonly label: string;
  readonly standing: Shape["standing"];
  readonly ring: readonly XY[];
  readonly score: number;
}): Shape {
  return {
    id: made.id,
    label: made.label,
    geometry: { type: "polygon", rings: [made.ring] },
    attributes: {},
    confidence: made.standing === "own" ? null : made.score,
    standing: made.standing,
    source: made.standing === "own" ? "truth" : "model",
    fromPrediction: null,
    annotationId: null,
  };
}
