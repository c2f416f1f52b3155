/** What keys do while the item is a video. */
import { useEffect } from "react";

import { ShapeDocument } from "@/canvas/model/document";
import { propagateShapes } from "@/canvas/model/edits";
import { randomId } from "@/canvas/engine/randomId";
import { isLow, nextKeyframe } from "@/canvas/tracks/look";
import { SPEEDS } from "@/video/player";
import type { VideoSession } from "@/video/session";
import type { Carry } from "@/video/useCarry";

import { useKeyHandlers } from "../actions/useKey";
import { useStudio } from "../context";
import { say, type StudioStore } from "../studioStore";
import { deleteNow, deleteTracks } from "./useVideo";

const FAR = 10;
const NO_MASKS = ["brush", "eraser", "magic"] as const;

export function useVideoActions(session: VideoSession | null, carry: Carry): void {
  const { keyboard, store } = useStudio();
  useEffect(() => (session === null ? undefined : keyboard.enter("video")), [keyboard, session]);
  useKeyHandlers({
    ...playing(session),
    ...going(session, store),
    ...editing(session, store),
    ...passing(session, store),
    "video.propagate": () => carry.start(),
    "video.timeline": () => {
      store.setState(({ isTimelineShown }) => ({ isTimelineShown: !isTimelineShown }));
      return true;
    },
  });
}

function playing(session: VideoSession | null) {
  const faster = (by: 1 | -1) => () => {
    if (session === null) return false;
    const { speed } = session.player.state;
    const next = SPEEDS[SPEEDS.findIndex((one) => one === speed) + by];
    if (next !== undefined) session.player.setSpeed(next);
    return true;
  };
  return {
    "video.play": () => {
      session?.player.toggle();
      return session !== null;
    },
    "video.faster": faster(1),
    "video.slower": faster(-1),
  };
}

function going(session: VideoSession | null, store: StudioStore) {
  const step = (by: number) => () => {
    session?.player.step(by);
    return session !== null;
  };
  const to = (find: (session: VideoSession) => number | null, nothing: string) => () => {
    if (session === null) return false;
    const frame = find(session);
    if (frame === null) say(store, nothing);
    else session.player.seek(frame);
    return true;
  };
  const keyframe = (by: 1 | -1) =>
    to(
      (video) => nextKeyframe(tracksMeant(video), { frame: video.player.state.frame, by }),
      "No further keyframe.",
    );
  const low = (by: 1 | -1) =>
    to(
      ({ desk, player }) =>
        nextKeyframe(
          desk.tracks().map(({ id }) => desk.keyframesOf(id)),
          { frame: player.state.frame, by, isMeant: isLow },
        ),
      "The tracker was sure of every further frame.",
    );
  return {
    "video.next_frame": step(1),
    "video.previous_frame": step(-1),
    "video.forward": step(FAR),
    "video.back": step(-FAR),
    "video.first": to(() => 0, ""),
    "video.last": to(({ player }) => player.frameCount - 1, ""),
    "video.next_keyframe": keyframe(1),
    "video.previous_keyframe": keyframe(-1),
    "video.next_low": low(1),
    "video.previous_low": low(-1),
    "video.jump": () => {
      document.querySelector<HTMLElement>("[data-video-place]")?.click();
      return session !== null;
    },
  };
}

/** The selected tracks, else all. */
function tracksMeant({ desk }: VideoSession) {
  const ids = desk.chosen.size > 0 ? [...desk.chosen] : desk.tracks().map(({ id }) => id);
  return ids.map((id) => desk.keyframesOf(id));
}

function editing(session: VideoSession | null, store: StudioStore) {
  /** An edit of the selected tracks; without any there is nothing to do. */
  const edit = (act: (desk: VideoSession["desk"]) => boolean, nothing: string) => () => {
    if (session === null) return false;
    const { desk, player } = session;
    player.pause();
    desk.finishGesture();
    if (desk.chosen.size === 0) say(store, "Select a track first: click it, or press Tab.");
    else if (!act(desk) && nothing !== "") say(store, nothing);
    return true;
  };
  return {
    "video.keyframe": edit((desk) => desk.toggleKeyframe(), "It is not in the picture here."),
    "video.outside": edit((desk) => desk.toggleOutside(), ""),
    "video.copy": edit((desk) => {
      const isDone = desk.copyToNext();
      if (isDone) session?.player.step(1);
      return isDone;
    }, "There is nothing to copy to the next frame."),
    "video.accept": edit((desk) => desk.accept(), "The tracker said nothing about this track."),
    "video.clear": edit((desk) => desk.clear(), "The tracker said nothing about this track."),
    "video.split": edit((desk) => desk.split(), ""),
    "video.merge": edit((desk) => desk.merge(), ""),
    "video.delete": () => isOwnChosen(session) && deleteTracks(store, [...(session?.desk.chosen ?? [])]),
    "video.delete_again": () => {
      if (session === null || !isOwnChosen(session)) return false;
      deleteNow(store, { ids: [...session.desk.chosen], reach: store.getState().deleteReach });
      return true;
    },
  };
}

/** Proposals are rejected as a whole, as in images. */
function isOwnChosen(session: VideoSession | null): boolean {
  if (session === null) return false;
  return [...session.desk.chosen].some((id) => session.desk.doc.peek(id)?.standing === "own");
}

/** Actions of images that mean something else here, or need what is half done to be finished first. */
function passing(session: VideoSession | null, store: StudioStore) {
  const finishFirst = () => {
    session?.desk.finishGesture();
    return false;
  };
  const noMask = () => {
    say(store, "A mask cannot be followed through a video: draw a box, a polygon, a line or points.");
    return session !== null;
  };
  return {
    "edit.undo": finishFirst,
    "edit.redo": finishFirst,
    "item.submit": finishFirst,
    "item.save": finishFirst,
    "item.next": finishFirst,
    "item.previous": finishFirst,
    ...Object.fromEntries(NO_MASKS.map((tool) => [`tool.${tool}`, noMask])),
    "shape.paste": () => {
      const { clipboard } = store.getState();
      if (session === null) return false;
      const { desk } = session;
      const from = new ShapeDocument(desk.doc.image, clipboard);
      const copies = propagateShapes({ doc: from, ids: from.ids }, desk.frameDoc, { newId: randomId });
      if (copies.command !== null) desk.frameHistory.run(copies.command);
      desk.choose(copies.ids);
      return true;
    },
    "shape.duplicate": () => {
      if (session === null) return false;
      say(
        store,
        "Copy and paste begin a new track in this frame; Shift+W puts the same track into the next.",
      );
      return true;
    },
  };
}
