import { Center, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { videoQuery } from "@/api/queries/videos";
import type { VideoInfo } from "@/api/schema.gen";
import type { Engine, EngineOptions, Theme } from "@/canvas/engine";
import { randomId } from "@/canvas/engine/randomId";
import { ShapeDocument } from "@/canvas/model/document";
import type { Shape, ShapeId } from "@/canvas/types";
import { CanvasView } from "@/canvas-react/CanvasView";

import { usePlayer, useVideoSession } from "./hooks";
import { PlayerBar } from "./PlayerBar";
import { ScrubBar } from "./ScrubBar";
import type { VideoSession } from "./session";
import { Timeline } from "./Timeline";
import classes from "./video.module.css";

export interface VideoViewerProps {
  readonly itemId: string;
  readonly shapes: readonly Shape[];
  readonly theme: Theme;
  readonly options?: Partial<EngineOptions>;
  /** Tracks to point out: the video goes to where they are. */
  readonly selected?: readonly ShapeId[];
  readonly hasTimeline?: boolean;
}

/** A video with its tracks, to be looked at: plays, steps, zooms; nothing can be changed. */
export function VideoViewer(props: VideoViewerProps) {
  const info = useQuery(videoQuery(props.itemId));
  if (info.error !== null && info.data === undefined) {
    return <Words text={`The video cannot be shown: ${info.error.message}.`} />;
  }
  if (info.data === undefined) {
    return (
      <Center h="100%" mih={160}>
        <Loader size="sm" aria-label="Loading the video" />
      </Center>
    );
  }
  if (info.data.n_frames === 0) return <Words text={noFrames(info.data)} />;
  return <Stage {...props} info={info.data} />;
}

/** What is said of a video of which nothing can be shown. */
export function noFrames(info: VideoInfo): string {
  return `This video has no frame that decodes${info.problem === null ? "" : `: ${info.problem}`}.`;
}

function Words({ text }: { readonly text: string }) {
  return (
    <Center h="100%" mih={160} p="md">
      <Text size="sm" c="dimmed" ta="center">
        {text}
      </Text>
    </Center>
  );
}

const NOTHING = () => undefined;

function Stage(props: VideoViewerProps & { readonly info: VideoInfo }) {
  const { info, shapes, theme, options, selected, hasTimeline = false } = props;
  const [engine, setEngine] = useState<Engine | null>(null);
  const doc = useMemo(
    () => new ShapeDocument({ width: info.width, height: info.height }, shapes),
    [info, shapes],
  );
  const open = useMemo(
    () => ({ info, doc, history: null, newId: randomId, askDelete: NOTHING, say: NOTHING }),
    [info, doc],
  );
  const session = useVideoSession(open);
  useEffect(() => {
    if (engine === null || session === null) return undefined;
    return session.attach(engine);
  }, [engine, session]);
  useEffect(() => {
    if (session === null || selected === undefined) return;
    session.choose(selected);
  }, [session, selected]);
  return (
    <div className={classes.viewer}>
      <div className={classes.screen}>
        <CanvasView
          theme={theme}
          options={options}
          onReady={(made) => {
            setEngine(made);
            return () => {
              setEngine(null);
            };
          }}
        />
        {session !== null && <VideoNotice session={session} />}
      </div>
      {session !== null && (
        <div className={classes.dock}>
          <ScrubBar player={session.player} store={session.store} />
          <PlayerBar player={session.player} />
          {hasTimeline && session.desk.tracks().length > 0 && (
            <Timeline session={session} labelColor={options?.labelColor ?? plain} hint="" />
          )}
        </div>
      )}
    </div>
  );
}

function plain(): string {
  return "#868e96";
}

/** What is wrong with the video or the way to it; nothing when all is well. */
export function VideoNotice({ session }: { readonly session: VideoSession }) {
  const { problem } = usePlayer(session.player);
  const text = problem ?? session.facts.problem;
  return text === null ? null : (
    <div className={classes.notice} role="status">
      {text}
    </div>
  );
}
