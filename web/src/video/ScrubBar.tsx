import { useEffect, useRef, useState, type PointerEvent } from "react";

import type { FrameStore } from "./frameStore";
import { usePlayer } from "./hooks";
import type { Player } from "./player";
import { showTime } from "./times";
import classes from "./video.module.css";

export interface ScrubBarProps {
  readonly player: Player;
  readonly store: FrameStore;
}

/** The whole video as one line: what is at hand, what was played; a drag goes through it. */
export function ScrubBar({ player, store }: ScrubBarProps) {
  const { frame } = usePlayer(player);
  const place = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const last = Math.max(1, player.frameCount - 1);
  const frameOf = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    return Math.round(Math.min(1, Math.max(0, share)) * last);
  };
  const scrub = (event: PointerEvent, isOver: boolean) => {
    player.seek(frameOf(event), { isScrubbing: !isOver });
  };
  return (
    <div
      ref={place}
      className={classes.scrub}
      role="slider"
      tabIndex={0}
      aria-label="Place in the video"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={frame}
      aria-valuetext={`frame ${String(frame)}, ${showTime(player.times.timeOf(frame))}`}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        player.step(by);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event, false);
      }}
      onPointerMove={(event) => {
        setHovered(frameOf(event));
        if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(event, false);
      }}
      onPointerUp={(event) => {
        scrub(event, true);
      }}
      onPointerLeave={() => {
        setHovered(null);
      }}
    >
      <Buffered store={store} last={last} />
      <div className={classes.played} style={{ width: percent(frame / last) }} />
      <div className={classes.knob} style={{ left: percent(frame / last) }} />
      {hovered !== null && (
        <div className={classes.hint} style={{ left: percent(hovered / last) }}>
          {showTime(player.times.timeOf(hovered))} · {hovered}
        </div>
      )}
    </div>
  );
}

/** What is at hand; looked at a few times a second, for it changes with every frame. */
function Buffered({ store, last }: { readonly store: FrameStore; readonly last: number }) {
  const [runs, setRuns] = useState(() => store.buffered());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const look = () => {
      timer ??= setTimeout(() => {
        timer = null;
        setRuns(store.buffered());
      }, 300);
    };
    const stop = store.follow(look);
    look();
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store]);
  return runs.map(([from, to]) => (
    <div
      key={from}
      className={classes.buffered}
      style={{ left: percent(from / last), width: percent(Math.min(1, (to - from + 1) / last)) }}
    />
  ));
}

function percent(share: number): string {
  return `${String(Math.round(share * 1e5) / 1e3)}%`;
}
