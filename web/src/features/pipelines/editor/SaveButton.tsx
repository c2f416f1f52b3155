import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiProblem } from "@/api/client";
import { asNumber, asRecord } from "@/api/json";
import { applyPipeline } from "@/api/queries/pipelines";
import type { Pipeline } from "@/api/schema.gen";
import { spaced } from "@/graph/look";
import { formatCount } from "@/ui/format";
import { sayProblem } from "@/ui/ProblemNote";

import { useEditor } from "./useEditor";

export interface SaveButtonProps {
  readonly isDirty: boolean;
  readonly problems: number;
  readonly nameProblem: string | null;
  readonly onSaved: (pipeline: Pipeline) => void;
}

/** Where tokens of vanished steps go: `old:new`, or `old:!` to end their runs. */
const END = "!";

/** Save the draft as the pipeline's next version. Tokens at steps that vanish are asked about. */
export function SaveButton({ isDirty, problems, nameProblem, onSaved }: SaveButtonProps) {
  const { draft, projectId, pipelineId, renamed, show } = useEditor();
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: (migrate: readonly string[]) => applyPipeline({ projectId, definition: draft, migrate }),
    onSuccess: async (pipeline) => {
      onSaved(pipeline);
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ["pipelines", "pipeline", "overview"].includes(String(queryKey[0])),
      });
      notifications.show({ title: pipeline.name, message: `Saved as version ${String(pipeline.version)}.` });
    },
    onError: (error) => {
      if (homelessOf(error) !== null) return;
      const { title, hint } = sayProblem(error);
      notifications.show({ color: "red", title: `Not saved: ${title}`, message: hint, autoClose: false });
    },
  });
  const homeless = homelessOf(saving.error);
  const why =
    nameProblem ??
    (draft.nodes.length === 0 ? "Add a step first" : problems > 0 ? "Mend what Checks lists first" : null);
  return (
    <>
      <Button
        size="xs"
        loading={saving.isPending}
        disabled={pipelineId !== null && !isDirty}
        data-why={why ?? undefined}
        title={why ?? undefined}
        onClick={() => {
          if (problems > 0) show("problems");
          if (why === null) saving.mutate([]);
          else notifications.show({ color: "yellow", title: "Not saved yet", message: `${why}.` });
        }}
      >
        Save
      </Button>
      {homeless !== null && (
        <MigrateDialog
          counts={homeless}
          targets={draft.nodes.map((node) => node.id)}
          renamed={renamed}
          isBusy={saving.isPending}
          onClose={() => {
            saving.reset();
          }}
          onMove={(moves) => {
            saving.mutate(moves);
          }}
        />
      )}
    </>
  );
}

/** Counts of tokens at steps that the new version does not have; null for any other error. */
export function homelessOf(error: unknown): Readonly<Record<string, number>> | null {
  if (!(error instanceof ApiProblem) || error.status !== 409) return null;
  const counts = Object.entries(asRecord(error.details.nodes)).map(
    ([node, count]) => [node, asNumber(count) ?? 0] as const,
  );
  return counts.length === 0 ? null : Object.fromEntries(counts);
}

interface MigrateDialogProps {
  readonly counts: Readonly<Record<string, number>>;
  readonly targets: readonly string[];
  readonly renamed: Readonly<Record<string, string>>;
  readonly isBusy: boolean;
  readonly onClose: () => void;
  readonly onMove: (moves: readonly string[]) => void;
}

/** Tokens wait at steps that are gone: where should they go? */
function MigrateDialog({ counts, targets, renamed, isBusy, onClose, onMove }: MigrateDialogProps) {
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.keys(counts).map((node) => [node, follow(renamed, node, targets) ?? END])),
  );
  const ends = Object.entries(chosen).filter(([, target]) => target === END);
  const lost = ends.reduce((sum, [node]) => sum + (counts[node] ?? 0), 0);
  return (
    <Modal opened onClose={onClose} title="Images are still at steps that you removed" size="lg">
      <Stack gap="sm">
        <Text size="sm">Nothing is saved yet. Say where what waits at each removed step goes on.</Text>
        {Object.entries(counts).map(([node, count]) => (
          <Group key={node} wrap="nowrap" justify="space-between">
            <Text size="sm">
              <b>{spaced(node)}</b>: {formatCount(count)} waiting
            </Text>
            <Select
              w={240}
              aria-label={`Where what waits at ${spaced(node)} goes`}
              data={[
                { value: END, label: "End their runs" },
                ...targets.map((one) => ({ value: one, label: `Go on at ${spaced(one)}` })),
              ]}
              value={chosen[node] ?? END}
              allowDeselect={false}
              searchable
              onChange={(value) => {
                if (value !== null) setChosen({ ...chosen, [node]: value });
              }}
            />
          </Group>
        ))}
        {lost > 0 && (
          <Alert color="yellow" variant="light">
            {formatCount(lost)} {lost === 1 ? "run ends" : "runs end"} as cancelled. What was labelled stays.
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Back to the canvas
          </Button>
          <Button
            loading={isBusy}
            onClick={() => {
              onMove(Object.entries(chosen).map(([node, target]) => `${node}:${target}`));
            }}
          >
            Save and move them
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Where a renamed step is now. */
function follow(
  renamed: Readonly<Record<string, string>>,
  node: string,
  targets: readonly string[],
): string | null {
  let name = node;
  for (let turn = 0; turn < 50 && renamed[name] !== undefined; turn += 1) name = renamed[name] ?? name;
  return targets.includes(name) ? name : null;
}
