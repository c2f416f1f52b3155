import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { deleteEndpoint, prunePredictions } from "@/api/queries/endpoints";
import type { Endpoint } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import type { TabProps } from "../overview/OverviewTab";

/** Removes what is past its retention now, after saying how much that is. */
export function PrunePanel({ endpoint }: { readonly endpoint: Endpoint }) {
  const client = useQueryClient();
  const counting = useMutation({
    mutationFn: () => prunePredictions({ endpointId: endpoint.id, isDryRun: true }),
  });
  const pruning = useMutation({
    mutationFn: () => prunePredictions({ endpointId: endpoint.id, isDryRun: false }),
    onSuccess: async () => {
      counting.reset();
      await client.invalidateQueries({ queryKey: ["endpoint-log"] });
    },
  });
  const found = counting.data;
  return (
    <Panel title="Past its retention" about="What is too old is removed within the hour by itself.">
      <Group>
        <Button
          variant="default"
          loading={counting.isPending}
          onClick={() => {
            pruning.reset();
            counting.mutate();
          }}
        >
          How much is too old?
        </Button>
        {found !== undefined && (
          <Text size="sm" role="status">
            {formatCount(found.lines)} lines and {formatCount(found.images)} images.
          </Text>
        )}
        {found !== undefined && found.lines > 0 && (
          <Button
            color="red"
            variant="light"
            loading={pruning.isPending}
            onClick={() => {
              pruning.mutate();
            }}
          >
            Remove them now
          </Button>
        )}
        {pruning.isSuccess && (
          <Text size="sm" role="status">
            {formatCount(pruning.data.lines)} lines were removed.
          </Text>
        )}
      </Group>
      {counting.isError && <ProblemNote error={counting.error} />}
      {pruning.isError && <ProblemNote error={pruning.error} />}
    </Panel>
  );
}

/** Deletes it for good, after its name was typed. */
export function DeletePanel({ endpoint, projectId }: TabProps) {
  return (
    <Panel
      title="Delete the endpoint"
      about="Its log, feedback, flags and tokens go with it. Models, and items that were made of flags, stay."
    >
      <Button
        w="fit-content"
        color="red"
        variant="light"
        onClick={() => {
          modals.open({
            title: `Delete ${endpoint.name}?`,
            children: <DeleteForm endpoint={endpoint} projectId={projectId} />,
          });
        }}
      >
        Delete it…
      </Button>
    </Panel>
  );
}

function DeleteForm({ endpoint, projectId }: TabProps) {
  const [typed, setTyped] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const deleting = useMutation({
    mutationFn: () => deleteEndpoint(endpoint.id),
    onSuccess: async () => {
      modals.closeAll();
      await navigate({ to: "/p/$projectId/endpoints", params: { projectId } });
      await client.invalidateQueries({ queryKey: ["endpoints"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === endpoint.name) deleting.mutate();
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          Whoever asks it gets 404 from now on. This cannot be undone. To stop it for a while, switch it off
          instead.
        </Text>
        <TextInput
          label={`Type ${endpoint.name} to confirm`}
          data-autofocus
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
        {deleting.isError && <ProblemNote error={deleting.error} />}
        <Group justify="flex-end">
          <Button
            variant="default"
            onClick={() => {
              modals.closeAll();
            }}
          >
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={typed !== endpoint.name} loading={deleting.isPending}>
            Delete
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
