import { Alert, Button, Card, Group, NumberInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { splitDataset } from "@/api/queries/datasets";
import type { DatasetCounts } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

export interface SubsetsPanelProps {
  readonly datasetId: string;
  readonly counts: DatasetCounts | undefined;
}

/** Give the items that are in no subset theirs, by shares; those that have one keep it. */
export function SubsetsPanel({ datasetId, counts }: SubsetsPanelProps) {
  const [train, setTrain] = useState(70);
  const [validation, setValidation] = useState(15);
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const test = 100 - train - validation;
  const splitting = useMutation({
    mutationFn: () =>
      splitDataset({
        datasetId,
        quotas: { train: train / 100, validation: validation / 100, test: test / 100 },
      }),
    onSuccess: async (report) => {
      await client.invalidateQueries({ queryKey: ["dataset", datasetId] });
      notifications.show({ message: `${formatCount(report.assigned)} items were given a subset` });
    },
  });
  const open = counts?.no_subset ?? 0;
  return (
    <Card withBorder maw={640}>
      <Stack gap="sm">
        <Text>
          Items get their subset once and keep it: groups stay together, labels are spread evenly, and the
          test subset is frozen as soon as a model was compared on it.
        </Text>
        <Group align="flex-end">
          <NumberInput
            label="Train %"
            w={110}
            min={0}
            max={100 - validation}
            value={train}
            onChange={(value) => {
              setTrain(Number(value));
            }}
          />
          <NumberInput
            label="Validation %"
            w={110}
            min={0}
            max={100 - train}
            value={validation}
            onChange={(value) => {
              setValidation(Number(value));
            }}
          />
          <NumberInput label="Test %" w={110} value={test} readOnly />
          <Button
            disabled={!mayWrite || open === 0 || test < 0}
            loading={splitting.isPending}
            onClick={() => {
              splitting.mutate();
            }}
          >
            Split {formatCount(open)} items
          </Button>
        </Group>
        {open === 0 && counts !== undefined && <Alert variant="light">Every item is in a subset.</Alert>}
        {splitting.isError && <ProblemNote error={splitting.error} />}
      </Stack>
    </Card>
  );
}
