import { Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { outcomesQuery } from "@/api/queries/models";
import type { ModelOutcomes } from "@/api/schema.gen";
import { ShareBar, type Share } from "@/ui/charts/ShareBar";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

/** What people made of proposals, as parts of a bar. */
export function outcomeParts(found: Pick<ModelOutcomes, "accepted" | "edited" | "rejected">): Share[] {
  return [
    { name: "accepted", count: found.accepted, color: "var(--mantine-color-whorl-6)" },
    { name: "edited", count: found.edited, color: "var(--mantine-color-yellow-5)" },
    { name: "rejected", count: found.rejected, color: "var(--mantine-color-red-5)" },
  ];
}

/** What people made of a model's proposals, in all and by label. */
export function OutcomesPanel({ modelId }: { readonly modelId: string }) {
  const outcomes = useQuery(outcomesQuery(modelId));
  return (
    <Panel
      title="What people made of its proposals"
      about="Each proposal counts once, by the last word about it."
    >
      {outcomes.isPending && <WaitRows rows={2} />}
      {outcomes.isError && <ProblemNote error={outcomes.error} onRetry={() => void outcomes.refetch()} />}
      {outcomes.data !== undefined && <Told outcomes={outcomes.data} />}
    </Panel>
  );
}

function Told({ outcomes }: { readonly outcomes: ModelOutcomes }) {
  const parts = outcomeParts(outcomes);
  if (parts.every((one) => one.count === 0)) {
    return (
      <Text size="sm" c="dimmed">
        Nobody has judged a proposal of this model yet. That happens by itself while people label images that
        it pre-labelled.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <ShareBar parts={parts} hasNumbers />
      {outcomes.mean_edit_iou !== null && (
        <Text size="sm" c="dimmed">
          Edited shapes overlap the proposed ones by {outcomes.mean_edit_iou.toFixed(2)} (mean IoU).
        </Text>
      )}
      {outcomes.by_label.length > 1 && (
        <Table verticalSpacing={3}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              <Table.Th w="45%">Share</Table.Th>
              <Table.Th ta="right">Judged</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {outcomes.by_label.map((row) => (
              <Table.Tr key={row.label}>
                <Table.Td>{row.label}</Table.Td>
                <Table.Td>
                  <ShareBar parts={outcomeParts(row)} />
                </Table.Td>
                <Table.Td ta="right">{formatCount(row.accepted + row.edited + row.rejected)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  );
}
