/** The item on the screen as a video: its session while it is there, shown on the canvas. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { isVideo, videoQuery } from "@/api/queries/videos";
import { randomId } from "@/canvas/engine/randomId";
import type { DeleteReach } from "@/canvas/tracks/edit";
import type { ShapeId } from "@/canvas/types";
import { useVideoSession } from "@/video/hooks";
import type { OpenVideo } from "@/video/session";

import { useStudio, useView } from "../context";
import type { ItemWork } from "../session/itemWork";
import { say, type StudioStore } from "../studioStore";

/** Open the video of an item, and close it with the item. */
export function useVideo(work: ItemWork | null) {
  const { store, task } = useStudio();
  const engine = useView((view) => view.engine);
  const isOne = work !== null && isVideo(work.item);
  const info = useQuery({ ...videoQuery(work?.itemId ?? ""), enabled: isOne });
  const { data } = info;
  const open = useMemo((): OpenVideo | null => {
    if (work === null || data === undefined || data.item_id !== work.itemId || data.n_frames === 0)
      return null;
    return {
      info: data,
      doc: work.doc,
      history: task.kind === "validate" ? null : work.history,
      newId: randomId,
      askDelete: (ids) => {
        deleteTracks(store, ids);
      },
      say: (text) => {
        say(store, text);
      },
    };
  }, [work, data, task.kind, store]);
  const session = useVideoSession(isOne ? open : null);
  useEffect(() => {
    store.setState({ video: session });
    if (session === null) return undefined;
    return session.desk.follow(() => {
      // Tracks stay selected in frames that they are not seen in, of which the canvas knows nothing.
      const { selected } = store.getState();
      if (selected !== session.desk.chosen) store.setState({ selected: session.desk.chosen });
    });
  }, [session, store]);
  useEffect(() => {
    if (engine === null || session === null) return undefined;
    return session.attach(engine);
  }, [engine, session]);
  return { isOne, info, session };
}

/** Delete tracks as far as was chosen before, or ask. */
export function deleteTracks(store: StudioStore, ids: readonly ShapeId[]): boolean {
  const { video, deleteReach, isDeleteAsked } = store.getState();
  if (video === null || ids.length === 0) return false;
  if (isDeleteAsked) store.setState({ deleting: ids });
  else deleteNow(store, { ids, reach: deleteReach });
  return true;
}

const REACH_WORDS: Readonly<Record<DeleteReach, string>> = {
  frame: "from this frame",
  from_here: "from here on",
  track: "altogether",
};

export function deleteNow(
  store: StudioStore,
  { ids, reach }: { readonly ids: readonly ShapeId[]; readonly reach: DeleteReach },
): void {
  const { video } = store.getState();
  if (video === null) return;
  const what =
    ids.length === 1 ? (video.desk.doc.peek(ids[0] ?? "")?.label ?? "track") : `${String(ids.length)} tracks`;
  const isDone = video.desk.delete(ids, reach);
  say(
    store,
    isDone ? `Deleted ${what} ${REACH_WORDS[reach]}.` : "It is not in the picture here: nothing was deleted.",
  );
}

/** Select shapes wherever they are; a video goes to where the first is seen. */
export function selectInVideo(store: StudioStore, ids: readonly ShapeId[]): boolean {
  const { video } = store.getState();
  if (video === null) return false;
  video.choose(ids);
  return true;
}
