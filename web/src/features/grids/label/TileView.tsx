import { memo } from "react";

import { inkOn } from "../names";
import { sayMissing, sharpen } from "../picture";

import classes from "./label.module.css";

export interface TileViewProps {
  readonly itemId: string;
  readonly proposed: string | null;
  readonly confidence: number | null;
  readonly chosen: string | null;
  /** Classes that stand on the item already. */
  readonly standing: string;
  readonly isSelected: boolean;
  readonly isFocus: boolean;
  readonly isRework: boolean;
  readonly reason: string | null;
  readonly hint: string;
  readonly colorOf: (label: string) => string;
}

/** One item: its picture, what is proposed for it, and what it was given. */
export const TileView = memo(function TileView(props: TileViewProps) {
  const { itemId, proposed, confidence, chosen, standing, reason, colorOf } = props;
  const isAgreed = chosen !== null && chosen === proposed;
  const score = confidence === null ? "" : ` ${String(Math.round(confidence * 100))}%`;
  return (
    <div
      id={`tile-${itemId}`}
      data-tile={itemId}
      data-selected={props.isSelected}
      data-focus={props.isFocus}
      data-chosen={chosen !== null}
      data-refused={reason !== null}
      className={classes.tile}
      role="checkbox"
      aria-checked={props.isSelected}
      aria-label={sayTile(props)}
    >
      <img
        src={`/api/v1/items/${encodeURIComponent(itemId)}/thumbnail`}
        alt=""
        draggable={false}
        decoding="async"
        onLoad={sharpen}
        onError={sayMissing}
      />
      {reason !== null && (
        <span className={classes.reason} title={props.hint}>
          {reason}
        </span>
      )}
      {reason === null && props.isRework && <span className={classes.rework}>again</span>}
      <span className={classes.chips}>
        {chosen !== null && (
          <span
            className={classes.chosen}
            style={{ background: colorOf(chosen), color: inkOn(colorOf(chosen)) }}
          >
            {chosen}
            {isAgreed && <span aria-hidden> ✓</span>}
          </span>
        )}
        {chosen === null && standing !== "" && <span className={classes.standing}>{standing}</span>}
        {proposed !== null && !isAgreed && (
          <span
            className={classes.proposed}
            data-quiet={chosen !== null || standing !== ""}
            style={{ borderColor: colorOf(proposed) }}
          >
            {proposed}
            <small>{score}</small>
          </span>
        )}
      </span>
    </div>
  );
});

function sayTile({ proposed, confidence, chosen, standing, reason, isRework }: TileViewProps): string {
  const parts = [
    chosen !== null ? `given ${chosen}` : standing !== "" ? `is ${standing}` : "no class yet",
    proposed === null
      ? "no proposal"
      : `proposed ${proposed}${confidence === null ? "" : `, ${String(Math.round(confidence * 100))} %`}`,
  ];
  if (isRework) parts.push("handed in before");
  if (reason !== null) parts.push(reason);
  return parts.join("; ");
}
