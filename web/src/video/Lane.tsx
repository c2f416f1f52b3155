import { UnstyledButton, useComputedColorScheme } from "@mantine/core";
import { memo, useLayoutEffect, useRef, useState, type PointerEvent } from "react";

import { nearestSeen } from "@/canvas/tracks/look";
import type { Shape } from "@/canvas/types";

import { drawLane, keyframeAt } from "./laneDraw";
import type { VideoSession } from "./session";
import { prepared } from "./sharp";
import { frameAtX, type TimeView } from "./timeView";
import classes from "./video.module.css";

const HEIGHT = 22;
/** A press becomes a drag when it has gone this far. */
const DRAG_PX = 4;

export interface LaneProps {
  readonly session: VideoSession;
  readonly track: Shape;
  readonly number: number;
  readonly top: number;
  readonly view: TimeView;
  readonly width: number;
  readonly color: string;
  readonly isChosen: boolean;
}

interface Drag {
  readonly from: number;
  readonly to: number;
  readonly startX: number;
  readonly isMoved: boolean;
}

/** One track: its name, where it is seen, its keyframes, which a drag moves. */
export const Lane = memo(function Lane(props: LaneProps) {
  const { session, track, number, top, view, width, color, isChosen } = props;
  const { player, desk } = session;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const isDark = useComputedColorScheme("light") === "dark";
  const keyframes = track.geometry.type === "track" ? track.geometry.keyframes : null;
  useLayoutEffect(() => {
    const context = prepared(canvas.current, { width, height: HEIGHT });
    if (context === null || keyframes === null) return;
    drawLane(context, {
      keyframes,
      frameCount: desk.frameCount,
      view,
      width,
      height: HEIGHT,
      color,
      ink: isDark ? "#e9ecef" : "#212529",
      paper: isDark ? "#1f2327" : "#ffffff",
      dragged: drag?.isMoved === true ? drag : null,
    });
  }, [keyframes, desk, view, width, color, isDark, drag]);
  const xIn = (event: PointerEvent<HTMLCanvasElement>) =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;
  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    if (keyframes === null) return;
    const x = xIn(event);
    const hit = keyframeAt(x, { view, width, keyframes });
    desk.choose(event.shiftKey ? [...desk.chosen, track.id] : [track.id]);
    player.seek(hit?.frame ?? Math.floor(frameAtX(x, view, width)));
    if (hit === null || !desk.isEditable) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: hit.frame, to: hit.frame, startX: x, isMoved: false });
  };
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    if (drag === null) return;
    const x = xIn(event);
    if (!drag.isMoved && Math.abs(x - drag.startX) < DRAG_PX) return;
    const to = Math.min(Math.max(0, Math.floor(frameAtX(x, view, width))), desk.frameCount - 1);
    setDrag({ ...drag, to, isMoved: true });
  };
  const up = () => {
    if (drag?.isMoved === true && desk.moveKeyframe(track.id, drag)) player.seek(drag.to);
    setDrag(null);
  };
  return (
    <div
      className={classes.lane}
      data-chosen={isChosen}
      style={{ transform: `translateY(${String(top)}px)` }}
    >
      <UnstyledButton
        className={classes.laneName}
        aria-pressed={isChosen}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={(event) => {
          desk.choose(event.shiftKey ? [...desk.chosen, track.id] : [track.id]);
          const seen = keyframes === null ? null : nearestSeen(keyframes, player.state.frame);
          if (seen !== null) player.seek(seen);
        }}
      >
        <span className={classes.swatch} style={{ background: color }} />
        <span>{track.label}</span>
        <span className={classes.dim}>{number}</span>
      </UnstyledButton>
      <canvas
        ref={canvas}
        className={classes.laneCanvas}
        aria-label={`${track.label} ${String(number)}: ${String(keyframes?.length ?? 0)} keyframes`}
        role="img"
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => {
          setDrag(null);
        }}
      />
    </div>
  );
});
