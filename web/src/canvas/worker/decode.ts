/** Bytes to bitmaps. Runs in a worker where there is one, else in the page. */

import type { ImageProblem } from "./protocol";

/** Smaller copies are made until the longer side is at most this many pixels. */
const SMALLEST_SIDE = 1024;

export type Decoded =
  | { readonly ok: true; readonly levels: readonly ImageBitmap[] }
  | { readonly ok: false; readonly problem: ImageProblem };

/** Fetch and decode an image, upright, with its smaller copies. Never throws: a problem is an answer. */
export async function decodeImage(url: string): Promise<Decoded> {
  let blob: Blob;
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) return { ok: false, problem: unreachable(answer.status, answer.statusText) };
    blob = await answer.blob();
  } catch (problem) {
    return { ok: false, problem: unreachable(null, wordsOf(problem)) };
  }
  try {
    return {
      ok: true,
      levels: await smallerCopies(await createImageBitmap(blob, { imageOrientation: "from-image" })),
    };
  } catch (problem) {
    return { ok: false, problem: { reason: "undecodable", detail: wordsOf(problem) } };
  }
}

/** Each level is half of the one before: far out, drawing a quarter of the pixels looks better and costs less. */
async function smallerCopies(full: ImageBitmap): Promise<ImageBitmap[]> {
  const levels = [full];
  for (let last = full; Math.max(last.width, last.height) > SMALLEST_SIDE;) {
    last = await createImageBitmap(last, {
      resizeWidth: Math.max(1, Math.round(last.width / 2)),
      resizeHeight: Math.max(1, Math.round(last.height / 2)),
      resizeQuality: "medium",
    });
    levels.push(last);
  }
  return levels;
}

function unreachable(status: number | null, detail: string): ImageProblem {
  return { reason: "unreachable", status, detail };
}

function wordsOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
