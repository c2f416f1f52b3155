import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createSnapshot } from "@/api/queries/datasets";
import { createView } from "@/api/queries/views";
import { writeValue } from "@/api/queryText";
import { ProblemNote } from "@/ui/ProblemNote";

import type { Scope } from "./scope";

export interface SnapshotDialogProps {
  readonly projectId: string;
  readonly datasetName: string;
  readonly q: string;
  readonly scope: Scope;
  readonly onClose: () => void;
}

/** Freeze the dataset as it is seen; with a filter, keep the filter over it as a view. */
export function SnapshotDialog({ projectId, datasetName, q, scope, onClose }: SnapshotDialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [keepsView, setKeepsView] = useState(q !== "");
  const { revision, dataset_id: datasetId } = scope.listing;
  const freezing = useMutation({
    mutationFn: async () => {
      const made = await createSnapshot({ datasetId, name, revision });
      if (keepsView && q !== "") {
        await createView({
          projectId,
          dataset_id: datasetId,
          name,
          query_text: `snapshot:${writeValue(name)} ${q}`,
          lens: {},
        });
      }
      return made;
    },
    onSuccess: async () => {
      notifications.show({ message: `Snapshot "${name}" stands for revision ${String(revision)}.` });
      onClose();
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["snapshots", "views"].includes(String(queryKey[0])),
      });
    },
  });
  return (
    <Modal opened onClose={onClose} title="Snapshot">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          freezing.mutate();
        }}
      >
        <Stack gap="sm">
          <Alert variant="light" p="xs">
            <Text size="sm">
              Names the whole dataset <b>{datasetName}</b> at revision {revision}, for good. It costs nothing,
              whatever the size.
            </Text>
          </Alert>
          <TextInput
            label="Name"
            placeholder="before-night-images"
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          {q !== "" && (
            <Checkbox
              label={`Keep ${scope.words} as a saved view of it`}
              checked={keepsView}
              onChange={(event) => {
                setKeepsView(event.currentTarget.checked);
              }}
            />
          )}
          {freezing.isError && <ProblemNote error={freezing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={freezing.isPending} disabled={name.trim() === ""}>
              Make the snapshot
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
