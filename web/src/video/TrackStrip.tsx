import { UnstyledButton } from "@mantine/core";
import { useMemo } from "react";

import { frameUrl } from "@/api/queries/videos";
import { frameBox, steadiness, stripFrames } from "@/canvas/tracks/look";
import { shapeAt } from "@/canvas/tracks/interpolate";
import type { Keyframe, Rect, Shape } from "@/canvas/types";

import { useLaggingDesk, usePlayer } from "./hooks";
import type { VideoSession } from "./session";
import classes from "./video.module.css";

const CROP = { width: 62, height: 50 };
const MOST_CROPS = 48;
const MOST_POINTS = 400;
/** An object that overlaps itself less than this in the next frame did not just move. */
const BREAK = 0.5;

/** The selected track as small pictures, with how much each frame overlaps the next; a click goes there. */
export function TrackStrip({ session }: { readonly session: VideoSession }) {
  const version = useLaggingDesk(session.desk);
  const track = useMemo(() => chosenTrack(session, version), [session, version]);
  if (track?.geometry.type !== "track") {
    return <div className={classes.strip}>Select a track to see it frame by frame.</div>;
  }
  const { keyframes } = track.geometry;
  return (
    <div className={classes.strip} role="group" aria-label={`${track.label}, frame by frame`}>
      <Crops session={session} keyframes={keyframes} />
      <Sparkline session={session} keyframes={keyframes} />
    </div>
  );
}

function chosenTrack({ desk }: VideoSession, version: number): Shape | null {
  const [id] = version < 0 ? [] : desk.chosen;
  return id === undefined ? null : desk.doc.peek(id);
}

interface PartProps {
  readonly session: VideoSession;
  readonly keyframes: readonly Keyframe[];
}

function Crops({ session, keyframes }: PartProps) {
  const { player, facts, desk } = session;
  const { frame: now } = usePlayer(player);
  const frames = useMemo(
    () => stripFrames(keyframes, { frameCount: desk.frameCount, most: MOST_CROPS }),
    [keyframes, desk],
  );
  const current = frames.filter((frame) => frame <= now).at(-1) ?? frames[0];
  return (
    <div className={classes.crops}>
      {frames.map((frame) => {
        const shape = shapeAt(keyframes, frame);
        const box = shape === null ? null : frameBox(shape);
        return box === null ? null : (
          <UnstyledButton
            key={frame}
            className={classes.crop}
            data-current={frame === current}
            aria-label={`Frame ${String(frame)}`}
            onMouseDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              player.seek(frame);
            }}
          >
            <Cut itemId={facts.itemId} size={facts} frame={frame} box={box} />
            <span>{frame}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
}

interface CutProps {
  readonly itemId: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly frame: number;
  readonly box: Rect;
}

/** The part of a frame around a box, a tenth wider on every side. */
function Cut({ itemId, size, frame, box }: CutProps) {
  const margin = Math.max(box.x1 - box.x0, box.y1 - box.y0) * 0.1 + 2;
  const width = box.x1 - box.x0 + 2 * margin;
  const height = box.y1 - box.y0 + 2 * margin;
  const scale = Math.min(CROP.width / width, CROP.height / height);
  const left = CROP.width / 2 - ((box.x0 + box.x1) / 2) * scale;
  const top = CROP.height / 2 - ((box.y0 + box.y1) / 2) * scale;
  const shown = size.width * scale * window.devicePixelRatio;
  return (
    <img
      alt=""
      loading="lazy"
      decoding="async"
      src={frameUrl(itemId, frame, shown >= size.width ? null : Math.max(320, shown))}
      style={{
        width: size.width * scale,
        height: size.height * scale,
        transform: `translate(${String(left)}px, ${String(top)}px)`,
      }}
    />
  );
}

/** Overlap from frame to frame; where the line falls, the track may have jumped. */
function Sparkline({ session, keyframes }: PartProps) {
  const { player } = session;
  const first = keyframes[0]?.frame ?? 0;
  const last = Math.max(first + 1, keyframes.at(-1)?.frame ?? 0);
  const points = useMemo(() => sparkPoints(keyframes, { first, last }), [keyframes, first, last]);
  const { frame: now } = usePlayer(player);
  const x = (frame: number) => ((frame - first) / (last - first)) * 100;
  const y = (overlap: number) => 24 - overlap * 22;
  return (
    <svg
      className={classes.spark}
      viewBox="0 0 100 26"
      preserveAspectRatio="none"
      role="img"
      aria-label="Overlap of each frame with the next"
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const frame = first + ((event.clientX - box.left) / Math.max(1, box.width)) * (last - first);
        player.seek(nearestBreak(points, frame, (last - first) * 0.02) ?? frame);
      }}
    >
      <line
        x1={0}
        x2={100}
        y1={y(BREAK)}
        y2={y(BREAK)}
        stroke="currentColor"
        strokeWidth={0.4}
        opacity={0.25}
      />
      <polyline
        points={points
          .map(({ frame, overlap }) => `${x(frame).toFixed(2)},${y(overlap).toFixed(2)}`)
          .join(" ")}
        fill="none"
        stroke="var(--mantine-primary-color-filled)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
      {points
        .filter(({ overlap }) => overlap < BREAK)
        .map(({ frame, overlap }) => (
          <line
            key={frame}
            x1={x(frame)}
            x2={x(frame)}
            y1={y(overlap)}
            y2={25}
            stroke="#e03131"
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      <line
        x1={x(now)}
        x2={x(now)}
        y1={0}
        y2={26}
        stroke="currentColor"
        strokeWidth={1}
        opacity={0.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

interface SparkPoint {
  readonly frame: number;
  readonly overlap: number;
}

/** Of a long track the worst overlap of each stretch: a break must not fall between two points. */
function sparkPoints(
  keyframes: readonly Keyframe[],
  { first, last }: { readonly first: number; readonly last: number },
): readonly SparkPoint[] {
  const stretch = Math.max(1, Math.ceil((last - first) / MOST_POINTS));
  const points: SparkPoint[] = [];
  for (let from = first; from < last; from += stretch) {
    let worst: SparkPoint | null = null;
    for (let frame = from; frame < Math.min(last, from + stretch); frame += 1) {
      const overlap = steadiness(keyframes, frame);
      if (overlap !== null && (worst === null || overlap < worst.overlap)) worst = { frame, overlap };
    }
    if (worst !== null) points.push(worst);
  }
  return points;
}

function nearestBreak(points: readonly SparkPoint[], frame: number, within: number): number | null {
  const near = points.filter(
    ({ overlap, frame: at }) => overlap < BREAK && Math.abs(at - frame) <= Math.max(1, within),
  );
  const [best] = near.sort((a, b) => Math.abs(a.frame - frame) - Math.abs(b.frame - frame));
  return best?.frame ?? null;
}
