import { Loader, UnstyledButton } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, type RefObject } from "react";

import { CANVAS_MARK } from "@/keys/keyboard";

import { fitCells, GAP_PX } from "../fit";
import { keepFocus } from "../keys";
import { useMarquee } from "../marquee";
import { selectThese, stretchTo, toggleOne } from "../pick";

import { focusOf, type View } from "./act";
import type { Cell } from "./cells";
import classes from "./label.module.css";
import { Peek } from "./Peek";
import type { GridSession, SessionState } from "./session";
import { proposalOf, type Tile } from "./tile";
import { TileView } from "./TileView";

export interface BoardProps {
  readonly boardRef: RefObject<HTMLDivElement | null>;
  /** Told to the keys: how many columns there are now. */
  readonly onColumns: (columns: number) => void;
  readonly session: GridSession;
  readonly state: SessionState;
  readonly cells: readonly Cell[];
  readonly view: View;
  readonly focus: string | null;
  readonly colorOf: (label: string) => string;
  readonly isPeeking: boolean;
}

const PADDING_PX = 6;

/** The tiles, with clicks, ranges and rectangles over them. */
export function Board(props: BoardProps) {
  const { boardRef, onColumns, session, state, cells, view, focus, colorOf, isPeeking } = props;
  const { ref: sizeRef, width, height } = useElementSize<HTMLDivElement>();
  const fit = fitCells(cells.length, { width: width - PADDING_PX, height: height - PADDING_PX });
  useEffect(() => {
    onColumns(fit.columns);
  }, [onColumns, fit.columns]);
  useEffect(() => {
    boardRef.current?.focus({ preventScroll: true });
  }, [boardRef, state.page]);
  useEffect(() => {
    if (focus !== null) document.getElementById(`tile-${focus}`)?.scrollIntoView({ block: "nearest" });
  }, [focus]);
  const { marquee, handlers } = useMarquee({
    onDrag: ({ ids, isAdding }) => {
      session.look((desk) => ({ ...desk, ...selectThese(desk, { ids, isAdding }) }));
    },
    onClick: ({ id, isShift }) => {
      session.look((desk) => {
        if (id === null) return { ...desk, selection: new Set() };
        if (!isShift) return { ...desk, ...toggleOne(desk, id) };
        return {
          ...desk,
          ...stretchTo({ ...desk, anchor: desk.anchor ?? focusOf(desk, view) }, { order: view.order, id }),
        };
      });
    },
  });
  const byId = new Map(state.tiles.map((tile) => [tile.itemId, tile]));
  const focused = focus === null ? undefined : byId.get(focus);
  return (
    <main className={classes.board}>
      <div
        ref={useMergedRef(boardRef, sizeRef)}
        className={classes.scroller}
        role="group"
        aria-label="Items of this page"
        aria-activedescendant={focus === null ? undefined : `tile-${focus}`}
        aria-busy={state.phase === "submitting"}
        tabIndex={0}
        {...{ [CANVAS_MARK]: "" }}
        {...handlers}
      >
        <div
          className={classes.cells}
          style={{
            gridTemplateColumns: `repeat(${String(fit.columns)}, ${String(fit.side)}px)`,
            gridAutoRows: fit.side,
            gap: GAP_PX,
          }}
        >
          {cells.map((cell) => {
            if (cell.kind === "group")
              return (
                <GroupHead
                  key={`group ${cell.label ?? ""}`}
                  cell={cell}
                  session={session}
                  colorOf={colorOf}
                />
              );
            const tile = byId.get(cell.itemId);
            return (
              tile !== undefined && (
                <Placed
                  key={cell.itemId}
                  tile={tile}
                  state={state}
                  view={view}
                  focus={focus}
                  colorOf={colorOf}
                />
              )
            );
          })}
        </div>
        {marquee !== null && (
          <div
            className={classes.marquee}
            style={{ left: marquee.x, top: marquee.y, width: marquee.width, height: marquee.height }}
          />
        )}
      </div>
      {isPeeking && focused !== undefined && (
        <Peek tile={focused} chosen={state.desk.choices.get(focused.itemId) ?? null} modelId={view.modelId} />
      )}
      {state.phase === "submitting" && (
        <div className={classes.veil}>
          <Loader size="sm" aria-label="Handing in" />
        </div>
      )}
    </main>
  );
}

interface PlacedProps {
  readonly tile: Tile;
  readonly state: SessionState;
  readonly view: View;
  readonly focus: string | null;
  readonly colorOf: (label: string) => string;
}

/** A tile with plain properties, so that only those that changed are drawn again. */
function Placed({ tile, state, view, focus, colorOf }: PlacedProps) {
  const { itemId } = tile;
  const proposal = proposalOf(tile, view.modelId);
  const refusal = state.refusals.get(itemId);
  return (
    <TileView
      itemId={itemId}
      proposed={proposal?.label ?? null}
      confidence={proposal?.confidence ?? null}
      chosen={state.desk.choices.get(itemId) ?? null}
      standing={tile.asked ?? tile.standing.map(({ label }) => label).join(", ")}
      isSelected={state.desk.selection.has(itemId)}
      isFocus={focus === itemId}
      isRework={tile.lease.status_before === "rework"}
      reason={refusal?.reason ?? null}
      hint={refusal?.hint ?? ""}
      colorOf={colorOf}
    />
  );
}

interface GroupHeadProps {
  readonly cell: Extract<Cell, { kind: "group" }>;
  readonly session: GridSession;
  readonly colorOf: (label: string) => string;
}

/** The head of a group: what is proposed for the tiles behind it; a click selects them. */
function GroupHead({ cell, session, colorOf }: GroupHeadProps) {
  const { label, itemIds } = cell;
  return (
    <UnstyledButton
      className={classes.group}
      style={{ borderLeftColor: label === null ? "transparent" : colorOf(label) }}
      title="Select this group"
      onMouseDown={keepFocus}
      onPointerDown={(event) => {
        event.stopPropagation();
      }}
      onClick={() => {
        session.look((desk) => ({ ...desk, ...selectThese(desk, { ids: itemIds, isAdding: false }) }));
      }}
    >
      <b>{label ?? "?"}</b>
      <span>{label === null ? "no proposal" : `${String(itemIds.length)} proposed`}</span>
    </UnstyledButton>
  );
}
