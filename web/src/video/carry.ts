/** Carrying tracks on with a tracker: what is asked, piece by piece, and what becomes of it. No page. */

import type { Keyframes } from "@/canvas/tracks/edit";
import { pin, tidied } from "@/canvas/tracks/edit";
import { shapeAt, stateAt } from "@/canvas/tracks/interpolate";
import { withPropagated } from "@/canvas/tracks/propagated";
import type { FrameShape, Keyframe, ShapeId } from "@/canvas/types";

export type CarryWay = "forward" | "next_keyframe" | "backward" | "between";

export interface CarrySettings {
  readonly way: CarryWay;
  /** Frames, for the ways that have no end of their own. */
  readonly count: number;
  /** Keep every frame; else only the keyframes that straight lines do not explain. */
  readonly isDense: boolean;
}

/** A request to the tracker, in our own words. */
export interface CarryRequest {
  readonly shapes: ReadonlyMap<ShapeId, FrameShape>;
  readonly frame: number;
  readonly toFrame: number;
  readonly ends: ReadonlyMap<ShapeId, FrameShape>;
}

export interface CarriedTrack {
  readonly keyframes: readonly Keyframe[];
  readonly stoppedAt: number | null;
  readonly reason: string | null;
}

export interface CarryParts {
  readonly keyframesOf: (id: ShapeId) => Keyframes;
  readonly nameOf: (id: ShapeId) => string;
  readonly frame: number;
  readonly frameCount: number;
  readonly settings: CarrySettings;
  readonly ask: (request: CarryRequest) => Promise<ReadonlyMap<ShapeId, CarriedTrack>>;
  /** How much is done, in [0, 1]. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

export interface Carried {
  readonly keyframes: ReadonlyMap<ShapeId, Keyframes>;
  /** Where objects were lost and why, as sentences. */
  readonly stops: readonly { readonly id: ShapeId; readonly frame: number; readonly words: string }[];
  readonly frames: number;
  /** What the server said no with; what came before is given all the same. */
  readonly problem: string | null;
}

/** Frames asked for at once: small enough for a bar that moves. */
const PIECE = 15;
/** What the server takes at most. */
export const MOST_FRAMES = 300;

interface Leg {
  readonly ids: readonly ShapeId[];
  readonly from: number;
  readonly to: number;
  readonly hasEnds: boolean;
}

/** Where tracks are carried from and to; those that are not seen here, or have nowhere to go, are left out. */
export function legsOf(
  ids: readonly ShapeId[],
  parts: Omit<CarryParts, "ask" | "onProgress">,
): readonly Leg[] {
  const legs = new Map<string, Leg>();
  for (const id of ids) {
    const leg = legOf(id, parts);
    if (leg === null || leg.from === leg.to) continue;
    const key = `${String(leg.from)} ${String(leg.to)} ${String(leg.hasEnds)}`;
    legs.set(key, { ...leg, ids: [...(legs.get(key)?.ids ?? []), id] });
  }
  return [...legs.values()];
}

function legOf(
  id: ShapeId,
  { keyframesOf, frame, frameCount, settings }: Omit<CarryParts, "ask" | "onProgress">,
): Leg | null {
  const keyframes = keyframesOf(id);
  const said = keyframes.filter((one) => one.by !== "tracker");
  const next = said.find((one) => one.frame > frame);
  const count = Math.min(settings.count, MOST_FRAMES);
  const last = frameCount - 1;
  if (settings.way === "between") {
    const before = said.filter((one) => one.frame <= frame && one.shape !== null && !one.is_outside).at(-1);
    if (before === undefined || next?.shape === undefined || next.shape === null || next.is_outside)
      return null;
    if (next.frame - before.frame > MOST_FRAMES) return null;
    return { ids: [], from: before.frame, to: next.frame, hasEnds: true };
  }
  if (stateAt(keyframes, frame) === null) return null;
  if (settings.way === "backward") {
    return { ids: [], from: frame, to: Math.max(0, frame - count), hasEnds: false };
  }
  const until = settings.way === "next_keyframe" && next !== undefined ? next.frame - 1 : frame + count;
  return { ids: [], from: frame, to: Math.min(until, last, frame + MOST_FRAMES), hasEnds: false };
}

