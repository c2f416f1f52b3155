import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconEye,
  IconEyeOff,
  IconKeyboard,
  IconMessagePlus,
} from "@tabler/icons-react";

import { useEntry, useStudio, useView, useWork } from "./context";
import { IconButton } from "./KeyButton";
import classes from "./studio.module.css";
import { toolsFor } from "./tools";

/** What one draws with: only what the recipe allows. */
export function ToolBar() {
  const { tools, task } = useStudio();
  const tool = useView((view) => view.tool);
  const isHidden = useView((view) => view.isHidden);
  const isPlacing = useView((view) => view.isPlacing);
  const isVideo = useView((view) => view.video !== null);
  const state = useWork(useEntry()?.work ?? null);
  return (
    <nav className={classes.tools} aria-label="Tools" data-region="tools">
      {toolsFor(tools, { isVideo }).map((one) => (
        <IconButton
          key={one.tool}
          action={`tool.${one.tool}`}
          icon={one.icon}
          name={one.name}
          isActive={tool === one.tool}
        />
      ))}
      <div className={classes.rule} />
      <IconButton action="edit.undo" icon={IconArrowBackUp} isDisabled={state?.canUndo !== true} />
      <IconButton action="edit.redo" icon={IconArrowForwardUp} isDisabled={state?.canRedo !== true} />
      <div className={classes.rule} />
      <IconButton action="view.hide" icon={isHidden ? IconEyeOff : IconEye} isActive={isHidden} />
      <IconButton
        action={task.kind === "review" ? "review.issue" : "comment.pin"}
        icon={IconMessagePlus}
        isActive={isPlacing}
      />
      <IconButton action="help.keys" icon={IconKeyboard} />
    </nav>
  );
}
