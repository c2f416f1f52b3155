/** Answers what the tools on the canvas ask: outlines for prompts, and lines along edges where the canvas has no pixels. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

import { featuresQuery, magicQuery } from "@/api/queries/magic";
import type { MagicPrompts, PathQuestion } from "@/canvas/tools/types";

import { useEntry, useQueue, useStudio, useView } from "../context";
import { say } from "../studioStore";
import { askPath, askSegment, type SegmentQuestion } from "./magicServer";
import { Newest } from "./newest";
import { magicShapes } from "./shapes";

/** So many of the next items are prepared for SAM ahead of time. */
const AHEAD = 2;

export type Preparing = "none" | "waiting" | "ready" | "failed";

export interface MagicState {
  /** The segmenter that answers, such as grabcut or sam2-tiny; null while that is not known. */
  readonly segmenter: string | null;
  readonly hasSam: boolean;
  readonly preparing: Preparing;
}

/** What finds outlines here, and whether the present item is prepared for it. */
export function useMagicState(): MagicState {
  const { tools } = useStudio();
  const isWanted = tools.some(({ tool }) => tool === "magic" || tool === "extreme_polygon");
  const { data: info } = useQuery({ ...magicQuery(), enabled: isWanted });
  const hasSam = info?.segmenters.some(({ kind, is_ready }) => kind === "sam" && is_ready) === true;
  const itemId = useEntry()?.work?.itemId ?? "";
  const features = useQuery({ ...featuresQuery(itemId), enabled: hasSam && itemId !== "" });
  const state = features.error === null ? features.data?.state : "failed";
  const preparing = !hasSam ? "none" : state === "ready" || state === "failed" ? state : "waiting";
  return { segmenter: info?.default ?? null, hasSam, preparing };
}

export function useMagic(): void {
  const { store, recipe, queue } = useStudio();
  const engine = useView((view) => view.engine);
  const { hasSam, preparing } = useMagicState();
  usePreparingAhead(hasSam);
  const chosen = useView((view) => view.magicShape);
  const shapes = magicShapes(recipe);
  const shape = shapes.includes(chosen) ? chosen : (shapes[0] ?? "polygon");
  const questionOf = useEffectEvent(
    (asked: { request: number; prompts: MagicPrompts }): SegmentQuestion | null => {
      const itemId = queue.current?.work?.itemId;
      if (itemId === undefined) return null;
      return { ...asked, itemId, shape, isPreparing: hasSam && preparing === "waiting" };
    },
  );
  useEffect(() => {
    if (engine === null) return undefined;
    const answer = async (question: SegmentQuestion) => {
      const { result, remark } = await askSegment(question);
      // Without an outline the tool itself says why.
      if (remark !== null) say(store, remark);
      engine.answer(result);
    };
    // New prompts take the place of older ones; four points each make a shape of their own.
    const prompted = new Newest(answer);
    const paths = new Newest(async (question: PathQuestion) => {
      const itemId = queue.current?.work?.itemId;
      if (itemId !== undefined) engine.answer(await askPath(itemId, question));
    });
    const stops = [
      engine.on("segment", (asked) => {
        const question = questionOf(asked);
        if (question === null) return;
        if ((asked.prompts.extremes ?? []).length > 0) void answer(question);
        else prompted.put(question);
      }),
      engine.on("path", (question) => {
        const itemId = queue.current?.work?.itemId;
        if (itemId === undefined) return;
        if (question.isLive) paths.put(question);
        else
          void askPath(itemId, question).then((result) => {
            engine.answer(result);
          });
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [engine, store, queue]);
}

/** The encoder takes seconds: it begins with the next items while one works on this. */
function usePreparingAhead(hasSam: boolean): void {
  const { entries, at } = useQueue();
  const client = useQueryClient();
  const next = entries
    .slice(at + 1)
    .filter(({ standing }) => standing === "ready")
    .slice(0, AHEAD)
    .map(({ itemId }) => itemId)
    .join(" ");
  useEffect(() => {
    if (!hasSam || next === "") return;
    for (const itemId of next.split(" ")) void client.prefetchQuery(featuresQuery(itemId));
  }, [hasSam, next, client]);
}
