import { Tooltip, UnstyledButton } from "@mantine/core";

import { useStudio, useView } from "./context";
import { KeyHint } from "./KeyButton";
import classes from "./studio.module.css";
import { isClassOnly } from "./tools";

/** The class that the next shape gets, on the picture's corner; a click finds another. */
export function CurrentClass() {
  const { tools, task, labelColor, store } = useStudio();
  const label = useView((view) => view.label);
  const tool = useView((view) => view.tool);
  if (tool === "select" || isClassOnly(tools) || task.kind === "validate") return null;
  return (
    <Tooltip label="The class of what you draw next" position="bottom-start">
      <UnstyledButton
        className={classes.current}
        aria-label={label === null ? "Choose a class" : `Class of the next shape: ${label}`}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={() => {
          store.setState({ dialog: "classes" });
        }}
      >
        {label !== null && <span className={classes.swatch} style={{ background: labelColor(label) }} />}
        <span className={classes.name}>{label ?? "Choose a class"}</span>
        <KeyHint action="class.palette" />
      </UnstyledButton>
    </Tooltip>
  );
}
