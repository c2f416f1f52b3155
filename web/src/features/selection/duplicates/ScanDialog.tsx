import { Button, Checkbox, Group, Modal, Slider, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { scanDuplicates } from "@/api/queries/duplicates";
import { isActive } from "@/api/queries/jobs";
import type { Dataset, DuplicateScanDraft } from "@/api/schema.gen";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";
import { QueryBar, isQueryProblem } from "@/query/QueryBar";

import { useFollowedJob } from "../jobs";
import { FIRST_SCAN, hashWords, similarityWords } from "./facts";

export interface ScanDialogProps {
  readonly dataset: Dataset;
  readonly onClose: () => void;
  readonly onDone: (scanId: string) => void;
}

/** How alike two images must be to count as one, with what each setting lets through. */
export function ScanDialog({ dataset, onClose, onDone }: ScanDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<DuplicateScanDraft>(FIRST_SCAN);
  const [q, setQ] = useState("");
  const [jobId, setJobId] = useState<string | null>(null);
  const starting = useMutation({
    mutationFn: () =>
      scanDuplicates({ datasetId: dataset.id, draft: { ...draft, filter: q === "" ? null : q } }),
    onSuccess: (job) => {
      setJobId(job.id);
      void client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const { job } = useFollowedJob({ jobId, key: "scan_id", onDone });
  const isWorking = jobId !== null && (job === undefined || isActive(job));
  const set = (changes: Partial<DuplicateScanDraft>) => {
    setDraft((before) => ({ ...before, ...changes }));
  };
  const isNothing = !draft.exact && !draft.near && !draft.video;
  return (
    <Modal opened onClose={onClose} title={`Search ${dataset.name} for duplicates`} size="lg">
      <Stack gap="md">
        <Checkbox
          label="The same file twice"
          description="Byte for byte."
          checked={draft.exact}
          onChange={(event) => {
            set({ exact: event.currentTarget.checked });
          }}
        />
        <Checkbox
          label="Nearly the same picture"
          description="Resized, compressed again, brightened, or taken a moment later."
          checked={draft.near}
          onChange={(event) => {
            set({ near: event.currentTarget.checked });
          }}
        />
        {draft.near && <Closeness draft={draft} onSet={set} />}
        <Checkbox
          label="Neighbouring frames of a video"
          description="Images of one group whose numbers follow each other, while the scene stays."
          checked={draft.video}
          onChange={(event) => {
            set({ video: event.currentTarget.checked });
          }}
        />
        <div>
          <Text size="sm" fw={500} mb={4}>
            Among
          </Text>
          <QueryBar
            appliesOnBlur
            datasetId={dataset.id}
            q={q}
            error={isQueryProblem(starting.error) ? starting.error : null}
            onQuery={setQ}
          />
        </div>
        {starting.isError && <ProblemNote error={starting.error} />}
        {job !== undefined && job.state !== "done" && <JobRow job={job} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {isWorking ? "Go on in the background" : "Cancel"}
          </Button>
          {!isWorking && (
            <Button
              loading={starting.isPending}
              disabled={isNothing}
              onClick={() => {
                starting.mutate();
              }}
            >
              Search
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

interface ClosenessProps {
  readonly draft: DuplicateScanDraft;
  readonly onSet: (changes: Partial<DuplicateScanDraft>) => void;
}

function Closeness({ draft, onSet }: ClosenessProps) {
  const similarity = draft.similarity ?? null;
  return (
    <Stack gap="lg" pl={30}>
      <div>
        <Text size="sm" fw={500}>
          Differing bits of the picture&apos;s hash: at most {draft.hash_distance} of 64
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          Now: {hashWords(draft.hash_distance)}.
        </Text>
        <Slider
          thumbLabel="Differing bits"
          min={0}
          max={24}
          value={draft.hash_distance}
          onChange={(hash_distance) => {
            onSet({ hash_distance });
          }}
        />
      </div>
      <div>
        <Switch
          label="What is in the picture must be alike, too"
          description="By embeddings, where both have one. It drops pictures that only share their light and dark."
          checked={similarity !== null}
          onChange={(event) => {
            onSet({ similarity: event.currentTarget.checked ? 0.9 : null });
          }}
        />
        {similarity !== null && (
          <>
            <Text size="xs" c="dimmed" mt={6} mb={6}>
              At least {similarity.toFixed(2)}: {similarityWords(similarity)}.
            </Text>
            <Slider
              thumbLabel="Similarity"
              min={0.5}
              max={1}
              step={0.01}
              value={similarity}
              label={(value) => value.toFixed(2)}
              onChange={(value) => {
                onSet({ similarity: value });
              }}
            />
          </>
        )}
      </div>
    </Stack>
  );
}
