import { Badge, Button, Text } from "@mantine/core";

import { labelRows } from "./classes";
import { useEntry, useLaggingVersion, useStudio } from "./context";
import { chooseClass } from "./itemClass";
import { KeyHint } from "./KeyButton";
import classes from "./studio.module.css";
import { isClassOnly } from "./tools";

/** Under the picture: yes and no, or the classes, in tasks where nothing is drawn. */
export function Answers() {
  const { task, tools } = useStudio();
  const entry = useEntry();
  if (entry === null || entry.work === null || entry.standing === "elsewhere") return null;
  if (task.kind === "validate") return <YesNo />;
  return isClassOnly(tools) && task.kind !== "review" ? <ClassButtons /> : null;
}

function YesNo() {
  const { task, keyboard, recipe } = useStudio();
  const asked = typeof task.settings.question === "string" ? task.settings.question : recipe?.instructions;
  return (
    <div className={classes.answers}>
      {asked !== undefined && asked !== "" && (
        <Text fw={600} style={{ alignSelf: "center" }} maw={360} lineClamp={2}>
          {asked}
        </Text>
      )}
      <Button
        size="lg"
        color="green.9"
        rightSection={<KeyHint action="validate.yes" />}
        onClick={() => keyboard.run("validate.yes")}
      >
        Yes
      </Button>
      <Button
        size="lg"
        color="red.9"
        rightSection={<KeyHint action="validate.no" />}
        onClick={() => keyboard.run("validate.no")}
      >
        No
      </Button>
      <Button
        size="lg"
        variant="default"
        rightSection={<KeyHint action="validate.undo" />}
        onClick={() => keyboard.run("validate.undo")}
      >
        Undo
      </Button>
    </div>
  );
}

const MAX_BUTTONS = 10;

function ClassButtons() {
  const { labels, labelColor, keyboard, store } = useStudio();
  const work = useEntry()?.work ?? null;
  useLaggingVersion(work);
  if (work === null) return null;
  const tags = work.doc.ids.flatMap((id) => {
    const shape = work.doc.peek(id);
    return shape?.geometry.type === "class" ? [shape] : [];
  });
  const chosen = new Set(tags.filter((tag) => tag.standing === "own").map((tag) => tag.label));
  const proposed = new Map(
    tags.filter((tag) => tag.standing === "proposal").map((tag) => [tag.label, tag.confidence]),
  );
  const rows = labelRows(labels);
  return (
    <div
      className={classes.answers}
      role="group"
      aria-label="Class of the item"
      style={{ flexWrap: "wrap", maxWidth: 760, justifyContent: "center" }}
    >
      {rows.slice(0, MAX_BUTTONS).map((row) => (
        <button
          key={row.name}
          type="button"
          className={classes.classButton}
          aria-pressed={chosen.has(row.name)}
          data-proposed={proposed.has(row.name) && chosen.size === 0}
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            chooseClass({ work, store }, row.name);
          }}
        >
          <span className={classes.swatch} style={{ background: labelColor(row.name) }} />
          {row.name}
          {proposed.has(row.name) && (
            <Badge size="xs" variant="light">
              {(proposed.get(row.name) ?? 1).toFixed(2)}
            </Badge>
          )}
          {row.digit !== null && <KeyHint action={`class.${String(row.digit)}`} />}
        </button>
      ))}
      {rows.length > MAX_BUTTONS && (
        <button type="button" className={classes.classButton} onClick={() => keyboard.run("class.palette")}>
          {rows.length - MAX_BUTTONS} more
          <KeyHint action="class.palette" />
        </button>
      )}
    </div>
  );
}
