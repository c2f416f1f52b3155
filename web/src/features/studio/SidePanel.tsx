import { UnstyledButton } from "@mantine/core";

import { useEntry, useLaggingVersion, useStudio, useView } from "./context";
import { ChangesPanel } from "./panels/ChangesPanel";
import { ClassesPanel } from "./panels/ClassesPanel";
import { HistoryPanel } from "./panels/HistoryPanel";
import { NotesPanel } from "./panels/NotesPanel";
import { ObjectsPanel } from "./panels/ObjectsPanel";
import { ProposalsPanel } from "./panels/ProposalsPanel";
import type { ItemWork } from "./session/itemWork";
import type { PanelName } from "./studioStore";
import classes from "./studio.module.css";
import { useItemComments, useItemIssues } from "./useItemIssues";

interface TabOf {
  readonly panel: PanelName;
  readonly name: string;
  readonly count: number | null;
}

/** What is known of the item, beside the picture. */
export function SidePanel() {
  const { store } = useStudio();
  const panel = useView((view) => view.panel);
  const work = useEntry()?.work ?? null;
  const tabs = useTabs(work);
  const shown = tabs.some((tab) => tab.panel === panel) ? panel : "objects";
  return (
    <aside className={classes.side} aria-label="About the item" data-region="side">
      <div className={classes.tabs} role="tablist">
        {tabs.map((tab) => (
          <UnstyledButton
            key={tab.panel}
            className={classes.tab}
            role="tab"
            id={`tab-${tab.panel}`}
            aria-selected={tab.panel === shown}
            aria-controls="studio-panel"
            onClick={() => {
              store.setState({ panel: tab.panel });
            }}
          >
            {tab.name}
            {tab.count !== null && tab.count > 0 && <span className={classes.count}>{tab.count}</span>}
          </UnstyledButton>
        ))}
      </div>
      <div
        className={classes.body}
        id="studio-panel"
        role="tabpanel"
        aria-labelledby={`tab-${shown}`}
        tabIndex={-1}
      >
        {work !== null && <Shown panel={shown} work={work} key={work.itemId} />}
      </div>
    </aside>
  );
}

function Shown({ panel, work }: { readonly panel: PanelName; readonly work: ItemWork }) {
  switch (panel) {
    case "objects":
      return <ObjectsPanel work={work} />;
    case "classes":
      return <ClassesPanel work={work} />;
    case "proposals":
      return <ProposalsPanel work={work} />;
    case "changes":
      return <ChangesPanel work={work} />;
    case "notes":
      return <NotesPanel itemId={work.itemId} />;
    case "history":
      return <HistoryPanel work={work} />;
  }
}

function useTabs(work: ItemWork | null): readonly TabOf[] {
  const { task, asked, labels } = useStudio();
  useLaggingVersion(work);
  const itemId = work?.itemId ?? "";
  const notes =
    useItemIssues(itemId).filter((one) => one.state === "open").length + useItemComments(itemId).length;
  const count = (standing: string) =>
    work === null ? 0 : work.doc.ids.filter((id) => work.doc.peek(id)?.standing === standing).length;
  const review: readonly TabOf[] = [{ panel: "changes", name: "Changes", count: null }];
  const proposals: readonly TabOf[] = [{ panel: "proposals", name: "Proposals", count: count("proposal") }];
  const classesTab: TabOf = { panel: "classes", name: "Classes", count: null };
  const isValidate = task.kind === "validate";
  // Nothing is decided about there, and where there is one class or none to give, none is chosen.
  const isNarrow = asked.mode !== "full";
  const hasClasses = !isValidate && (!isNarrow || (asked.mode === "find_missed" && labels.length > 1));
  return [
    ...(task.kind === "review" ? review : []),
    { panel: "objects", name: "Objects", count: count("own") },
    ...(hasClasses ? [classesTab] : []),
    ...(task.kind === "review" || isValidate || isNarrow ? [] : proposals),
    { panel: "notes", name: "Notes", count: notes },
    { panel: "history", name: "History", count: null },
  ];
}
