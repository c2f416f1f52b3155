import { Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconEye, IconEyeOff, IconSearch } from "@tabler/icons-react";
import { useState } from "react";

import { LinkAnchor } from "@/ui/links";

import { findLabels, labelRows, type LabelRow } from "../classes";
import { useLaggingVersion, useStudio, useView } from "../context";
import { KeyHint } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import { toggled } from "../studioStore";
import classes from "../studio.module.css";
import { useChooseLabel } from "../useChooseLabel";
import { RowButton } from "./ObjectsPanel";

const SEARCH_ABOVE = 8;

/** The classes as a tree, with their keys and how many of each there are. */
export function ClassesPanel({ work }: { readonly work: ItemWork }) {
  const { labels, projectId } = useStudio();
  const [search, setSearch] = useState("");
  useLaggingVersion(work);
  if (labels.length === 0) {
    return (
      <Text size="sm" c="dimmed" className={classes.pad}>
        This project has no classes yet.{" "}
        <LinkAnchor
          size="sm"
          to="/p/$projectId/settings/$section"
          params={{ projectId, section: "ontology" }}
        >
          Make some in the settings.
        </LinkAnchor>
      </Text>
    );
  }
  const counts = countLabels(work);
  const rows = findLabels(labelRows(labels), search);
  return (
    <div>
      {labels.length > SEARCH_ABOVE && (
        <TextInput
          m={10}
          mb={4}
          size="xs"
          aria-label="Find a class"
          placeholder="Find a class"
          leftSection={<IconSearch size={14} />}
          rightSection={<KeyHint action="class.palette" />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
      )}
      {rows.map((row) => (
        <ClassRow key={row.name} row={row} count={counts.get(row.name) ?? 0} isFlat={search !== ""} />
      ))}
    </div>
  );
}

interface ClassRowProps {
  readonly row: LabelRow;
  readonly count: number;
  readonly isFlat: boolean;
}

function ClassRow({ row, count, isFlat }: ClassRowProps) {
  const { labelColor, store } = useStudio();
  const isCurrent = useView((view) => view.label === row.name);
  const isHidden = useView((view) => view.hiddenLabels.has(row.name));
  const choose = useChooseLabel();
  return (
    <div
      className={classes.row}
      data-selected={isCurrent}
      style={{ paddingInlineStart: 8 + (isFlat ? 0 : 14 * row.depth) }}
    >
      <UnstyledButton
        style={{ display: "flex", alignItems: "center", gap: 6, flex: 1, minWidth: 0, height: "100%" }}
        aria-pressed={isCurrent}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={() => {
          choose(row.name);
        }}
      >
        <span className={classes.swatch} style={{ background: labelColor(row.name) }} />
        <span className={classes.name} title={row.name}>
          {row.name}
        </span>
        {count > 0 && <span className={classes.dim}>{count}</span>}
        {row.digit !== null && <KeyHint action={`class.${String(row.digit)}`} />}
      </UnstyledButton>
      <RowButton
        name={isHidden ? `Show ${row.name}` : `Hide ${row.name}`}
        isPressed={isHidden}
        icon={isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
        onClick={() => {
          store.setState(({ hiddenLabels }) => ({ hiddenLabels: toggled(hiddenLabels, row.name) }));
        }}
      />
    </div>
  );
}

function countLabels(work: ItemWork): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const id of work.doc.ids) {
    const shape = work.doc.peek(id);
    if (shape?.standing === "own") counts.set(shape.label, (counts.get(shape.label) ?? 0) + 1);
  }
  return counts;
}
