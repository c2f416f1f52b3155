import { ActionIcon, Tooltip } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { IconArrowsHorizontal, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type PointerEvent,
  type ReactNode,
} from "react";

import type { Shape } from "@/canvas/types";

import { useLaggingDesk, usePlayer } from "./hooks";
import { Lane } from "./Lane";
import type { VideoSession } from "./session";
import { prepared } from "./sharp";
import { showTime } from "./times";
import { frameAtX, shifted, showing, ticksOf, wholeVideo, xOf, zoomed, type TimeView } from "./timeView";
import classes from "./video.module.css";

const LANE_PX = 22;
const ZOOM_STEP = 1.5;

export interface TimelineProps {
  readonly session: VideoSession;
  readonly labelColor: (label: string) => string;
  /** What stands there while there is no track. */
  readonly hint: string;
}

/** Every track as a lane of its own; a long list costs no more than what is seen of it. */
export function Timeline({ session, labelColor, hint }: TimelineProps) {
  const { player, desk } = session;
  const { frameCount } = desk;
  const version = useLaggingDesk(desk);
  const tracks = useMemo(() => listTracks(desk, version), [desk, version]);
  const { ref, width } = useElementSize();
  const [view, setView] = useState(() => wholeVideo(frameCount));
  useFollowedFrame(session, setView);
  const zoom = (factor: number, about: number = player.state.frame) => {
    setView((now) => zoomed(now, { about, factor, frameCount }));
  };
  const place = useWheel((event, x) => {
    const about = frameAtX(x, view, width);
    if (event.ctrlKey || event.metaKey) zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP, about);
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const by =
        ((event.deltaX + (event.shiftKey ? event.deltaY : 0)) / Math.max(1, width)) * (view.to - view.from);
      setView((now) => shifted(now, by, frameCount));
    } else return false;
    return true;
  });
  return (
    <section ref={place} className={classes.timeline} aria-label="Timeline">
      <div className={classes.axisName}>
        <span style={{ flex: 1 }}>{tracks.length === 1 ? "1 track" : `${String(tracks.length)} tracks`}</span>
        <ZoomButton
          name="Timeline: farther"
          onClick={() => zoom(1 / ZOOM_STEP)}
          icon={<IconZoomOut size={14} />}
        />
        <ZoomButton name="Timeline: closer" onClick={() => zoom(ZOOM_STEP)} icon={<IconZoomIn size={14} />} />
        <ZoomButton
          name="Timeline: the whole video"
          onClick={() => {
            setView(wholeVideo(frameCount));
          }}
          icon={<IconArrowsHorizontal size={14} />}
        />
      </div>
      <div ref={ref} style={{ minWidth: 0 }}>
        <Axis session={session} view={view} width={width} />
      </div>
      {tracks.length === 0 ? (
        <div className={classes.empty}>{hint}</div>
      ) : (
        <Lanes session={session} tracks={tracks} view={view} width={width} labelColor={labelColor} />
      )}
      <Playhead session={session} view={view} width={width} />
    </section>
  );
}

function listTracks(desk: VideoSession["desk"], version: number): readonly Shape[] {
  return version < 0 ? [] : desk.tracks();
}

/** While it plays or is stepped, the frame stays in sight. */
function useFollowedFrame(
  { player, desk }: VideoSession,
  setView: (next: (now: TimeView) => TimeView) => void,
): void {
  useEffect(
    () =>
      player.followState(({ frame }) => {
        setView((now) => showing(now, frame, desk.frameCount));
      }),
    [player, desk, setView],
  );
}

/** React's wheel events cannot be kept from scrolling the page. */
function useWheel(work: (event: WheelEvent, x: number) => boolean) {
  const place = useRef<HTMLElement>(null);
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  });
  useEffect(() => {
    const element = place.current;
    const wheel = (event: WheelEvent) => {
      const left = element?.getBoundingClientRect().left ?? 0;
      if (latest.current(event, event.clientX - left - NAMES_PX)) event.preventDefault();
    };
    element?.addEventListener("wheel", wheel, { passive: false });
    return () => element?.removeEventListener("wheel", wheel);
  }, []);
  return place;
}

