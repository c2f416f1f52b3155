/** Asks the server for what tools want to have found. */
import { ApiProblem } from "@/api/client";
import { segment, traceOutline } from "@/api/queries/magic";
import type { SegmentAnswer, SegmentRequest } from "@/api/schema.gen";
import type { MagicPrompts, MagicResult, PathQuestion, PathResult } from "@/canvas/tools/types";
import { readGeometry } from "@/canvas/model/wire";
import type { XY } from "@/canvas/types";

export type MagicShape = "polygon" | "mask";

/** The server's request for prompts of a tool. */
export function requestOf(prompts: MagicPrompts, result: MagicShape): SegmentRequest {
  const { include, exclude, box, extremes = [] } = prompts;
  const points = (all: readonly XY[]): [number, number][] => all.map(([x, y]) => [x, y]);
  return {
    engine: "auto",
    include: points(include),
    exclude: points(exclude),
    extremes: points(extremes),
    box: box === null ? null : { type: "box", ...box },
    result,
    tolerance_px: 1,
  };
}

/** A sentence that begins and ends like one. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "";
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/u.test(first) ? first : `${first}.`;
}

export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return "The outline could not be found.";
  return [error.message, error.hint].map(asSentence).filter(Boolean).join(" ");
}

export interface Segmented {
  readonly result: MagicResult;
  /** Something to be said though there is an outline: it is a guess, or another segmenter's. */
  readonly remark: string | null;
}

export interface SegmentQuestion {
  readonly itemId: string;
  readonly request: number;
  readonly prompts: MagicPrompts;
  readonly shape: MagicShape;
  /** Whether SAM is there and only not ready for this image. */
  readonly isPreparing: boolean;
}

/** Never rejects: a problem is an answer. */
export async function askSegment(
  question: SegmentQuestion,
  ask: typeof segment = segment,
): Promise<Segmented> {
  const { request } = question;
  try {
    const answer = await ask({ itemId: question.itemId, body: requestOf(question.prompts, question.shape) });
    return { result: resultOf(answer, request), remark: remarkOf(answer, question.isPreparing) };
  } catch (error) {
    return {
      result: { kind: "magic", request, geometry: null, score: null, problem: wordsOf(error) },
      remark: null,
    };
  }
}

function resultOf(answer: SegmentAnswer, request: number): MagicResult {
  const geometry = answer.geometry === null ? null : readGeometry(answer.geometry);
  const problem = answer.problem === null || answer.problem === undefined ? null : asSentence(answer.problem);
  return { kind: "magic", request, geometry, score: answer.score, problem };
}

function remarkOf(answer: SegmentAnswer, isPreparing: boolean): string | null {
  if (answer.geometry === null) return null;
  if (answer.problem !== null && answer.problem !== undefined) return asSentence(answer.problem);
  if (isPreparing && answer.segmenter === "grabcut")
    return "SAM still prepares this image: the outline is GrabCut's.";
  return null;
}

/** A line along edges from the server; straight when it cannot be had. Never rejects. */
export async function askPath(
  itemId: string,
  { request, from, to }: PathQuestion,
  ask: typeof traceOutline = traceOutline,
): Promise<PathResult> {
  try {
    const points: [number, number][] = [[from[0], from[1]], [to[0], to[1]]]; // prettier-ignore
    const answer = await ask({ itemId, body: { points, is_closed: false } });
    return { kind: "path", request, points: answer.points.map(([x, y]): XY => [x, y]) };
  } catch {
    return { kind: "path", request, points: null };
  }
}
