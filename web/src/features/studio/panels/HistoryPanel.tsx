import { Group, Text } from "@mantine/core";

import type { Command } from "@/canvas/types";

import { useLaggingVersion } from "../context";
import { ActionButton } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import classes from "../studio.module.css";

const SHOWN = 100;

/** What was done to this item, the last first; it outlives reloads. */
export function HistoryPanel({ work }: { readonly work: ItemWork }) {
  useLaggingVersion(work);
  const { done, undone } = work.history.peek();
  const steps = [
    ...undone.map((command) => ({ command, isUndone: true })),
    ...[...done].reverse().map((command) => ({ command, isUndone: false })),
  ];
  return (
    <div>
      <Group grow className={classes.pad}>
        <ActionButton action="edit.undo">Undo</ActionButton>
        <ActionButton action="edit.redo">Redo</ActionButton>
      </Group>
      {steps.length === 0 && (
        <Text size="sm" c="dimmed" className={classes.pad}>
          Nothing was done here yet. Every step will be listed, and can be undone even after a reload.
        </Text>
      )}
      {steps.slice(0, SHOWN).map(({ command, isUndone }, i) => (
        <div key={steps.length - i} className={classes.row} style={{ opacity: isUndone ? 0.5 : 1 }}>
          <span className={classes.name}>{sayCommand(command)}</span>
          {isUndone && <span className={classes.dim}>undone</span>}
        </div>
      ))}
    </div>
  );
}

/** A command in a few words. */
export function sayCommand(command: Command): string {
  switch (command.kind) {
    case "add":
      return `Added ${names(command.shapes.map((shape) => shape.label))}`;
    case "remove":
      return `Removed ${names(command.removed.map(({ shape }) => shape.label))}`;
    case "change":
      return sayChange(command);
    case "reorder":
      return "Changed the order";
    case "paint":
      return "Painted";
    case "group":
      return command.name.charAt(0).toUpperCase() + command.name.slice(1);
  }
}

function sayChange({ changes }: Extract<Command, { kind: "change" }>): string {
  const [first] = changes;
  if (first === undefined) return "Changed nothing";
  const { before, after } = first;
  const what = names(changes.map((change) => change.after.label));
  if (before.standing === "proposal" && after.standing === "own") return `Accepted ${what}`;
  if (before.label !== after.label) return `${before.label} became ${after.label}`;
  if (before.isLocked !== after.isLocked) return `${after.isLocked === true ? "Locked" : "Unlocked"} ${what}`;
  return before.geometry === after.geometry ? `Changed attributes of ${what}` : `Changed ${what}`;
}

function names(labels: readonly string[]): string {
  const [first = ""] = labels;
  return labels.length === 1 ? first : `${String(labels.length)} shapes`;
}
