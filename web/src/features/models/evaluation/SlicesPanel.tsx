import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Popover,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { fieldsQuery } from "@/api/queries/facets";
import type { EvaluationReport, SliceRow } from "@/api/schema.gen";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";
import { Panel } from "@/ui/Panel";

import { formatDelta, formatMetric, saySpan } from "../words";

import type { Place } from "./place";
import { sayAsked, sliceColor, sliceQuery } from "./slices";

export interface SlicesPanelProps extends Place {
  readonly report: EvaluationReport;
  /** As asked: `field:NAME` or `query:TEXT`. */
  readonly slices: readonly string[];
  readonly isWaiting: boolean;
  readonly onChange: (slices: readonly string[]) => void;
}

/** Some of the test items against the rest: where it is weaker than its mean says. */
export function SlicesPanel({
  report,
  slices,
  isWaiting,
  onChange,
  projectId,
  evaluation,
}: SlicesPanelProps) {
  return (
    <Panel
      title="Slices"
      about="Some of the test items against the rest of them. A red gap is one that chance does not explain."
      actions={
        <AddSlice
          datasetId={evaluation.dataset_id}
          onAdd={(slice) => {
            if (!slices.includes(slice)) onChange([...slices, slice]);
          }}
        />
      }
    >
      {slices.length > 0 && (
        <Group gap={6} mb="xs">
          {slices.map((slice) => (
            <Badge
              key={slice}
              variant="light"
              tt="none"
              rightSection={
                <ActionIcon
                  size={16}
                  aria-label={`Remove ${sayAsked(slice)}`}
                  onClick={() => {
                    onChange(slices.filter((one) => one !== slice));
                  }}
                >
                  <IconX size={11} />
                </ActionIcon>
              }
            >
              {sayAsked(slice)}
            </Badge>
          ))}
        </Group>
      )}
      {report.slices.length === 0 ? (
        <Text size="sm" c="dimmed">
          {isWaiting
            ? "Computing…"
            : "Add one by a field, such as the camera or the place, or by any query, such as images that are dark."}
        </Text>
      ) : (
        <SliceTable rows={report.slices} projectId={projectId} evaluation={evaluation} isOld={isWaiting} />
      )}
    </Panel>
  );
}

interface SliceTableProps extends Place {
  readonly rows: readonly SliceRow[];
  readonly isOld: boolean;
}

function SliceTable({ rows, projectId, evaluation, isOld }: SliceTableProps) {
  return (
    <Table.ScrollContainer minWidth={640} mah={420} aria-busy={isOld}>
      <Table verticalSpacing={3} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Slice</Table.Th>
            <Table.Th ta="right">Items</Table.Th>
            <Table.Th ta="right">Here</Table.Th>
            <Table.Th w="22%" aria-label="Bar" />
            <Table.Th ta="right">Elsewhere</Table.Th>
            <Table.Th ta="right">Gap</Table.Th>
            <Table.Th>Interval of the gap</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.field ?? ""} ${row.name}`}>
              <Table.Td maw={260}>
                <LinkAnchor
                  size="sm"
                  truncate
                  display="block"
                  to="/p/$projectId/explorer"
                  params={{ projectId }}
                  search={{ dataset: evaluation.dataset_id, q: sliceQuery(row, evaluation.id) }}
                >
                  {row.name}
                </LinkAnchor>
              </Table.Td>
              <Table.Td ta="right" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {formatCount(row.n_items)}
                {row.is_small && (
                  <Tooltip label="Fewer than 20 items: mostly luck">
                    <Text span size="xs" c="dimmed">
                      {" "}
                      few
                    </Text>
                  </Tooltip>
                )}
              </Table.Td>
              <Table.Td ta="right" fw={600}>
                {formatMetric(row.metric)}
              </Table.Td>
              <Table.Td>
                <MeterBar
                  value={row.metric}
                  low={row.interval?.low}
                  high={row.interval?.high}
                  title={row.name}
                />
              </Table.Td>
              <Table.Td ta="right">{formatMetric(row.rest)}</Table.Td>
              <Table.Td ta="right" fw={600} c={sliceColor(row)}>
                {formatDelta(row.delta)}
              </Table.Td>
              <Table.Td c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {row.delta_interval === null || row.delta_interval === undefined
                  ? "–"
                  : saySpan(row.delta_interval)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function AddSlice({
  datasetId,
  onAdd,
}: {
  readonly datasetId: string;
  readonly onAdd: (slice: string) => void;
}) {
  const [isOpen, open] = useDisclosure(false);
  const [query, setQuery] = useState("");
  const fields = useQuery(fieldsQuery(datasetId));
  const names = (fields.data ?? [])
    .filter((one) => one.name.startsWith("metadata.") || one.name === "group" || one.name === "media_type")
    .map((one) => ({ value: one.name, label: one.title }));
  const add = (slice: string) => {
    onAdd(slice);
    setQuery("");
    open.close();
  };
  return (
    <Popover opened={isOpen} onChange={open.set} position="bottom-end" width={320} shadow="md" trapFocus>
      <Popover.Target>
        <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={open.toggle}>
          Add a slice
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Select
            size="xs"
            label="Each value of a field"
            placeholder={names.length === 0 ? "The items have no metadata" : "metadata"}
            disabled={names.length === 0}
            data={names}
            value={null}
            searchable
            comboboxProps={{ withinPortal: false }}
            onChange={(name) => {
              if (name !== null) add(`field:${name}`);
            }}
          />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              event.stopPropagation();
              if (query.trim() !== "") add(`query:${query.trim()}`);
            }}
          >
            <Group gap={6} align="flex-end" wrap="nowrap">
              <TextInput
                size="xs"
                flex={1}
                label="The items of a query"
                placeholder="health.brightness<60"
                spellCheck={false}
                value={query}
                onChange={(event) => {
                  setQuery(event.currentTarget.value);
                }}
              />
              <Button size="xs" type="submit" disabled={query.trim() === ""}>
                Add
              </Button>
            </Group>
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
