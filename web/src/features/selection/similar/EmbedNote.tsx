import { Alert, Button, Card, Group, Text } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ApiProblem } from "@/api/client";
import { embedDataset } from "@/api/queries/spaces";
import { useIsAtLeast } from "@/app/context";
import { formatCount } from "@/ui/format";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";

import { useFollowedJob } from "../jobs";

export interface EmbedNoteProps {
  readonly datasetId: string;
  /** Images that nothing has looked at yet. */
  readonly missing: number;
  readonly error: unknown;
}

/** Images without vectors cannot be found: says so, and has them looked at. */
export function EmbedNote({ datasetId, missing, error }: EmbedNoteProps) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const [jobId, setJobId] = useState<string | null>(null);
  const embedding = useMutation({
    mutationFn: () => embedDataset({ datasetId, body: {} }),
    onSuccess: (job) => {
      setJobId(job.id);
      void client.invalidateQueries({ queryKey: ["jobs"] });
    },
  });
  const { job } = useFollowedJob({ jobId, key: null, onDone: () => undefined });
  const isAsked = error instanceof ApiProblem && error.status < 500 && error.status >= 400;
  if (datasetId === "" || (missing === 0 && !isAsked && job === undefined)) return null;
  if (job !== undefined && job.state !== "done") {
    return (
      <Card withBorder padding="sm">
        <JobRow job={job} />
      </Card>
    );
  }
  if (missing === 0 && !isAsked) return null;
  return (
    <Alert variant="light" color="yellow" icon={<IconEyeOff size={18} />} p="sm">
      <Group justify="space-between">
        <Text size="sm">
          {missing > 0
            ? `${formatCount(missing)} images have not been looked at yet, so they cannot be found.`
            : "Perhaps these images have not been looked at yet."}
        </Text>
        {mayWrite && (
          <Button
            size="xs"
            loading={embedding.isPending}
            onClick={() => {
              embedding.mutate();
            }}
          >
            Look at them now
          </Button>
        )}
      </Group>
      {embedding.isError && <ProblemNote error={embedding.error} />}
    </Alert>
  );
}
