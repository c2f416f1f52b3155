import { Kbd, UnstyledButton } from "@mantine/core";

import { keepFocus, KeyHint, useKeyMap } from "../keys";
import type { ClassRow } from "../names";
import { showChord } from "@/keys/chord";

import type { View } from "./act";
import classes from "./label.module.css";

export interface ClassRailProps {
  readonly rows: readonly ClassRow[];
  readonly view: View;
  readonly choices: ReadonlyMap<string, string>;
  readonly onPick: (name: string) => void;
}

/** The classes with their keys, and how many of this page have each. */
export function ClassRail({ rows, view, choices, onPick }: ClassRailProps) {
  const map = useKeyMap();
  const counts = new Map<string, number>();
  for (const { itemId, standing } of view.tiles) {
    const name = choices.get(itemId) ?? standing[0]?.label;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (
    <nav className={classes.rail} aria-label="Classes">
      <div className={classes.railHead}>Give the selection a class</div>
      {rows.map(({ name, color, digit }) => {
        const [chord] = digit === null ? [] : (map.get(`grid.class.${String(digit)}`) ?? []);
        return (
          <UnstyledButton
            key={name}
            className={classes.class}
            title={name}
            onMouseDown={keepFocus}
            onClick={() => {
              onPick(name);
            }}
          >
            <i style={{ background: color }} />
            <span>{name}</span>
            <em>{counts.get(name) ?? ""}</em>
            {chord !== undefined && (
              <Kbd size="xs" className={classes.key}>
                {showChord(chord)}
              </Kbd>
            )}
          </UnstyledButton>
        );
      })}
      <div className={classes.railHead} style={{ paddingTop: 8 }}>
        Find one by name: <KeyHint action="grid.palette" />
      </div>
    </nav>
  );
}
