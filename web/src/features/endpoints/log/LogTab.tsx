import { Badge, Button, Card, Group, Select, Stack, Table, Text } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { predictionImageAddress, predictionsQuery, type LogFilter } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import type { PredictionLine, RuleKind, Verdict } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../endpoints.module.css";
import type { TabProps } from "../overview/OverviewTab";
import { VerdictBadge } from "../VerdictButtons";
import { formatMs, formatScore, RULE_KINDS, RULES, sayAnswer } from "../words";
import { PredictionDrawer } from "./PredictionDrawer";

const ANY: LogFilter = { verdict: null, flag: null, label: null };
const VERDICTS: readonly { value: Verdict; label: string }[] = [
  { value: "wrong", label: "said to be wrong" },
  { value: "correction", label: "corrected" },
  { value: "ok", label: "said to be good" },
];

/** What it was asked and answered, the newest first. */
export function LogTab({ endpoint, projectId }: TabProps) {
  const [filter, setFilter] = useState(ANY);
  const [looked, setLooked] = useState<string | null>(null);
  const lines = useInfiniteQuery(predictionsQuery({ endpointId: endpoint.id, filter }));
  const listed = lines.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = filter.verdict !== null || filter.flag !== null || filter.label !== null;
  return (
    <Stack gap="sm">
      <Filters endpoint={endpoint} projectId={projectId} filter={filter} onChange={setFilter} />
      {lines.isPending && <WaitRows rows={8} height={48} />}
      {lines.isError && <ProblemNote error={lines.error} onRetry={() => void lines.refetch()} />}
      {lines.isSuccess && listed.length === 0 && (
        <EmptyState
          icon={<IconListDetails size={28} />}
          title={isFiltered ? "No such answer" : "Nothing asked yet"}
        >
          {isFiltered
            ? "No line of the log is like that. Take a filter away to see more."
            : "Every request that it answers stands here, with the image if it is kept. Ask it on the overview, or with the lines shown there."}
        </EmptyState>
      )}
      {listed.length > 0 && <Lines lines={listed} onLook={setLooked} />}
      {lines.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={lines.isFetchingNextPage}
            onClick={() => void lines.fetchNextPage()}
          >
            Show older ones
          </Button>
        </Group>
      )}
      <PredictionDrawer
        predictionId={looked}
        endpoint={endpoint}
        projectId={projectId}
        onClose={() => {
          setLooked(null);
        }}
      />
    </Stack>
  );
}

interface FilterProps extends TabProps {
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
}

function Filters({ endpoint, projectId, filter, onChange }: FilterProps) {
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const labels = models.find((one) => one.id === endpoint.model_id)?.labels ?? [];
  return (
    <Group gap="sm">
      <Select
        aria-label="What was said of it"
        placeholder="Any verdict"
        clearable
        data={VERDICTS}
        value={filter.verdict}
        onChange={(value) => {
          onChange({ ...filter, verdict: VERDICTS.find((one) => one.value === value)?.value ?? null });
        }}
      />
      <Select
        aria-label="Why it was flagged"
        placeholder="Flagged or not"
        clearable
        data={RULE_KINDS.map((kind) => ({
          value: kind,
          label: `flagged: ${RULES[kind].title.toLowerCase()}`,
        }))}
        value={filter.flag}
        w={260}
        onChange={(value) => {
          onChange({ ...filter, flag: RULE_KINDS.find((kind) => kind === value) ?? null });
        }}
      />
      <Select
        aria-label="Label of the answer"
        placeholder="Any label"
        clearable
        searchable
        data={[...new Set(labels)]}
        value={filter.label}
        onChange={(label) => {
          onChange({ ...filter, label });
        }}
      />
    </Group>
  );
}

interface LinesProps {
  readonly lines: readonly PredictionLine[];
  readonly onLook: (id: string) => void;
}

function Lines({ lines, onLook }: LinesProps) {
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={980}>
        <Table highlightOnHover verticalSpacing={6} horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={64}>Image</Table.Th>
              <Table.Th>Answer</Table.Th>
              <Table.Th ta="right">Confidence</Table.Th>
              <Table.Th ta="right">Margin</Table.Th>
              <Table.Th ta="right">Novelty</Table.Th>
              <Table.Th ta="right">Disagrees</Table.Th>
              <Table.Th>Flags</Table.Th>
              <Table.Th>Verdict</Table.Th>
              <Table.Th>About it</Table.Th>
              <Table.Th ta="right">Latency</Table.Th>
              <Table.Th>When</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((one) => (
              <Line key={one.id} line={one} onLook={onLook} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Line({ line, onLook }: { readonly line: PredictionLine; readonly onLook: (id: string) => void }) {
  return (
    <Table.Tr
      className={classes.row}
      onClick={() => {
        onLook(line.id);
      }}
    >
      <Table.Td>
        <LineThumb line={line} onLook={onLook} />
      </Table.Td>
      <Table.Td fw={600}>
        {sayAnswer(line.annotations)}
        {line.role !== "champion" && (
          <Text span size="xs" c="dimmed" fw={400}>
            {" "}
            {line.role}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{formatScore(line.confidence)}</Table.Td>
      <Table.Td ta="right">{formatScore(line.margin)}</Table.Td>
      <Table.Td ta="right">{formatScore(line.novelty)}</Table.Td>
      <Table.Td ta="right">{formatScore(line.disagreement)}</Table.Td>
      <Table.Td>
        <FlagBadges kinds={line.flags ?? []} />
      </Table.Td>
      <Table.Td>
        <VerdictBadge verdict={line.verdict} />
      </Table.Td>
      <Table.Td maw={180}>
        <Text size="xs" c="dimmed" truncate title={sayMetadata(line.metadata)}>
          {sayMetadata(line.metadata)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{formatMs(line.latency_ms)}</Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" className={classes.short}>
          {formatAgo(line.at)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

/** The button of a line, for keyboards too: the picture, or a word where there is none. */
function LineThumb({
  line,
  onLook,
}: {
  readonly line: PredictionLine;
  readonly onLook: (id: string) => void;
}) {
  const hasImage = line.has_image || line.item_id !== null;
  return (
    <button
      type="button"
      className={classes.example}
      style={{ width: 48 }}
      aria-label={`Look at ${sayAnswer(line.annotations)}, ${formatAgo(line.at)}`}
      onClick={(event) => {
        event.stopPropagation();
        onLook(line.id);
      }}
    >
      {hasImage ? <img src={predictionImageAddress(line.id)} alt="" loading="lazy" /> : <span />}
    </button>
  );
}

/** Which rules flagged it. */
export function FlagBadges({ kinds }: { readonly kinds: readonly RuleKind[] }) {
  return (
    <Group gap={4}>
      {[...new Set(kinds)].map((kind) => (
        <Badge
          key={kind}
          variant="light"
          color="yellow"
          size="sm"
          title={RULES[kind].catches}
          className={classes.short}
        >
          {kind}
        </Badge>
      ))}
    </Group>
  );
}

/** What the caller said about the image: "camera a, place hall". */
export function sayMetadata(metadata: Readonly<Record<string, unknown>>): string {
  return Object.entries(metadata)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
