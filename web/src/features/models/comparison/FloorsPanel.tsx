import { Alert, Badge, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import type { SliceChange } from "@/api/metrics";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { formatDelta, formatMetric, sayP } from "../words";

const VERDICTS: Readonly<Record<string, { title: string; color: string }>> = {
  safe: { title: "safe", color: "green" },
  unsure: { title: "too little evidence", color: "yellow" },
  fallen: { title: "fallen", color: "red" },
};

/** Protected slices: the challenger must be shown not to fall there. */
export function FloorsPanel({ rows }: { readonly rows: readonly SliceChange[] }) {
  const fallen = rows.filter((row) => row.verdict === "fallen");
  return (
    <Panel
      title="Protected slices"
      about="Each must be shown not to fall by its margin; with several, each is asked for more (Holm)."
    >
      {fallen.length > 0 && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} mb="sm">
          It fell on {fallen.map((row) => row.name).join(", ")}.
        </Alert>
      )}
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Slice</Table.Th>
              <Table.Th ta="right">Champion</Table.Th>
              <Table.Th ta="right">Challenger</Table.Th>
              <Table.Th ta="right">Change</Table.Th>
              <Table.Th ta="right">At worst</Table.Th>
              <Table.Th ta="right">Margin</Table.Th>
              <Table.Th>p of needed</Table.Th>
              <Table.Th ta="right">Images</Table.Th>
              <Table.Th>Verdict</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>{row.name}</Table.Td>
                <Table.Td ta="right">{formatMetric(row.champion)}</Table.Td>
                <Table.Td ta="right">{formatMetric(row.challenger)}</Table.Td>
                <Table.Td ta="right" fw={600}>
                  {formatDelta(row.delta)}
                </Table.Td>
                <Table.Td ta="right">{formatDelta(row.low)}</Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {formatDelta(-row.floorDrop)}
                </Table.Td>
                <Table.Td c="dimmed">
                  {row.pValue === null ? "–" : sayP(row.pValue)}
                  {row.needed !== null && ` ≤ ${sayP(row.needed)}`}
                </Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {formatCount(row.images)}
                </Table.Td>
                <Table.Td>
                  <Badge variant="light" color={VERDICTS[row.verdict]?.color ?? "gray"}>
                    {VERDICTS[row.verdict]?.title ?? row.verdict}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed" mt={4}>
        “At worst” is the lower end of the interval of the change.
      </Text>
    </Panel>
  );
}
