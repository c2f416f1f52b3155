import { Kbd, Modal, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState, type KeyboardEvent, type ReactNode } from "react";

import { findNames } from "./names";
import classes from "./palette.module.css";

export interface PaletteOption {
  readonly id: string;
  readonly name: string;
  /** Null for what is no class. */
  readonly color: string | null;
  readonly digit?: number | null;
  readonly note?: string;
}

export interface ClassPaletteProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly options: readonly PaletteOption[];
  readonly onPick: (id: string) => void;
  readonly onClose: () => void;
}

/** Find a class by a few letters and take it with Enter. */
export function ClassPalette({ title, about, options, onPick, onClose }: ClassPaletteProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = findNames(options, text);
  // Where names begin with digits, typing one must search for it.
  const hasDigits = !options.some(({ name }) => /^\d/.test(name));
  const pick = (option: PaletteOption | undefined) => {
    if (option !== undefined) onPick(option.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") pick(found[at]);
    // A digit means its class as long as nothing is being searched for.
    else if (hasDigits && text === "" && /^[1-9]$/.test(event.key))
      pick(options.find(({ digit }) => String(digit) === event.key));
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="md"
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      {about !== undefined && (
        <Text size="sm" c="dimmed" mb="xs">
          {about}
        </Text>
      )}
      <TextInput
        data-autofocus
        aria-label="Find a class"
        placeholder="Letters of a class"
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className={classes.list}>
        {found.map((option, place) => (
          <UnstyledButton
            key={option.id}
            tabIndex={-1}
            className={classes.option}
            data-active={place === at}
            onClick={() => {
              pick(option);
            }}
            ref={(element) => {
              if (place === at) element?.scrollIntoView({ block: "nearest" });
            }}
          >
            <span className={classes.dot} style={{ background: option.color ?? "transparent" }} />
            <span className={classes.name}>{option.name}</span>
            {option.note !== undefined && <span className={classes.note}>{option.note}</span>}
            {hasDigits && typeof option.digit === "number" && <Kbd size="xs">{option.digit}</Kbd>}
          </UnstyledButton>
        ))}
        {found.length === 0 && (
          <Text size="sm" c="dimmed" p="sm">
            No class has these letters. New classes are made in the settings, under ontology.
          </Text>
        )}
      </div>
    </Modal>
  );
}
