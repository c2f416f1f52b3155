import { SegmentedControl, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { IconEye, IconEyeOff, IconLock, IconLockOpen } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";

import type { TaskSummary } from "@/api/schema.gen";
import { setLocked } from "@/canvas/model/edits";
import type { Shape } from "@/canvas/types";

import { useLaggingVersion, useStudio, useView } from "../context";
import type { ItemWork } from "../session/itemWork";
import { toggled } from "../studioStore";
import classes from "../studio.module.css";
import { isClassOnly } from "../tools";
import { selectInVideo } from "../video/useVideo";
import { ShapeEditor } from "./ShapeEditor";
import { kindWord, listShapes, type SortBy } from "./shapeList";

const ROW_PX = 32;

/** What an empty list says. */
const HINTS: Readonly<Record<TaskSummary["kind"], string>> = {
  label: "Nothing is marked yet. Draw on the picture, or say with Shift+Enter that nothing is here.",
  classify: "No class yet. Press the digit of a class, or find it with /.",
  review: "Nothing is marked on this item.",
  validate: "Nothing is marked on this item. Answer yes or no below the picture.",
};

/** Every shape of the item; a long list costs no more than what is seen of it. */
export function ObjectsPanel({ work }: { readonly work: ItemWork }) {
  const { task, tools, asked } = useStudio();
  const version = useLaggingVersion(work);
  const hint =
    asked.mode === "find_missed"
      ? "What you add is listed here. Enter hands the image in, also when nothing was missed."
      : HINTS[task.kind === "label" && isClassOnly(tools) ? "classify" : task.kind];
  const [sort, setSort] = useState<SortBy>("order");
  const selected = useView((view) => view.selected);
  const threshold = useView((view) => view.threshold);
  const shapes = useMemo(
    () => listShapes(work.doc, { sort, threshold, version }),
    [work, sort, threshold, version],
  );
  return (
    <div style={{ display: "flex", flexDirection: "column", height: "100%" }}>
      <div className={classes.pad} style={{ paddingBottom: 6 }}>
        <SegmentedControl
          fullWidth
          size="xs"
          aria-label="Sort by"
          value={sort}
          onChange={(value) => {
            setSort(value === "label" || value === "size" ? value : "order");
          }}
          data={[
            { value: "order", label: "As drawn" },
            { value: "label", label: "Class" },
            { value: "size", label: "Smallest" },
          ]}
        />
      </div>
      {shapes.length === 0 ? (
        <Text size="sm" c="dimmed" className={classes.pad}>
          {hint}
        </Text>
      ) : (
        <ShapeRows work={work} shapes={shapes} selected={selected} />
      )}
      {selected.size > 0 && <ShapeEditor work={work} ids={selected} />}
    </div>
  );
}

interface ShapeRowsProps {
  readonly work: ItemWork;
  readonly shapes: readonly Shape[];
  readonly selected: ReadonlySet<string>;
}

function ShapeRows({ work, shapes, selected }: ShapeRowsProps) {
  const place = useRef<HTMLDivElement>(null);
  // What it returns is used in this render only, so that nothing stale can be kept of it.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: shapes.length,
    getScrollElement: () => place.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const [first] = selected;
  const at = first === undefined ? -1 : shapes.findIndex((shape) => shape.id === first);
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows]);
  return (
    <div ref={place} className={classes.body} role="group" aria-label="Shapes">
      <div style={{ position: "relative", height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const shape = shapes[row.index];
          return shape === undefined ? null : (
            <div
              key={shape.id}
              style={{
                position: "absolute",
                insetInline: 0,
                top: 0,
                transform: `translateY(${String(row.start)}px)`,
              }}
            >
              <ShapeRow work={work} shape={shape} isSelected={selected.has(shape.id)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface ShapeRowProps {
  readonly work: ItemWork;
  readonly shape: Shape;
  readonly isSelected: boolean;
}

function ShapeRow({ work, shape, isSelected }: ShapeRowProps) {
  const { labelColor, store } = useStudio();
  const engine = useView((view) => view.engine);
  const isHovered = useView((view) => view.hovered === shape.id);
  const isHidden = useView((view) => view.hiddenIds.has(shape.id));
  const color = labelColor(shape.label);
  const isProposal = shape.standing === "proposal";
  const select = (event: React.MouseEvent) => {
    const ids =
      event.shiftKey || event.ctrlKey || event.metaKey
        ? [...store.getState().selected, shape.id]
        : [shape.id];
    engine?.setTool("select");
    if (!selectInVideo(store, ids)) engine?.select(ids, { isShown: true });
  };
  return (
    <div
      className={classes.row}
      data-selected={isSelected}
      data-hovered={isHovered}
      data-proposal={isProposal}
    >
      <UnstyledButton
        aria-pressed={isSelected}
        style={{ display: "flex", alignItems: "center", gap: 6, flex: 1, minWidth: 0, height: "100%" }}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={select}
      >
        <span
          className={classes.swatch}
          data-dashed={isProposal}
          style={isProposal ? { color } : { background: color }}
        />
        <span className={classes.name} title={shape.label}>
          {shape.label}
        </span>
        <span className={classes.dim}>{kindWord(shape.geometry)}</span>
        {shape.confidence !== null && <span className={classes.dim}>{shape.confidence.toFixed(2)}</span>}
      </UnstyledButton>
      <RowButton
        name={isHidden ? `Show ${shape.label}` : `Hide ${shape.label}`}
        isPressed={isHidden}
        icon={isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
        onClick={() => {
          store.setState(({ hiddenIds }) => ({ hiddenIds: toggled(hiddenIds, shape.id) }));
        }}
      />
      <RowButton
        name={shape.isLocked === true ? `Unlock ${shape.label}` : `Lock ${shape.label}`}
        isPressed={shape.isLocked === true}
        icon={shape.isLocked === true ? <IconLock size={14} /> : <IconLockOpen size={14} />}
        onClick={() => {
          work.run(setLocked(work.doc, [shape.id], shape.isLocked !== true));
        }}
      />
    </div>
  );
}

interface RowButtonProps {
  readonly name: string;
  readonly isPressed: boolean;
  readonly icon: React.ReactNode;
  readonly onClick: () => void;
}

export function RowButton({ name, isPressed, icon, onClick }: RowButtonProps) {
  return (
    <Tooltip label={name} openDelay={600}>
      <UnstyledButton
        className={classes.small}
        aria-label={name}
        aria-pressed={isPressed}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={onClick}
      >
        {icon}
      </UnstyledButton>
    </Tooltip>
  );
}
