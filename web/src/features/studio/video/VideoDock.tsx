import { Button, Center, Loader, Text } from "@mantine/core";
import {
  IconArrowMerge,
  IconArrowsSplit2,
  IconCheck,
  IconDiamond,
  IconDoorExit,
  IconEraser,
  IconPhotoScan,
  IconTimeline,
} from "@tabler/icons-react";
import { useState } from "react";

import { isLow } from "@/canvas/tracks/look";
import { stateAt } from "@/canvas/tracks/interpolate";
import { CarryMenu } from "@/video/CarryMenu";
import { DeleteTracks } from "@/video/DeleteTracks";
import { useDesk } from "@/video/hooks";
import { BarButton, PlayerBar } from "@/video/PlayerBar";
import { ScrubBar } from "@/video/ScrubBar";
import type { VideoSession } from "@/video/session";
import { Timeline } from "@/video/Timeline";
import { askTracker } from "@/video/tracking";
import { TrackStrip } from "@/video/TrackStrip";
import { useCarry, type Carry } from "@/video/useCarry";
import { noFrames, VideoNotice } from "@/video/VideoViewer";
import videoClasses from "@/video/video.module.css";
import { showChord } from "@/keys/chord";

import { useEntry, useKeysOf, useStudio, useView } from "../context";
import { say } from "../studioStore";
import classes from "../studio.module.css";
import { deleteNow, useVideo } from "./useVideo";
import { useVideoActions } from "./useVideoActions";

const HINT =
  "No track yet. Draw a box around an object: it becomes a track, and moving it later sets a keyframe.";

/** Below the picture while the item is a video: play, time, tracks. */
export function VideoDock() {
  const { store } = useStudio();
  const work = useEntry()?.work ?? null;
  const { isOne, info, session } = useVideo(work);
  const carry = useCarry({
    session,
    ask: askTracker,
    say: (text) => {
      say(store, text);
    },
  });
  if (!isOne) return null;
  return (
    <div className={classes.dock} aria-label="Video" role="region" data-region="dock">
      {session !== null ? (
        <Dock session={session} carry={carry} />
      ) : (
        <Center p="sm" mih={64}>
          {info.error !== null ? (
            <Text size="sm">
              The video cannot be read: {info.error.message}.{" "}
              <Button size="compact-xs" variant="default" onClick={() => void info.refetch()}>
                Try again
              </Button>
            </Text>
          ) : info.data?.n_frames === 0 ? (
            <Text size="sm">{noFrames(info.data)} Shift+S discards it with a reason.</Text>
          ) : (
            <Loader size="sm" aria-label="Looking at the video" />
          )}
        </Center>
      )}
    </div>
  );
}

function Dock({ session, carry }: { readonly session: VideoSession; readonly carry: Carry }) {
  const { labelColor, store } = useStudio();
  const [isStripShown, setStripShown] = useState(false);
  const isTimelineShown = useView((view) => view.isTimelineShown);
  const keyOf = useVideoKeys();
  // Here, and not above: what is said last goes first, so that undo and paste mean what they do in a video.
  useVideoActions(session, carry);
  return (
    <div className={videoClasses.dock}>
      <VideoNotice session={session} />
      <ScrubBar player={session.player} store={session.store} />
      <PlayerBar player={session.player} keyOf={keyOf}>
        <div className={videoClasses.rule} />
        <Said session={session} />
        <div className={videoClasses.grow} />
        {session.desk.isEditable && <TrackButtons session={session} carry={carry} keyOf={keyOf} />}
        <BarButton
          name="The selected track, frame by frame"
          icon={IconPhotoScan}
          isActive={isStripShown}
          onClick={() => {
            setStripShown((now) => !now);
          }}
        />
        <BarButton
          name="Timeline"
          keyName={keyOf("video.timeline")}
          icon={IconTimeline}
          isActive={isTimelineShown}
          onClick={() => {
            store.setState({ isTimelineShown: !isTimelineShown });
          }}
        />
      </PlayerBar>
      {isStripShown && <TrackStrip session={session} />}
      {isTimelineShown && <Timeline session={session} labelColor={labelColor} hint={HINT} />}
      <Deleting session={session} />
    </div>
  );
}

