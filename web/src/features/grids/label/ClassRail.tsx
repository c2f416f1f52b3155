import { ClassKeys } from "../ClassKeys";
import type { ClassRow } from "../names";

import type { View } from "./act";
import classes from "./label.module.css";

export interface ClassRailProps {
  readonly title: string;
  readonly rows: readonly ClassRow[];
  readonly view: View;
  readonly choices: ReadonlyMap<string, string>;
  readonly onPick: (name: string) => void;
}

/** The classes with their keys, and how many of this page have each. */
export function ClassRail({ title, rows, view, choices, onPick }: ClassRailProps) {
  const counts = new Map<string, number>();
  for (const { itemId, standing } of view.tiles) {
    const name = choices.get(itemId) ?? standing[0]?.label;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (
    <div className={classes.rail}>
      <ClassKeys title={title} rows={rows} counts={counts} onPick={onPick} />
    </div>
  );
}
