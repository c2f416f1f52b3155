import { Button, Menu } from "@mantine/core";
import {
  IconCamera,
  IconChecklist,
  IconChevronDown,
  IconEdit,
  IconFileExport,
  IconTransform,
  IconTrash,
} from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import { useIsAtLeast } from "@/app/context";

import type { Scope } from "./scope";

const TaskDialog = lazy(async () => ({ default: (await import("./TaskDialog")).TaskDialog }));
const EditDialog = lazy(async () => ({ default: (await import("./EditDialog")).EditDialog }));
const ExportDialog = lazy(async () => ({ default: (await import("./ExportDialog")).ExportDialog }));
const SnapshotDialog = lazy(async () => ({ default: (await import("./SnapshotDialog")).SnapshotDialog }));
const ConvertDialog = lazy(async () => ({ default: (await import("./ConvertDialog")).ConvertDialog }));
const DeleteDialog = lazy(async () => ({ default: (await import("./DeleteDialog")).DeleteDialog }));

type ActionName = "task" | "edit" | "export" | "snapshot" | "convert" | "delete";

export interface ActionsMenuProps {
  readonly projectId: string;
  readonly datasetName: string;
  readonly q: string;
  readonly scope: Scope;
  /** Something was done with the items. */
  readonly onDone: () => void;
}

/** What can be done with the items of the scope; the button and each dialog say how many they are. */
export function ActionsMenu({ projectId, datasetName, q, scope, onDone }: ActionsMenuProps) {
  const [action, setAction] = useState<ActionName | null>(null);
  const isManager = useIsAtLeast("manager");
  if (!isManager) return null;
  const close = () => {
    setAction(null);
  };
  const on = (name: ActionName) => () => {
    setAction(name);
  };
  const isNone = scope.count === 0;
  return (
    <>
      <Menu position="bottom-end" width={250}>
        <Menu.Target>
          <Button size="xs" rightSection={<IconChevronDown size={14} />}>
            Use these
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{scope.words}</Menu.Label>
          <Menu.Item leftSection={<IconChecklist size={16} />} disabled={isNone} onClick={on("task")}>
            Make a task…
          </Menu.Item>
          <Menu.Item leftSection={<IconCamera size={16} />} onClick={on("snapshot")}>
            Snapshot…
          </Menu.Item>
          <Menu.Item leftSection={<IconFileExport size={16} />} disabled={isNone} onClick={on("export")}>
            Export…
          </Menu.Item>
          <Menu.Item leftSection={<IconEdit size={16} />} disabled={isNone} onClick={on("edit")}>
            Set subset or metadata…
          </Menu.Item>
          <Menu.Item leftSection={<IconTransform size={16} />} disabled={isNone} onClick={on("convert")}>
            Convert shapes…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={isNone}
            onClick={on("delete")}
          >
            Remove from the dataset…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense fallback={null}>
        {action === "task" && <TaskDialog {...{ projectId, scope }} onClose={close} />}
        {action === "edit" && <EditDialog scope={scope} onClose={close} onDone={onDone} />}
        {action === "export" && <ExportDialog scope={scope} onClose={close} />}
        {action === "snapshot" && (
          <SnapshotDialog {...{ projectId, datasetName, q, scope }} onClose={close} />
        )}
        {action === "convert" && <ConvertDialog scope={scope} onClose={close} onDone={onDone} />}
        {action === "delete" && <DeleteDialog scope={scope} onClose={close} onDone={onDone} />}
      </Suspense>
    </>
  );
}
