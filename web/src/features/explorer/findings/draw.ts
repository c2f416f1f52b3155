/** Draws what an evaluation found over thumbnails: boxes where there are bounds, words at the foot elsewhere. */
import type { Finding } from "@/api/schema.gen";
import { FINDING_COLORS, sayFinding } from "@/ui/findings";

import { drawWords, fitIn, LEAST_FOR_WORDS_PX, type TilePlace } from "../grid/draw";

const DASH = [4, 3];
const SOLID: number[] = [];

/** Draw one item's findings, mistakes over what is right. Gives how many were drawn. */
export function drawFindings(
  context: CanvasRenderingContext2D,
  place: TilePlace,
  { findings, lineWidth }: { readonly findings: readonly Finding[]; readonly lineWidth: number },
): number {
  const { scale, dx, dy } = fitIn(place);
  const ordered = [...findings].sort((a, b) => Number(b.type === "correct") - Number(a.type === "correct"));
  let drawn = 0;
  for (const { type, bounds } of ordered) {
    const [x0, y0, x1, y1] = bounds ?? [];
    if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) continue;
    drawn += 1;
    context.strokeStyle = FINDING_COLORS[type];
    context.lineWidth = type === "correct" ? lineWidth : lineWidth + 1;
    context.setLineDash(type === "missed" ? DASH : SOLID);
    context.strokeRect(x0 * scale + place.x + dx, y0 * scale + dy, (x1 - x0) * scale, (y1 - y0) * scale);
  }
  context.setLineDash(SOLID);
  if (place.tilePx < LEAST_FOR_WORDS_PX) return drawn;
  const words = findings
    .filter((one) => (one.bounds ?? null) === null)
    .map((one) => ({
      text: sayFinding(one),
      color: FINDING_COLORS[one.type],
      isGuess: one.type !== "correct",
    }));
  drawWords(context, place, words);
  return drawn + words.length;
}
