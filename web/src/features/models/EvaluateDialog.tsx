import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { evaluateModel } from "@/api/queries/models";
import type { Model } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

export interface EvaluateDialogProps {
  readonly model: Model;
  readonly projectId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Scores a model on a test subset; the work goes on when the dialog closes. */
export function EvaluateDialog({ model, projectId, isOpen, onClose }: EvaluateDialogProps) {
  const datasets = useQuery(datasetsQuery(projectId));
  const [datasetId, setDatasetId] = useState(model.dataset_id);
  const [query, setQuery] = useState("");
  const client = useQueryClient();
  const evaluating = useMutation({
    mutationFn: () =>
      evaluateModel({
        modelId: model.id,
        body: { dataset_id: datasetId, query: query.trim() === "" ? null : query.trim() },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["jobs"] });
      onClose();
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Evaluate ${model.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          evaluating.mutate();
        }}
      >
        <Stack gap="sm">
          <Select
            label="On the test subset of"
            required
            data={(datasets.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
            value={datasetId}
            onChange={setDatasetId}
          />
          <TextInput
            label="Only these test items"
            description="A query in text form; the whole test subset when empty."
            placeholder="metadata.camera:north"
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            value={query}
            onChange={(event) => {
              setQuery(event.currentTarget.value);
            }}
          />
          {evaluating.isError && <ProblemNote error={evaluating.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={evaluating.isPending} disabled={datasetId === null}>
              Evaluate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
