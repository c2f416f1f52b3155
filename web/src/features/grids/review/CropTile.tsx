import { memo } from "react";

import { cropAddress } from "@/api/queries/crops";
import type { Crop } from "@/api/schema.gen";
import { boundsOf } from "@/canvas/geometry/measure";
import { readGeometry } from "@/canvas/model/wire";

import { sharpen, sayMissing } from "../picture";
import { inkOn } from "../names";

import classes from "./review.module.css";
import { REMOVE } from "./verdicts";

export interface CropTileProps {
  readonly crop: Crop;
  /** Undefined: it is right. */
  readonly verdict: string | undefined;
  readonly isSelected: boolean;
  readonly isFocus: boolean;
  readonly refusal: string | null;
  readonly color: string;
  readonly colorOf: (label: string) => string;
}

/** One object cut out of its image, why it is suspicious, and what was said of it. */
export const CropTile = memo(function CropTile(props: CropTileProps) {
  const { crop, verdict, isSelected, isFocus, refusal, color, colorOf } = props;
  const id = crop.annotation_id;
  const isWrong = verdict !== undefined;
  return (
    <div
      id={`crop-${id}`}
      data-tile={id}
      data-selected={isSelected}
      data-focus={isFocus}
      data-wrong={isWrong}
      className={classes.tile}
      role="checkbox"
      aria-checked={isWrong}
      aria-label={sayCrop(props)}
    >
      <div className={classes.picture}>
        <img
          src={cropAddress(id, 160)}
          alt=""
          draggable={false}
          decoding="async"
          onLoad={sharpen}
          onError={sayMissing}
        />
        <Outline crop={crop} color={color} />
        {isWrong && (
          <span className={classes.verdict} style={verdictColors(verdict, colorOf)}>
            {verdict === REMOVE ? "remove" : verdict}
          </span>
        )}
        {refusal !== null && <span className={classes.refusal}>{refusal}</span>}
      </div>
      <div className={classes.words} title={`${crop.item_name}: ${sayReason(crop)}`}>
        {crop.suspicion !== null && (
          <i aria-hidden style={{ width: `${String(Math.round(crop.suspicion * 100))}%` }} />
        )}
        <span>{sayReason(crop).replace(/^the model /, "")}</span>
      </div>
    </div>
  );
});

/** The object's box within its margin; a class is about the whole picture and has none. */
function Outline({ crop, color }: { readonly crop: Crop; readonly color: string }) {
  const bounds = boundsOf(readGeometry(crop.geometry));
  if (bounds === null) return null;
  const [x0, y0, x1, y1] = crop.crop_box;
  return (
    <svg
      className={classes.outline}
      viewBox={`${String(x0)} ${String(y0)} ${String(x1 - x0)} ${String(y1 - y0)}`}
    >
      <rect
        x={bounds.x0}
        y={bounds.y0}
        width={bounds.x1 - bounds.x0}
        height={bounds.y1 - bounds.y0}
        fill="none"
        stroke={color}
        strokeWidth={2}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

function verdictColors(verdict: string, colorOf: (label: string) => string) {
  if (verdict === REMOVE) return undefined;
  return { background: colorOf(verdict), color: inkOn(colorOf(verdict)) };
}

function sayReason({ reason, confidence }: Crop): string {
  if (reason !== "") return reason;
  return confidence === null ? "no judge" : `confidence ${confidence.toFixed(2)}`;
}

function sayCrop({ crop, verdict, refusal }: CropTileProps): string {
  const what =
    verdict === undefined ? "right" : verdict === REMOVE ? "wrong, remove" : `wrong, it is ${verdict}`;
  return [crop.item_name, sayReason(crop), what, refusal ?? ""].filter((part) => part !== "").join("; ");
}