/** Ask the tracker leg by leg. When it is stopped, what came until then is given. */
export async function carryTracks(ids: readonly ShapeId[], parts: CarryParts): Promise<Carried> {
  const legs = legsOf(ids, parts);
  const total = legs.reduce((sum, { from, to }) => sum + Math.abs(to - from), 0);
  const found = new Map<ShapeId, Keyframe[]>();
  const stops: { id: ShapeId; frame: number; words: string }[] = [];
  let done = 0;
  let problem: string | null = null;
  try {
    for (const leg of legs) {
      for await (const { tracks, frames } of piecesOf(leg, parts)) {
        done += frames;
        for (const [id, track] of tracks) {
          found.set(id, [...(found.get(id) ?? []), ...track.keyframes]);
          if (track.stoppedAt === null) continue;
          stops.push({ id, frame: track.stoppedAt, words: wordsOf(id, track, parts) });
        }
        parts.onProgress(total === 0 ? 1 : done / total);
      }
    }
  } catch (error) {
    if (!parts.signal.aborted) problem = error instanceof Error ? error.message : String(error);
  }
  const keyframes = new Map<ShapeId, Keyframes>();
  for (const leg of legs) {
    for (const id of leg.ids) {
      const before = parts.keyframesOf(id);
      const pinned = tidied([...before, ...pin(before, leg.from)]) ?? before;
      const fresh = (found.get(id) ?? []).filter((one) => one.frame !== leg.from);
      if (fresh.length === 0) continue;
      keyframes.set(id, withPropagated(pinned, fresh, { isDense: parts.settings.isDense, from: leg.from }));
    }
  }
  return { keyframes, stops, frames: done, problem };
}

async function* piecesOf(
  leg: Leg,
  parts: CarryParts,
): AsyncGenerator<{ readonly tracks: ReadonlyMap<ShapeId, CarriedTrack>; readonly frames: number }> {
  const by = leg.to > leg.from ? 1 : -1;
  const length = Math.abs(leg.to - leg.from);
  const piece = leg.hasEnds ? length : PIECE;
  let shapes = shapesAt(leg.ids, leg.from, parts);
  for (let done = 0; done < length && shapes.size > 0 && !parts.signal.aborted; done += piece) {
    const frames = Math.min(piece, length - done);
    const frame = leg.from + by * done;
    const toFrame = frame + by * frames;
    const ends = leg.hasEnds ? shapesAt(leg.ids, leg.to, parts) : new Map<ShapeId, FrameShape>();
    const tracks = await parts.ask({ shapes, frame, toFrame, ends });
    yield { tracks, frames };
    shapes = goingOn(tracks, toFrame);
  }
}

function shapesAt(
  ids: readonly ShapeId[],
  frame: number,
  parts: CarryParts,
): ReadonlyMap<ShapeId, FrameShape> {
  const shapes = new Map<ShapeId, FrameShape>();
  for (const id of ids) {
    const shape = shapeAt(parts.keyframesOf(id), frame);
    if (shape !== null) shapes.set(id, shape);
  }
  return shapes;
}

/** Objects that were not lost, where they are at the end of a piece. */
function goingOn(
  tracks: ReadonlyMap<ShapeId, CarriedTrack>,
  frame: number,
): ReadonlyMap<ShapeId, FrameShape> {
  const shapes = new Map<ShapeId, FrameShape>();
  for (const [id, { keyframes, stoppedAt }] of tracks) {
    const last = keyframes.find((one) => one.frame === frame);
    if (stoppedAt === null && last?.shape !== undefined && last.shape !== null) shapes.set(id, last.shape);
  }
  return shapes;
}

function wordsOf(id: ShapeId, { stoppedAt, reason }: CarriedTrack, parts: CarryParts): string {
  const why = reason === null || reason === "" ? "" : `: ${reason}`;
  return `${parts.nameOf(id)} was lost at frame ${String(stoppedAt)}${why}`;
}
