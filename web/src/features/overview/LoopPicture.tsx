import { Text } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { LiveCount } from "./LiveCount";
import type { LoopStage, Place } from "./loop";
import classes from "./loop.module.css";

export interface LoopPictureProps {
  readonly stages: readonly LoopStage[];
  readonly projectId: string;
  /** What stands inside the loop. */
  readonly children: ReactNode;
}

const SIDE = 18;
const CARD_HEIGHT = 90;

/** The loop as a ring: items go along the top, models come back along the bottom; each stage leads to its work. */
export function LoopPicture({ stages, projectId, children }: LoopPictureProps) {
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const half = Math.ceil(stages.length / 2);
  const isMoving = stages.some((one) => one.isMoving || one.isWaiting);
  return (
    <div ref={ref} className={classes.loop} role="group" aria-label="The loop of this project">
      {width > 0 && height > 0 && (
        <svg className={classes.ring} width={width} height={height} aria-hidden="true">
          <path className={classes.track} d={ringPath({ width, height })} />
          <path className={classes.tip} d={tipPath({ x: width - SIDE, y: height / 2, isDown: true })} />
          <path className={classes.tip} d={tipPath({ x: SIDE, y: height / 2, isDown: false })} />
          <path className={classes.flow} data-moving={isMoving} d={ringPath({ width, height })} />
        </svg>
      )}
      <ol className={classes.row}>
        {stages.slice(0, half).map((stage) => (
          <StageCard key={stage.key} stage={stage} projectId={projectId} />
        ))}
      </ol>
      <div className={classes.middle}>{children}</div>
      <ol className={classes.row} data-back="true" start={half + 1}>
        {stages.slice(half).map((stage) => (
          <StageCard key={stage.key} stage={stage} projectId={projectId} />
        ))}
      </ol>
    </div>
  );
}

/** Around the middles of both rows, clockwise from the left of the upper one. */
function ringPath({ width, height }: { width: number; height: number }): string {
  const top = CARD_HEIGHT / 2;
  const bottom = height - CARD_HEIGHT / 2;
  const left = SIDE;
  const right = width - SIDE;
  const r = Math.min(34, (bottom - top) / 2);
  const corner = (x: number, y: number) => `A${String(r)} ${String(r)} 0 0 1 ${String(x)} ${String(y)}`;
  return [
    `M${String(left + r)} ${String(top)}`,
    `H${String(right - r)}${corner(right, top + r)}`,
    `V${String(bottom - r)}${corner(right - r, bottom)}`,
    `H${String(left + r)}${corner(left, bottom - r)}`,
    `V${String(top + r)}${corner(left + r, top)}Z`,
  ].join("");
}

/** A small arrow head on one of the sides. */
function tipPath({ x, y, isDown }: { x: number; y: number; isDown: boolean }): string {
  const by = isDown ? 7 : -7;
  return `M${String(x - 8)} ${String(y - by / 2)}h16l-8 ${String(by * 1.5)}z`;
}

function StageCard({ stage, projectId }: { readonly stage: LoopStage; readonly projectId: string }) {
  return (
    <li className={classes.cell}>
      <PlaceLink place={stage.place} projectId={projectId} stage={stage}>
        <Text size="xs" fw={600} className={classes.title}>
          {stage.title}
          {stage.isMoving && <span className={classes.dot} title="At work now" />}
        </Text>
        {stage.count !== null && <LiveCount value={stage.count} />}
        <Text className={classes.words}>{stage.words}</Text>
      </PlaceLink>
    </li>
  );
}

interface PlaceLinkProps {
  readonly place: Place;
  readonly projectId: string;
  readonly stage: LoopStage;
  readonly children: ReactNode;
}

function PlaceLink({ place, projectId, stage, children }: PlaceLinkProps) {
  const look = {
    className: classes.card,
    "data-unused": stage.count === null,
    "data-waiting": stage.isWaiting,
  };
  switch (place.page) {
    case "explorer":
      return (
        <Link {...look} to="/p/$projectId/explorer" params={{ projectId }}>
          {children}
        </Link>
      );
    case "pipeline":
      return (
        <Link {...look} to="/p/$projectId/pipelines/$pipelineId" params={{ projectId, pipelineId: place.id }}>
          {children}
        </Link>
      );
    case "model":
      return (
        <Link {...look} to="/p/$projectId/models/$modelId" params={{ projectId, modelId: place.id }}>
          {children}
        </Link>
      );
    case "comparison":
      return (
        <Link
          {...look}
          to="/p/$projectId/comparisons/$comparisonId"
          params={{ projectId, comparisonId: place.id }}
        >
          {children}
        </Link>
      );
    default:
      return (
        <Link {...look} to={`/p/$projectId/${place.page}`} params={{ projectId }}>
          {children}
        </Link>
      );
  }
}