/** What is said of the selected track in this frame, and by whom. */
function Said({ session }: { readonly session: VideoSession }) {
  useDesk(session.desk);
  return (
    <span className={videoClasses.said} role="status" data-shown-frame={session.desk.frame}>
      <SaidWords session={session} />
    </span>
  );
}

function SaidWords({ session }: { readonly session: VideoSession }) {
  const { desk } = session;
  const [id, ...more] = desk.chosen;
  if (id === undefined) return "No track selected";
  if (more.length > 0) return `${String(more.length + 1)} tracks selected`;
  const label = desk.doc.peek(id)?.label ?? "";
  const state = stateAt(desk.keyframesOf(id), desk.frame);
  const [by, words] = saidOf(state);
  return (
    <>
      <span className={videoClasses.diamond} data-by={by} />
      {label}: {words}
    </>
  );
}

function saidOf(state: ReturnType<typeof stateAt>): readonly [string, string] {
  if (state === null) return ["none", "not in the picture"];
  const { from, isKeyframe } = state;
  if (!isKeyframe) return ["none", state.to === null ? "as in the last keyframe" : "between keyframes"];
  if (from.by === "person") return ["person", "keyframe"];
  const sure = from.confidence === null ? "" : `, ${String(Math.round(from.confidence * 100))}% sure`;
  return [isLow(from) ? "low" : "tracker", from.by === "tracker" ? `tracker${sure}` : `imported${sure}`];
}

interface TrackButtonsProps {
  readonly session: VideoSession;
  readonly carry: Carry;
  readonly keyOf: (action: string) => string | undefined;
}

const BUTTONS = [
  ["video.keyframe", "Keyframe here, or none any more", IconDiamond],
  ["video.outside", "Outside the picture from here on", IconDoorExit],
  ["video.split", "Split the track here", IconArrowsSplit2],
  ["video.merge", "Make one track of two", IconArrowMerge],
  ["video.accept", "Accept what the tracker said", IconCheck],
  ["video.clear", "Forget what the tracker said", IconEraser],
] as const;

function TrackButtons({ session, carry, keyOf }: TrackButtonsProps) {
  const { keyboard } = useStudio();
  useDesk(session.desk);
  const isNone = session.desk.chosen.size === 0;
  return (
    <>
      {BUTTONS.map(([action, name, icon]) => (
        <BarButton
          key={action}
          name={name}
          icon={icon}
          keyName={keyOf(action)}
          isDisabled={isNone}
          onClick={() => {
            keyboard.run(action);
          }}
        />
      ))}
      <CarryMenu carry={carry} keyName={keyOf("video.propagate")} isDisabled={isNone} />
      <div className={videoClasses.rule} />
    </>
  );
}

function Deleting({ session }: { readonly session: VideoSession }) {
  const { store } = useStudio();
  const ids = useView((view) => view.deleting);
  const reach = useView((view) => view.deleteReach);
  if (ids === null) return null;
  const [first] = ids;
  const label = first === undefined ? undefined : session.desk.doc.peek(first)?.label;
  const close = () => {
    store.setState({ deleting: null });
  };
  return (
    <DeleteTracks
      what={ids.length === 1 ? (label ?? "track") : `${String(ids.length)} tracks`}
      frame={session.desk.frame}
      last={reach}
      onClose={close}
      onChoose={(choice) => {
        store.setState({ deleting: null, deleteReach: choice.reach, isDeleteAsked: !choice.isRemembered });
        deleteNow(store, { ids, reach: choice.reach });
      }}
    />
  );
}

/** The first key of each action of a video. */
function useVideoKeys(): (action: string) => string | undefined {
  const play = useKeysOf("video.play");
  const { keyboard } = useStudio();
  return (action) => (action === "video.play" ? play[0] : shown(keyboard.keysOf(action)[0]));
}

function shown(chord: string | undefined): string | undefined {
  return chord === undefined ? undefined : showChord(chord);
}
