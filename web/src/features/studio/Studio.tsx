import { useEffect, type MouseEvent } from "react";

import { CanvasPane } from "./CanvasPane";
import { useEntry, useQueue, useStudio } from "./context";
import { Dialogs } from "./dialogs/Dialogs";
import { EmptyQueue } from "./EmptyQueue";
import { FilmStrip } from "./FilmStrip";
import { SaveAnnouncer } from "./SaveBadge";
import { WorkStrip } from "./modes/WorkStrip";
import { SidePanel } from "./SidePanel";
import classes from "./studio.module.css";
import { ToolBar } from "./ToolBar";
import { TopBar } from "./TopBar";
import { useActions } from "./actions/useActions";
import { useItemInAddress } from "./useItemInAddress";
import { VideoDock } from "./video/VideoDock";

/** After a click of the mouse on a button the keys are the picture's again; the keyboard keeps its place. */
function backToPicture(event: MouseEvent<HTMLElement>): void {
  const { target, currentTarget, detail } = event;
  // Dialogs and menus hang here in React, but not in the page.
  if (detail === 0 || !(target instanceof Element) || !currentTarget.contains(target)) return;
  if (target.closest("button, [role=tab]") === null || target.closest("[aria-haspopup]") !== null) return;
  currentTarget.querySelector<HTMLElement>('[data-region="canvas"]')?.focus({ preventScroll: true });
}

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
    <div className={classes.studio} onClick={backToPicture}>
      <TopBar />
      <WorkStrip />
      <ToolBar />
      <CanvasPane cover={isOver ? <EmptyQueue /> : null} />
      <VideoDock />
      <SidePanel />
      <FilmStrip />
      <Dialogs />
      <SaveAnnouncer />
    </div>
  );
}
