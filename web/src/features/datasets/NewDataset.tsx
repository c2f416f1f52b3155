import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { createDataset } from "@/api/queries/datasets";
import { ProblemNote } from "@/ui/ProblemNote";

export interface NewDatasetProps {
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks for a name and goes to the new dataset, where images can be dropped. */
export function NewDataset({ projectId, isOpen, onClose }: NewDatasetProps) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const creating = useMutation({
    mutationFn: () => createDataset({ projectId, name }),
    onSuccess: async (dataset) => {
      await client.invalidateQueries({ queryKey: ["datasets"] });
      await navigate({
        to: "/p/$projectId/datasets/$datasetId",
        params: { projectId, datasetId: dataset.id },
        search: { tab: "upload" },
      });
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title="New dataset">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          creating.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="Night shots, camera 3"
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          {creating.isError && <ProblemNote error={creating.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creating.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
