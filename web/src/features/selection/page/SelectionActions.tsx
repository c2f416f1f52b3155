import { Button, Menu, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import {
  IconChecklist,
  IconChevronDown,
  IconFileExport,
  IconPhotoSearch,
  IconTrash,
} from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { deleteSelection } from "@/api/queries/selections";
import type { Selection } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { LinkButton } from "@/ui/links";
import { sayProblem } from "@/ui/ProblemNote";

import { ExportDialog } from "./ExportDialog";
import { selectionQueryText } from "./summary";
import { TaskDialog } from "./TaskDialog";

export interface SelectionActionsProps {
  readonly selection: Selection;
  readonly projectId: string;
}

/** What one does with a choice: have it labelled, look at it, take it along. */
export function SelectionActions({ selection, projectId }: SelectionActionsProps) {
  const mayWrite = useIsAtLeast("manager");
  const [open, setOpen] = useState<"task" | "export" | null>(null);
  const askDelete = useDelete(selection, projectId);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <LinkButton
        variant="default"
        leftSection={<IconPhotoSearch size={16} />}
        to="/p/$projectId/explorer"
        params={{ projectId }}
        search={{ dataset: selection.dataset_id, q: selectionQueryText(selection.id) }}
      >
        Explorer
      </LinkButton>
      {mayWrite && (
        <Button
          leftSection={<IconChecklist size={16} />}
          onClick={() => {
            setOpen("task");
          }}
        >
          Make a task
        </Button>
      )}
      {mayWrite && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<IconChevronDown size={14} />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconFileExport size={16} />}
              onClick={() => {
                setOpen("export");
              }}
            >
              Export
            </Menu.Item>
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={askDelete}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {open === "task" && <TaskDialog selection={selection} projectId={projectId} onClose={close} />}
      {open === "export" && <ExportDialog selection={selection} onClose={close} />}
    </>
  );
}

function useDelete(selection: Selection, projectId: string): () => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () => deleteSelection(selection.id),
    onSuccess: async () => {
      await navigate({ to: "/p/$projectId/select", params: { projectId }, search: { tab: "selections" } });
      await client.invalidateQueries({ queryKey: ["selections"] });
    },
    onError: (error) => {
      const { title, hint } = sayProblem(error);
      notifications.show({ color: "red", title, message: hint });
    },
  });
  return () => {
    modals.openConfirmModal({
      title: `Delete ${selection.name}?`,
      children: (
        <Text size="sm">
          The images and their labels stay. The reasons, the marks of what was drawn by chance, and with them
          the proof, are gone.
        </Text>
      ),
      labels: { confirm: "Delete", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: () => {
        deleting.mutate();
      },
    });
  };
}
