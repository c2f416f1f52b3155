import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, type RefObject } from "react";

import { CANVAS_MARK } from "@/keys/keyboard";

import { fitCells, GAP_PX } from "../fit";
import { useMarquee } from "../marquee";
import { selectThese, stretchTo } from "../pick";

import { flip, focusOf, orderOf } from "./act";
import { CropTile } from "./CropTile";
import { Peek } from "./Peek";
import classes from "./review.module.css";
import type { ReviewSession, ReviewState } from "./session";

const WORDS_PX = 38;
const PADDING_PX = 6;

export interface CropBoardProps {
  readonly boardRef: RefObject<HTMLDivElement | null>;
  readonly onColumns: (columns: number) => void;
  readonly session: ReviewSession;
  readonly state: ReviewState;
  readonly label: string;
  readonly colorOf: (label: string) => string;
  readonly isPeeking: boolean;
}

/** The crops of a page. A click says that one is wrong; dragging selects many. */
export function CropBoard(props: CropBoardProps) {
  const { boardRef, onColumns, session, state, label, colorOf, isPeeking } = props;
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const area = { width: width - PADDING_PX, height: height - PADDING_PX, words: WORDS_PX };
  const fit = fitCells(state.crops.length, area);
  const order = orderOf(state.crops);
  const focus = focusOf(state.desk, order);
  const page = order[0];
  useEffect(() => {
    onColumns(fit.columns);
  }, [onColumns, fit.columns]);
  useEffect(() => {
    boardRef.current?.focus({ preventScroll: true });
  }, [boardRef, page]);
  useEffect(() => {
    if (focus !== null) document.getElementById(`crop-${focus}`)?.scrollIntoView({ block: "nearest" });
  }, [focus]);
  const { marquee, handlers } = useMarquee({
    onDrag: ({ ids, isAdding }) => {
      session.look((desk) => ({ ...desk, ...selectThese(desk, { ids, isAdding }) }));
    },
    onClick: ({ id, isShift }) => {
      if (session.state.phase !== "working") return;
      if (id === null) session.look((desk) => ({ ...desk, selection: new Set() }));
      else if (isShift)
        session.look((desk) => ({
          ...desk,
          ...stretchTo({ ...desk, anchor: desk.anchor ?? focusOf(desk, order) }, { order, id }),
        }));
      else flip(session, [id]);
    },
  });
  const color = colorOf(label);
  const focused = state.crops.find((crop) => crop.annotation_id === focus);
  return (
    <div className={classes.board}>
      <div
        ref={useMergedRef(boardRef, sizeRef)}
        className={classes.scroller}
        role="group"
        aria-label={`Crops of ${label}`}
        aria-activedescendant={focus === null ? undefined : `crop-${focus}`}
        aria-busy={state.phase === "applying"}
        tabIndex={0}
        {...{ [CANVAS_MARK]: "" }}
        {...handlers}
      >
        <div
          className={classes.cells}
          style={{
            gridTemplateColumns: `repeat(${String(fit.columns)}, ${String(fit.side)}px)`,
            gap: GAP_PX,
          }}
        >
          {state.crops.map((crop) => (
            <CropTile
              key={crop.annotation_id}
              crop={crop}
              verdict={state.desk.choices.get(crop.annotation_id)}
              isSelected={state.desk.selection.has(crop.annotation_id)}
              isFocus={focus === crop.annotation_id}
              refusal={state.refusals.get(crop.annotation_id) ?? null}
              color={color}
              colorOf={colorOf}
            />
          ))}
        </div>
        {marquee !== null && (
          <div
            className={classes.marquee}
            style={{ left: marquee.x, top: marquee.y, width: marquee.width, height: marquee.height }}
          />
        )}
      </div>
      {isPeeking && focused !== undefined && <Peek crop={focused} color={color} />}
    </div>
  );
}
