/** What is asked here, above the picture: one sentence, the instructions' first line, and how far one is. */
import { Anchor, Badge, Text } from "@mantine/core";

import { askedWords, MODE_NAMES } from "@/ui/workWords";

import { useEntry, useLaggingVersion, useStudio, useView } from "../context";
import { KeyHint } from "../KeyButton";
import type { ItemWork } from "../session/itemWork";
import classes from "../studio.module.css";
import { tallyOf } from "./frozen";
import { fixableIds } from "./fixing";

/** Nothing where everything is asked and nobody wrote what to do. */
export function WorkStrip() {
  const { asked, recipe, task, store } = useStudio();
  const work = useEntry()?.work ?? null;
  const told = firstLine(recipe?.instructions ?? "");
  const isNarrow = asked.mode !== "full";
  const isRestricted = asked.labels.length > 0;
  if (task.kind !== "label" || !(isNarrow || isRestricted || told !== "")) return null;
  return (
    <section className={classes.ask} aria-label="What is asked">
      <Text size="sm" fw={600} className={classes.askName}>
        {isNarrow || isRestricted ? MODE_NAMES[asked.mode] : "Instructions"}
      </Text>
      <Text size="sm" c="dimmed" truncate className={classes.askText} title={recipe?.instructions}>
        {(isNarrow || isRestricted) && askedWords(asked.mode, asked.labels)} {told}
      </Text>
      {told !== "" && (
        <Anchor
          component="button"
          size="xs"
          className={classes.askName}
          onClick={() => {
            store.setState({ dialog: "instructions" });
          }}
        >
          instructions
        </Anchor>
      )}
      <span className={classes.grow} />
      {work !== null && asked.mode === "find_missed" && <Missed work={work} />}
      {work !== null && asked.mode === "fix_geometry" && <Fixed work={work} />}
    </section>
  );
}

function Missed({ work }: { readonly work: ItemWork }) {
  useLaggingVersion(work);
  const { found, added } = tallyOf(work.doc);
  return (
    <div className={classes.tally} aria-live="polite">
      <span>
        model found <b>{found}</b>
      </span>
      <Badge size="lg" radius="sm" variant={added > 0 ? "filled" : "light"} tt="none">
        you added {added}
      </Badge>
    </div>
  );
}

function Fixed({ work }: { readonly work: ItemWork }) {
  useLaggingVersion(work);
  const [first] = useView((view) => view.selected);
  const ids = fixableIds(work.doc);
  const at = first === undefined ? -1 : ids.indexOf(first);
  return (
    <div className={classes.tally} aria-live="polite">
      <span>
        {at < 0 ? `${String(ids.length)} shapes` : `shape ${String(at + 1)} of ${String(ids.length)}`}
      </span>
      <span className={classes.askKey}>
        <KeyHint action="shape.next" /> goes to the next
      </span>
    </div>
  );
}

function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}
