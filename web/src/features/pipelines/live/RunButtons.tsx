import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { cancelRun, rerunRun } from "@/api/queries/pipelines";
import type { Run } from "@/api/schema.gen";
import { ProblemNote } from "@/ui/ProblemNote";

import { isOfRuns } from "../words";

/** End a run that is under way, or let one that ended go again. */
export function RunButtons({ run }: { readonly run: Run }) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ predicate: ({ queryKey }) => isOfRuns(queryKey[0]) });
  const cancelling = useMutation({ mutationFn: () => cancelRun(run.id), onSuccess });
  const again = useMutation({
    mutationFn: (start: "start" | "failed") => rerunRun({ runId: run.id, body: { start } }),
    onSuccess,
  });
  const error = cancelling.error ?? again.error;
  return (
    <>
      <Group gap="xs">
        {run.state === "active" && (
          <Button
            size="compact-xs"
            variant="default"
            loading={cancelling.isPending}
            onClick={() => {
              cancelling.mutate();
            }}
          >
            Cancel this run
          </Button>
        )}
        {run.state === "failed" && (
          <Button
            size="compact-xs"
            loading={again.isPending}
            onClick={() => {
              again.mutate("failed");
            }}
          >
            Try what failed again
          </Button>
        )}
        {run.state !== "active" && (
          <Button
            size="compact-xs"
            variant="default"
            loading={again.isPending}
            onClick={() => {
              again.mutate("start");
            }}
          >
            Run it again from the start
          </Button>
        )}
      </Group>
      {error !== null && <ProblemNote error={error} />}
    </>
  );
}