const NAMES_PX = 168;

interface ZoomButtonProps {
  readonly name: string;
  readonly icon: ReactNode;
  readonly onClick: () => void;
}

function ZoomButton({ name, icon, onClick }: ZoomButtonProps) {
  return (
    <Tooltip label={name}>
      <ActionIcon
        size={18}
        variant="subtle"
        color="gray"
        aria-label={name}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

interface AxisProps {
  readonly session: VideoSession;
  readonly view: TimeView;
  readonly width: number;
}

function Axis({ session, view, width }: AxisProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { player } = session;
  useLayoutEffect(() => {
    const context = prepared(canvas.current, { width, height: LANE_PX });
    if (context !== null) drawAxis(context, { player, view, width });
  }, [player, view, width]);
  const go = (event: PointerEvent<HTMLCanvasElement>, isOver: boolean) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    player.seek(Math.floor(frameAtX(x, view, width)), { isScrubbing: !isOver });
  };
  return (
    <canvas
      ref={canvas}
      className={classes.axis}
      style={{ width: "100%" }}
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event, false);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) go(event, false);
      }}
      onPointerUp={(event) => {
        go(event, true);
      }}
    />
  );
}

function drawAxis(
  context: CanvasRenderingContext2D,
  {
    player,
    view,
    width,
  }: { readonly player: VideoSession["player"]; readonly view: TimeView; readonly width: number },
): void {
  const { times } = player;
  const ink = getComputedStyle(context.canvas).color;
  context.clearRect(0, 0, width, LANE_PX);
  context.fillStyle = ink;
  context.font = "10px system-ui, sans-serif";
  context.textBaseline = "middle";
  const [fromS, toS] = [
    times.timeOf(Math.floor(view.from)),
    times.timeOf(Math.min(player.frameCount, Math.ceil(view.to))),
  ];
  const { stepS, times: ticks } = ticksOf({ fromS, toS, width, leastPx: 70 });
  for (const time of ticks) {
    const x = xOf(times.frameAt(time), view, width);
    context.globalAlpha = 0.35;
    context.fillRect(Math.round(x), 14, 1, 8);
    context.globalAlpha = 0.75;
    context.fillText(stepS < 1 ? showTime(time) : showTime(time).replace(/\.00$/, ""), x + 3, 9);
  }
  context.globalAlpha = 1;
}

interface LanesProps extends AxisProps {
  readonly tracks: readonly Shape[];
  readonly labelColor: (label: string) => string;
}

function Lanes({ session, tracks, view, width, labelColor }: LanesProps) {
  const place = useRef<HTMLDivElement>(null);
  // What it returns is used in this render only, so that nothing stale can be kept of it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: tracks.length,
    getScrollElement: () => place.current,
    estimateSize: () => LANE_PX,
    overscan: 3,
  });
  const { chosen } = session.desk;
  const [first] = chosen;
  const at = first === undefined ? -1 : tracks.findIndex(({ id }) => id === first);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows]);
  return (
    <div ref={place} className={classes.lanes}>
      <div style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const track = tracks[row.index];
          return track === undefined ? null : (
            <Lane
              key={track.id}
              session={session}
              track={track}
              number={row.index + 1}
              top={row.start}
              view={view}
              width={width}
              color={labelColor(track.label)}
              isChosen={chosen.has(track.id)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** A line where the frame is. */
function Playhead({ session, view, width }: AxisProps) {
  const { frame } = usePlayer(session.player);
  const x = (xOf(frame, view, width) + xOf(frame + 1, view, width)) / 2;
  if (x < 0 || x > width) return null;
  return <div className={classes.playhead} style={{ transform: `translateX(${String(Math.round(x))}px)` }} />;
}
