import { ActionIcon, Menu, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerTrackNextFilled,
  IconPlayerTrackPrevFilled,
} from "@tabler/icons-react";
import { useState, type ComponentType, type ReactNode } from "react";

import { usePlayer } from "./hooks";
import { SPEEDS, type Player } from "./player";
import { readPlace, showTime } from "./times";
import classes from "./video.module.css";

export interface PlayerBarProps {
  readonly player: Player;
  /** The key of an action, to be shown beside its name. */
  readonly keyOf?: (action: string) => string | undefined;
  readonly children?: ReactNode;
}

/** Play, step, time and speed. */
export function PlayerBar({ player, keyOf, children }: PlayerBarProps) {
  const { isPlaying, speed } = usePlayer(player);
  return (
    <div className={classes.bar} role="toolbar" aria-label="Video">
      <BarButton
        name="First frame"
        keyName={keyOf?.("video.first")}
        icon={IconPlayerSkipBackFilled}
        onClick={() => {
          player.seek(0);
        }}
      />
      <BarButton
        name="Frame before"
        keyName={keyOf?.("video.previous_frame")}
        icon={IconPlayerTrackPrevFilled}
        onClick={() => {
          player.step(-1);
        }}
      />
      <BarButton
        name={isPlaying ? "Stop" : "Play"}
        keyName={keyOf?.("video.play")}
        icon={isPlaying ? IconPlayerPauseFilled : IconPlayerPlayFilled}
        isFilled
        onClick={() => {
          player.toggle();
        }}
      />
      <BarButton
        name="Next frame"
        keyName={keyOf?.("video.next_frame")}
        icon={IconPlayerTrackNextFilled}
        onClick={() => {
          player.step(1);
        }}
      />
      <BarButton
        name="Last frame"
        keyName={keyOf?.("video.last")}
        icon={IconPlayerSkipForwardFilled}
        onClick={() => {
          player.seek(player.frameCount - 1);
        }}
      />
      <Place player={player} />
      <Menu position="top" withinPortal>
        <Menu.Target>
          <UnstyledButton className={classes.time} aria-label={`Speed: ${String(speed)} times`}>
            {speed}×
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {SPEEDS.map((one) => (
            <Menu.Item
              key={one}
              fw={one === speed ? 700 : undefined}
              onClick={() => {
                player.setSpeed(one);
              }}
            >
              {one}×
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {children}
    </div>
  );
}

/** Time and frame; a click, and one types where to go. */
function Place({ player }: { readonly player: Player }) {
  const { frame } = usePlayer(player);
  const [text, setText] = useState<string | null>(null);
  const go = () => {
    const target = text === null ? null : readPlace(text, player.times);
    if (target !== null) player.seek(target);
    setText(null);
  };
  const end = player.times.timeOf(Math.max(0, player.frameCount - 1));
  return (
    <div className={classes.time}>
      {showTime(player.times.timeOf(frame))} <span className={classes.dim}>/ {showTime(end)}</span>{" "}
      {text === null ? (
        <UnstyledButton
          data-video-place
          fz={12}
          px={4}
          aria-label={`Frame ${String(frame)} of ${String(player.frameCount)}: go to another`}
          style={{ minWidth: 76, textAlign: "start" }}
          onClick={() => {
            setText("");
          }}
        >
          frame {frame}
        </UnstyledButton>
      ) : (
        <TextInput
          size="xs"
          autoFocus
          placeholder="frame or 0:07.4"
          aria-label="Go to a frame or a time"
          value={text}
          style={{ display: "inline-block", width: 120 }}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") go();
            if (event.key === "Escape") setText(null);
            event.stopPropagation();
          }}
          onBlur={go}
        />
      )}
    </div>
  );
}

export interface BarButtonProps {
  readonly name: string;
  readonly icon: ComponentType<{ readonly size?: number }>;
  readonly onClick: () => void;
  readonly keyName?: string | undefined;
  readonly isFilled?: boolean;
  readonly isActive?: boolean;
  readonly isDisabled?: boolean;
}

/** A small button of the bar; a press leaves the focus where it is. */
export function BarButton(props: BarButtonProps) {
  const {
    name,
    icon: Icon,
    onClick,
    keyName,
    isFilled = false,
    isActive = false,
    isDisabled = false,
  } = props;
  return (
    <Tooltip label={keyName === undefined ? name : `${name} (${keyName})`}>
      <ActionIcon
        size={28}
        variant={isFilled ? "filled" : isActive ? "light" : "subtle"}
        color={isFilled || isActive ? "whorl" : "gray"}
        disabled={isDisabled}
        aria-label={name}
        aria-keyshortcuts={keyName}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={onClick}
      >
        <Icon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
