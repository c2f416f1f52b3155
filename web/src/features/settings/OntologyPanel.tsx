import { Alert, Button, Card, Grid, Group, Stack, Switch, Text, Title } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ontologyQuery, saveOntology } from "@/api/queries/ontology";
import type { Ontology } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { AttributesEditor } from "./AttributesEditor";
import { findMistakes, removedLabels, startDraft, toOntologyDraft } from "./draft";
import { LabelsEditor } from "./LabelsEditor";
import { StudioPreview } from "./StudioPreview";

/** The labels and attributes of the project, with a live view of what annotators will see. */
export function OntologyPanel({ projectId }: { readonly projectId: string }) {
  const ontology = useQuery(ontologyQuery(projectId));
  if (ontology.isError) return <ProblemNote error={ontology.error} onRetry={() => void ontology.refetch()} />;
  if (ontology.data === undefined) return <WaitRows />;
  // A version saved elsewhere must not throw away what is typed here: the editor starts anew only when it was saved.
  return <Editor projectId={projectId} saved={ontology.data} />;
}

function Editor({ projectId, saved }: { readonly projectId: string; readonly saved: Ontology | null }) {
  const [base, setBase] = useState(saved);
  const [draft, setDraft] = useState(() => startDraft(saved));
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const mistakes = findMistakes(draft);
  const isChanged =
    JSON.stringify(toOntologyDraft(draft)) !== JSON.stringify(toOntologyDraft(startDraft(base)));
  const isOvertaken = saved !== null && base !== null && saved.version !== base.version;
  const start = (ontology: Ontology | null) => {
    setBase(ontology);
    setDraft(startDraft(ontology));
  };
  const saving = useMutation({
    mutationFn: () =>
      saveOntology({ projectId, draft: toOntologyDraft(draft), baseVersion: base?.version ?? null }),
    onSuccess: async (ontology) => {
      start(ontology);
      client.setQueryData(ontologyQuery(projectId).queryKey, ontology);
      await client.invalidateQueries({ queryKey: ["ontologies"] });
      notifications.show({ message: `Saved as version ${String(ontology.version)}` });
    },
  });
  const ask = () => {
    const removed = removedLabels(draft, base);
    if (removed.length === 0) saving.mutate();
    else confirmRemoval(removed, saving.mutate);
  };
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack>
          {isOvertaken && (
            <Alert color="yellow" title={`Somebody saved version ${String(saved.version)} meanwhile`}>
              <Group>
                <Text size="sm">Start from it to see their changes; yours here are then gone.</Text>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => {
                    start(saved);
                  }}
                >
                  Start from version {saved.version}
                </Button>
              </Group>
            </Alert>
          )}
          <LabelsEditor draft={draft} onChange={setDraft} isReadOnly={!mayWrite} />
          <AttributesEditor draft={draft} onChange={setDraft} isReadOnly={!mayWrite} />
          <Switch
            label="Imports may add labels they meet"
            description="Off: an import with an unknown label says so and takes nothing in for it."
            checked={draft.isOpen}
            disabled={!mayWrite}
            onChange={(event) => {
              setDraft({ ...draft, isOpen: event.currentTarget.checked });
            }}
          />
          {isChanged &&
            mistakes.map((mistake) => <Alert key={mistake} color="yellow" title={mistake} p="xs" />)}
          {saving.isError && <ProblemNote error={saving.error} />}
          {mayWrite && (
            <Group justify="flex-end">
              <Button
                variant="default"
                disabled={!isChanged}
                onClick={() => {
                  start(base);
                }}
              >
                Undo the changes
              </Button>
              <Button disabled={!isChanged || mistakes.length > 0} loading={saving.isPending} onClick={ask}>
                Save as version {(base?.version ?? 0) + 1}
              </Button>
            </Group>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Card withBorder pos="sticky" top={0}>
          <Title order={3} mb="xs">
            What annotators see
          </Title>
          <StudioPreview draft={draft} />
        </Card>
      </Grid.Col>
    </Grid>
  );
}

function confirmRemoval(removed: readonly string[], onConfirm: () => void): void {
  modals.openConfirmModal({
    title: `Remove ${removed.length === 1 ? "a label" : `${String(removed.length)} labels`}?`,
    children: (
      <Text size="sm">
        Annotations that carry {removed.map((name) => `“${name}”`).join(", ")} stay as they are and can be
        found and relabelled in the explorer. People who are drawing them right now will be asked for another
        label; their work is kept. A renamed label counts as removed and added.
      </Text>
    ),
    labels: { confirm: "Save", cancel: "Cancel" },
    onConfirm,
  });
}
