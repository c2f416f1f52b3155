import {
  ActionIcon,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  Tooltip,
} from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { asText } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { jobQuery } from "@/api/queries/jobs";
import { compareModels } from "@/api/queries/models";
import type { Model } from "@/api/schema.gen";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";

export interface CompareDialogProps {
  readonly projectId: string;
  readonly pair: { readonly champion: Model; readonly challenger: Model };
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Two models on one test subset: asks on which, watches the work, and goes to the answer. */
export function CompareDialog({ projectId, pair, isOpen, onClose }: CompareDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Compare two models" size="lg">
      {isOpen && <CompareForm projectId={projectId} pair={pair} onClose={onClose} />}
    </Modal>
  );
}

/** How far a protected slice may seem to fall. */
const SLICE_MARGIN = 0.05;

function CompareForm({ projectId, pair, onClose }: Omit<CompareDialogProps, "isOpen">) {
  const [isTurned, setTurned] = useState(false);
  const [datasetId, setDatasetId] = useState(pair.challenger.dataset_id);
  const [minDelta, setMinDelta] = useState("0");
  const [floorDrop, setFloorDrop] = useState("0.1");
  const [slices, setSlices] = useState<readonly string[]>([]);
  const datasets = useQuery(datasetsQuery(projectId));
  const champion = isTurned ? pair.challenger : pair.champion;
  const challenger = isTurned ? pair.champion : pair.challenger;
  const comparing = useMutation({
    mutationFn: () =>
      compareModels({
        projectId,
        body: {
          champion_id: champion.id,
          challenger_id: challenger.id,
          dataset_id: datasetId,
          min_delta: numberOf(minDelta),
          floor_drop: numberOf(floorDrop),
          slices: slices.map((query) => ({ query, floor_drop: SLICE_MARGIN })),
        },
      }),
  });
  if (comparing.data !== undefined) {
    return <Watched jobId={comparing.data.id} projectId={projectId} onClose={onClose} />;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        comparing.mutate();
      }}
    >
      <Stack gap="sm">
        <Group wrap="nowrap" align="center" grow preventGrowOverflow={false}>
          <Side title="Champion" model={champion} />
          <Tooltip label="Turn around">
            <ActionIcon
              aria-label="Turn champion and challenger around"
              style={{ flexGrow: 0 }}
              onClick={() => {
                setTurned(!isTurned);
              }}
            >
              <IconArrowsExchange size={18} />
            </ActionIcon>
          </Tooltip>
          <Side title="Challenger" model={challenger} />
        </Group>
        <Select
          label="On the test subset of"
          description="Its present revision. The test subset is frozen from the first comparison on."
          data={(datasets.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={datasetId}
          onChange={setDatasetId}
          required
        />
        <SimpleGrid cols={2}>
          <NumberInput
            label="Smallest gain"
            description="Less is not worth a change."
            value={minDelta}
            onChange={(value) => {
              setMinDelta(String(value));
            }}
            min={0}
            max={1}
            step={0.01}
          />
          <NumberInput
            label="Floor"
            description="No class may fall by more; empty sets no floor."
            value={floorDrop}
            onChange={(value) => {
              setFloorDrop(String(value));
            }}
            min={0}
            max={1}
            step={0.01}
          />
        </SimpleGrid>
        <TagsInput
          label="Protected slices"
          description={`Queries of test items on which it must be shown not to fall by ${String(SLICE_MARGIN)}; Enter adds one.`}
          placeholder={slices.length === 0 ? "metadata.camera:north" : undefined}
          splitChars={[]}
          maxTags={20}
          value={[...slices]}
          onChange={setSlices}
        />
        {comparing.isError && <ProblemNote error={comparing.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={comparing.isPending} disabled={datasetId === null}>
            Compare
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Side({ title, model }: { readonly title: string; readonly model: Model }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Text size="sm" fw={600}>
        {model.name}
      </Text>
    </div>
  );
}

interface WatchedProps {
  readonly jobId: string;
  readonly projectId: string;
  readonly onClose: () => void;
}

function Watched({ jobId, projectId, onClose }: WatchedProps) {
  const job = useQuery(jobQuery(jobId));
  const navigate = useNavigate();
  const comparisonId = job.data?.state === "done" ? asText(job.data.result?.comparison_id) : null;
  useEffect(() => {
    if (comparisonId === null) return;
    onClose();
    void navigate({ to: "/p/$projectId/comparisons/$comparisonId", params: { projectId, comparisonId } });
  }, [comparisonId, navigate, onClose, projectId]);
  return (
    <Stack gap="sm">
      {job.data !== undefined && <JobRow job={job.data} />}
      {job.isError && <ProblemNote error={job.error} onRetry={() => void job.refetch()} />}
      <Text size="sm" c="dimmed">
        Models that were not scored on these items yet are scored first. You may close this; the decision will
        be listed under Models.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
