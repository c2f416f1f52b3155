import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";

import { findLabels, labelRows } from "../classes";
import { useStudio } from "../context";
import classes from "../studio.module.css";
import { useChooseLabel } from "../useChooseLabel";

const SHOWN = 12;

/** A class by a few of its letters. */
export function ClassPalette({ onClose }: { readonly onClose: () => void }) {
  const { labels, labelColor } = useStudio();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const choose = useChooseLabel();
  const found = findLabels(labelRows(labels), text).slice(0, SHOWN);
  const take = (name: string | undefined) => {
    if (name === undefined) return;
    onClose();
    choose(name);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      yOffset={80}
      size="sm"
      padding="xs"
      title="Find a class"
    >
      <TextInput
        data-autofocus
        aria-label="Find a class"
        placeholder="A few letters of a class; Enter takes it"
        role="combobox"
        aria-expanded
        aria-controls="class-palette"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            const step = event.key === "ArrowDown" ? 1 : -1;
            setAt((at + step + Math.max(1, found.length)) % Math.max(1, found.length));
          } else if (event.key === "Enter") {
            event.preventDefault();
            take(found[at]?.name);
          }
        }}
      />
      <div id="class-palette" role="listbox" aria-label="Classes" style={{ marginTop: 6 }}>
        {found.map((row, i) => (
          <UnstyledButton
            key={row.name}
            className={classes.row}
            role="option"
            aria-selected={i === at}
            data-selected={i === at}
            tabIndex={-1}
            onClick={() => {
              take(row.name);
            }}
          >
            <span className={classes.swatch} style={{ background: labelColor(row.name) }} />
            <span className={classes.name}>{row.name}</span>
            {row.digit !== null && <span className={classes.dim}>{row.digit}</span>}
          </UnstyledButton>
        ))}
        {found.length === 0 && <div className={classes.row}>No class has these letters.</div>}
      </div>
    </Modal>
  );
}
