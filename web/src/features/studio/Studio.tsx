import { useEffect } from "react";

import { CanvasPane } from "./CanvasPane";
import { useEntry, useQueue, useStudio } from "./context";
import { Dialogs } from "./dialogs/Dialogs";
import { EmptyQueue } from "./EmptyQueue";
import { FilmStrip } from "./FilmStrip";
import { SaveAnnouncer } from "./SaveBadge";
import { SidePanel } from "./SidePanel";
import classes from "./studio.module.css";
import { ToolBar } from "./ToolBar";
import { TopBar } from "./TopBar";
import { useActions } from "./actions/useActions";
import { useItemInAddress } from "./useItemInAddress";

/** The studio's parts around the picture. */
export function Studio() {
  const { task, keyboard } = useStudio();
  const { phase } = useQueue();
  const entry = useEntry();
  useActions();
  useItemInAddress(entry?.itemId ?? null);
  useEffect(() => keyboard.enter("studio"), [keyboard]);
  useEffect(() => {
    if (task.kind === "review") return keyboard.enter("review");
    return keyboard.enter(task.kind === "validate" ? "validate" : "label");
  }, [keyboard, task.kind]);
  const isOver = phase === "empty" || phase === "failed";
  return (
    <div className={classes.studio}>
      <TopBar />
      <ToolBar />
      <CanvasPane cover={isOver ? <EmptyQueue /> : null} />
      <SidePanel />
      <FilmStrip />
      <Dialogs />
      <SaveAnnouncer />
    </div>
  );
}
