import { Badge, Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import {
  IconBookmark,
  IconChevronDown,
  IconDeviceFloppy,
  IconPencil,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createView, deleteView, updateView, viewsQuery } from "@/api/queries/views";
import type { SavedView } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";

import type { LensSettings } from "../lenses/settings";

import { isChanged, lensJson } from "./changed";

export interface ViewsMenuProps {
  readonly projectId: string;
  readonly datasetId: string;
  readonly q: string;
  readonly lens: string;
  readonly settings: LensSettings;
  readonly viewId: string | undefined;
  readonly onOpen: (view: SavedView | null) => void;
}

type Asking = "new" | "rename" | "delete";

/** Filters and lenses under a name: open, save, rename, delete. */
export function ViewsMenu(props: ViewsMenuProps) {
  const { projectId, datasetId, q, lens, settings, viewId, onOpen } = props;
  const client = useQueryClient();
  const views = useQuery(viewsQuery(projectId));
  const mayWrite = useIsAtLeast("reviewer");
  const [asking, setAsking] = useState<Asking | null>(null);
  const list = (views.data ?? []).filter((view) => view.dataset_id === null || view.dataset_id === datasetId);
  const view = list.find((one) => one.id === viewId);
  const hasChanged = view !== undefined && isChanged(view, { q, lens, settings });
  const saving = useMutation({
    mutationFn: (saved: SavedView) =>
      updateView({ viewId: saved.id, query_text: q, lens: lensJson(lens, settings) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["views"] }),
  });
  return (
    <>
      <Menu position="bottom-end" width={270}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconBookmark size={16} />}
            rightSection={<IconChevronDown size={14} />}
            maw={240}
          >
            <Text size="sm" truncate>
              {view?.name ?? "Views"}
            </Text>
            {hasChanged && (
              <Badge size="xs" variant="light" color="orange" ml={6}>
                changed
              </Badge>
            )}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {views.isError && <Menu.Label>The views cannot be read: {views.error.message}</Menu.Label>}
          {list.length === 0 && !views.isError && (
            <Menu.Label>No view is saved yet. A view keeps the filter and how you look at it.</Menu.Label>
          )}
          {list.map((one) => (
            <Menu.Item
              key={one.id}
              fw={one.id === viewId ? 600 : undefined}
              onClick={() => {
                onOpen(one);
              }}
            >
              {one.name}
              <Text size="xs" c="dimmed" ff="monospace" truncate maw={235}>
                {one.query_text === "" ? "every item" : one.query_text}
              </Text>
            </Menu.Item>
          ))}
          {mayWrite && (
            <>
              <Menu.Divider />
              {view !== undefined && (
                <>
                  <Menu.Item
                    leftSection={<IconDeviceFloppy size={16} />}
                    disabled={!hasChanged}
                    onClick={() => {
                      saving.mutate(view);
                    }}
                  >
                    Save the changes to it
                  </Menu.Item>
                  <Menu.Item
                    leftSection={<IconPencil size={16} />}
                    onClick={() => {
                      setAsking("rename");
                    }}
                  >
                    Rename…
                  </Menu.Item>
                  <Menu.Item
                    color="red"
                    leftSection={<IconTrash size={16} />}
                    onClick={() => {
                      setAsking("delete");
                    }}
                  >
                    Delete…
                  </Menu.Item>
                </>
              )}
              <Menu.Item
                leftSection={<IconPlus size={16} />}
                onClick={() => {
                  setAsking("new");
                }}
              >
                Save as a new view…
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking !== null && (
        <ViewDialog
          {...props}
          asking={asking}
          view={view}
          onClose={() => {
            setAsking(null);
          }}
        />
      )}
    </>
  );
}

const TITLES: Readonly<Record<Asking, string>> = {
  new: "Save a view",
  rename: "Rename the view",
  delete: "Delete the view",
};

type ViewDialogProps = ViewsMenuProps & {
  readonly asking: Asking;
  readonly view: SavedView | undefined;
  readonly onClose: () => void;
};

function ViewDialog({
  projectId,
  datasetId,
  q,
  lens,
  settings,
  asking,
  view,
  onOpen,
  onClose,
}: ViewDialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState(asking === "rename" ? (view?.name ?? "") : "");
  const doing = useMutation({
    mutationFn: async (): Promise<SavedView | null> => {
      if (asking === "new") {
        return createView({
          projectId,
          dataset_id: datasetId,
          name,
          query_text: q,
          lens: lensJson(lens, settings),
        });
      }
      if (view === undefined) return null;
      if (asking === "rename") return updateView({ viewId: view.id, name });
      await deleteView(view.id);
      return null;
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: ["views"] });
      onOpen(saved);
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={TITLES[asking]}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          doing.mutate();
        }}
      >
        <Stack gap="sm">
          {asking === "delete" ? (
            <Text size="sm">
              Delete <b>{view?.name}</b>? The items stay as they are.
            </Text>
          ) : (
            <TextInput
              label="Name"
              placeholder="Unsure cars"
              required
              data-autofocus
              maxLength={200}
              value={name}
              onChange={(event) => {
                setName(event.currentTarget.value);
              }}
            />
          )}
          {doing.isError && <ProblemNote error={doing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={doing.isPending}
              color={asking === "delete" ? "red" : undefined}
              disabled={asking !== "delete" && name.trim() === ""}
            >
              {asking === "delete" ? "Delete" : "Save"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
