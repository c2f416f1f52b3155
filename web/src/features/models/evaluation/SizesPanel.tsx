import { Table } from "@mantine/core";

import type { EvaluationReport, SizeRow } from "@/api/schema.gen";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";

import { formatMetric } from "../words";

/** How well small, medium and large objects are found. */
export function SizesPanel({ report }: { readonly report: EvaluationReport }) {
  return (
    <Panel title="By size of the object" about="Areas in square pixels of the original image.">
      <Table.ScrollContainer minWidth={480}>
        <Table verticalSpacing={3}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Size</Table.Th>
              <Table.Th>Area</Table.Th>
              <Table.Th ta="right">AP</Table.Th>
              <Table.Th w="25%" aria-label="Bar of AP" />
              <Table.Th ta="right">Recall</Table.Th>
              <Table.Th w="25%" aria-label="Bar of recall" />
              <Table.Th ta="right">True</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.per_size.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>{row.name}</Table.Td>
                <Table.Td c="dimmed">{sayArea(row)}</Table.Td>
                <Table.Td ta="right" fw={600}>
                  {formatMetric(row.ap)}
                </Table.Td>
                <Table.Td>
                  <MeterBar value={row.ap} title={`AP of ${row.name} objects`} />
                </Table.Td>
                <Table.Td ta="right">{formatMetric(row.recall)}</Table.Td>
                <Table.Td>
                  <MeterBar value={row.recall} title={`Recall of ${row.name} objects`} />
                </Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {formatCount(row.n_truth)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}

function sayArea({ min_area_px: low, max_area_px: high }: SizeRow): string {
  const side = (area: number) => `${String(Math.round(Math.sqrt(area)))}²`;
  if (typeof high !== "number") return `from ${side(low)}`;
  return low === 0 ? `up to ${side(high)}` : `${side(low)} to ${side(high)}`;
}
