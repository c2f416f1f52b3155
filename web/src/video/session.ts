/** A video on the screen: its frames, its player, and the work on its tracks. */

import { ApiProblem } from "@/api/client";
import { fetchFrames } from "@/api/queries/videos";
import type { VideoInfo } from "@/api/schema.gen";
import type { Engine } from "@/canvas/engine";
import type { ShapeDocument } from "@/canvas/model/document";
import type { History } from "@/canvas/model/history";
import { nearestSeen } from "@/canvas/tracks/look";
import type { ShapeId } from "@/canvas/types";

import { WorkerDecoder } from "./decoder";
import { FramesRefused, FrameStore } from "./frameStore";
import { readPack } from "./pack";
import { Player, screenFrames } from "./player";
import type { VideoFacts } from "./times";
import { TrackDesk } from "./trackDesk";

/** Widths that the server makes; a frame is asked for at the next that is no coarser than the screen. */
const WIDTHS = [320, 480, 640, 960, 1280, 1600, 1920, 2560, 3840] as const;
const REST_MS = 250;
/** Frames that the server decodes together. */
const CHUNK = 32;

export interface VideoSession {
  readonly facts: VideoFacts;
  readonly store: FrameStore;
  readonly player: Player;
  readonly desk: TrackDesk;
  /** Select tracks and go to where the first of them is seen. */
  choose(ids: readonly ShapeId[]): void;
  /** Show it on a canvas; gives the way to stop. */
  attach(engine: Engine): () => void;
  destroy(): void;
}

export interface OpenVideo {
  readonly info: VideoInfo;
  readonly doc: ShapeDocument;
  /** Null where tracks are only looked at. */
  readonly history: History | null;
  readonly newId: () => ShapeId;
  readonly askDelete: (ids: readonly ShapeId[]) => void;
  readonly say: (text: string) => void;
}

export function factsOf(info: VideoInfo): VideoFacts {
  return {
    itemId: info.item_id,
    frameCount: info.n_frames,
    durationS: info.duration_s,
    rate: info.rate,
    width: info.width,
    height: info.height,
    problem: info.problem,
    times: info.is_variable && info.times_s ? info.times_s : null,
  };
}

export function openVideo(open: OpenVideo): VideoSession {
  const facts = factsOf(open.info);
  const { itemId, frameCount } = facts;
  const store = new FrameStore({
    frameCount,
    chunk: CHUNK,
    decoder: new WorkerDecoder(),
    fetchPack: async (request, signal) => {
      try {
        return readPack(await fetchFrames({ itemId, ...request, signal }));
      } catch (problem) {
        if (problem instanceof ApiProblem && !problem.isRetryable && problem.status < 500) {
          throw new FramesRefused(`This frame cannot be had: ${problem.message}.`);
        }
        throw problem;
      }
    },
  });
  const player = new Player({ facts, store, askFrame: screenFrames });
  const desk = new TrackDesk({ ...open, frameCount });
  const stop = player.followState(({ shownFrame }) => {
    if (shownFrame !== null) desk.setFrame(shownFrame);
  });
  return {
    facts,
    store,
    player,
    desk,
    choose: (ids) => {
      desk.choose(ids);
      const [first] = ids;
      const seen = first === undefined ? null : nearestSeen(desk.keyframesOf(first), player.state.frame);
      if (seen !== null && seen !== player.state.frame) player.seek(seen);
    },
    attach: (engine) => attach({ engine, facts, store, player, desk }),
    destroy: () => {
      desk.finishGesture();
      stop();
      player.destroy();
      store.destroy();
      desk.destroy();
    },
  };
}

function attach(options: {
  readonly engine: Engine;
  readonly facts: VideoFacts;
  readonly store: FrameStore;
  readonly player: Player;
  readonly desk: TrackDesk;
}): () => void {
  const { engine, facts, store, player, desk } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fitWidth = () => {
    // In the middle of play another size would throw away all that was fetched ahead.
    if (player.state.isPlaying) return;
    store.setWidth(widthFor({ width: facts.width, scale: engine.viewport.scale, dpr: devicePixelRatio }));
  };
  const stops = [
    engine.on("viewport", () => {
      clearTimeout(timer);
      timer = setTimeout(fitWidth, REST_MS);
    }),
    desk.attach(engine),
  ];
  fitWidth();
  void engine.setItem({
    image: { kind: "frames", frames: player },
    document: desk.frameDoc,
    history: desk.frameHistory,
  });
  fitWidth();
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** How wide a frame is asked for; null for the video's own width. */
export function widthFor(view: {
  readonly width: number;
  readonly scale: number;
  readonly dpr: number;
}): number | null {
  const seen = view.width * view.scale * view.dpr;
  const width = WIDTHS.find((one) => one >= seen * 0.98) ?? view.width;
  return width >= view.width ? null : width;
}
