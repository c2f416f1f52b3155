import { Kbd, UnstyledButton } from "@mantine/core";

import { showChord } from "@/keys/chord";

import classes from "./classKeys.module.css";
import { keepFocus, KeyHint, useKeyMap } from "./keys";
import type { ClassRow } from "./names";

export interface ClassKeysProps {
  readonly title: string;
  readonly rows: readonly ClassRow[];
  readonly onPick: (name: string) => void;
  /** How many have each class; left out, nothing is counted. */
  readonly counts?: ReadonlyMap<string, number>;
  readonly isOff?: (name: string) => boolean;
}

/** The classes with their keys, to be clicked too. */
export function ClassKeys({ title, rows, onPick, counts, isOff }: ClassKeysProps) {
  const map = useKeyMap();
  return (
    <nav className={classes.list} aria-label="Classes">
      <div className={classes.head}>{title}</div>
      {rows.map(({ name, color, digit, action }) => {
        const byDigit = digit === null ? null : `grid.class.${String(digit)}`;
        const named = action ?? byDigit;
        const [chord] = named === null ? [] : (map.get(named) ?? []);
        return (
          <UnstyledButton
            key={name}
            className={classes.class}
            data-off={isOff?.(name) === true}
            title={name}
            onMouseDown={keepFocus}
            onClick={() => {
              onPick(name);
            }}
          >
            <i style={{ background: color }} />
            <span>{name}</span>
            <em>{counts?.get(name) ?? ""}</em>
            {chord !== undefined && (
              <Kbd size="xs" className={classes.key}>
                {showChord(chord)}
              </Kbd>
            )}
          </UnstyledButton>
        );
      })}
      {rows.every(({ action }) => action === undefined) && (
        <div className={classes.tail}>
          By name <KeyHint action="grid.palette" />
        </div>
      )}
    </nav>
  );
}
