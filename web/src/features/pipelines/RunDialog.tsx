import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { nodeTypesQuery, startRuns } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { doors } from "./words";

export interface RunDialogProps {
  readonly pipeline: Pipeline;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Start by hand: open a round, train now, or take in the images that a query finds. */
export function RunDialog({ pipeline, isOpen, onClose }: RunDialogProps) {
  const types = useQuery({ ...nodeTypesQuery(), enabled: isOpen });
  const listed = doors(pipeline.definition, types.data ?? []);
  // What sets something going comes first: it is what people press this button for.
  const sorted = [...listed].sort((a, b) => Number(a.kind === "item") - Number(b.kind === "item"));
  const [target, setTarget] = useState<string | null>(null);
  const [query, setQuery] = useState("");
  const client = useQueryClient();
  const chosen = sorted.find((one) => one.target === target) ?? sorted[0];
  const starting = useMutation({
    mutationFn: () =>
      startRuns({
        pipelineId: pipeline.id,
        body: {
          node: chosen?.target,
          query: chosen?.kind === "item" && query.trim() !== "" ? query.trim() : null,
        },
      }),
    onSuccess: async (started) => {
      notifications.show({
        title: pipeline.name,
        message: started.started === 1 ? "One run began." : `${formatCount(started.started)} runs began.`,
      });
      onClose();
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["pipeline", "runs", "overview"].includes(String(queryKey[0])),
      });
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Run ${pipeline.name}`} size="lg">
      {types.isPending && <WaitRows rows={3} />}
      {types.isError && <ProblemNote error={types.error} onRetry={() => void types.refetch()} />}
      {types.isSuccess && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            starting.mutate();
          }}
        >
          <Stack gap="sm">
            <Radio.Group value={chosen?.target ?? ""} onChange={setTarget} label="What to begin">
              <Stack gap={8} mt={6}>
                {sorted.map((door) => (
                  <Radio key={door.target} value={door.target} label={door.title} />
                ))}
              </Stack>
            </Radio.Group>
            {chosen?.kind === "item" && (
              <TextInput
                label="Which images"
                description="A query in text form, as in the explorer; every image of the step's dataset when empty."
                placeholder="subset:train label:car"
                value={query}
                styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
                onChange={(event) => {
                  setQuery(event.currentTarget.value);
                }}
              />
            )}
            {chosen === undefined && (
              <Text size="sm">This pipeline has no step that can be started by hand.</Text>
            )}
            {starting.isError && <ProblemNote error={starting.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={starting.isPending} disabled={chosen === undefined}>
                Run
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
