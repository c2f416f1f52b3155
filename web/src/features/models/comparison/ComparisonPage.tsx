import { Alert, Badge, Card, Grid, Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import {
  metricTitle,
  readComparison,
  type ClassChange,
  type ComparisonNumbers,
  type Wear,
} from "@/api/metrics";
import { comparisonQuery, modelsQuery } from "@/api/queries/models";
import type { Comparison } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { IntervalBar } from "@/ui/charts/IntervalBar";
import { formatAgo, formatCount } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { ModelLink } from "../DecisionsPanel";
import classes from "../models.module.css";
import {
  decisionWords,
  explainDecision,
  formatDelta,
  formatLevel,
  formatMetric,
  sayP,
  sayPoints,
} from "../words";

import { ComparisonActions } from "./ComparisonActions";
import { DifferPanel } from "./DifferPanel";
import { FloorsPanel } from "./FloorsPanel";
import { PowerPanel } from "./PowerPanel";

/** Champion against challenger: the decision, and every number that it rests on. */
export function ComparisonPage() {
  const projectId = useProjectId();
  const { comparisonId = "" } = useParams({ strict: false });
  const comparison = useQuery(comparisonQuery(comparisonId));
  if (comparison.isPending) return <WaitRows rows={8} />;
  if (comparison.isError) {
    return <ProblemNote error={comparison.error} onRetry={() => void comparison.refetch()} />;
  }
  return <ComparisonView comparison={comparison.data} projectId={projectId} />;
}

function ComparisonView({
  comparison,
  projectId,
}: {
  readonly comparison: Comparison;
  readonly projectId: string;
}) {
  const numbers = readComparison(comparison.numbers);
  const models = useQuery(modelsQuery(projectId));
  const names = new Map((models.data?.items ?? []).map((one) => [one.id, one.name]));
  const words = decisionWords(comparison.decision);
  const hasChampion = comparison.champion_id !== null;
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {names.get(comparison.challenger_id) ?? "Challenger"}
            <Text span c="dimmed" fz="lg">
              against
            </Text>
            {hasChampion ? (names.get(comparison.champion_id ?? "") ?? "champion") : "no model"}
            <Badge size="lg" color={words.color} variant="light">
              {words.title}
            </Badge>
          </Group>
        }
        about={
          <>
            <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
              Models
            </LinkAnchor>{" "}
            · decided {formatAgo(comparison.created_at)} · <IdText id={comparison.id} />
          </>
        }
        actions={<ComparisonActions comparison={comparison} projectId={projectId} />}
      />
      <Stack gap="md">
        <Card withBorder padding="md">
          <Text className={classes.verdict}>
            {explainDecision({ decision: comparison.decision, numbers, hasChampion })}
          </Text>
        </Card>
        <Grid gap="md">
          <Grid.Col span={numbers.power === null ? { base: 12, lg: 7 } : { base: 12, xl: 6 }}>
            <DifferencePanel numbers={numbers} comparison={comparison} names={names} projectId={projectId} />
          </Grid.Col>
          {numbers.power !== null && (
            <Grid.Col span={{ base: 12, sm: 6, xl: 3 }}>
              <PowerPanel power={numbers.power} images={numbers.images} />
            </Grid.Col>
          )}
          <Grid.Col span={numbers.power === null ? { base: 12, lg: 5 } : { base: 12, sm: 6, xl: 3 }}>
            <WearPanel wear={numbers.wear} comparison={comparison} projectId={projectId} />
          </Grid.Col>
        </Grid>
        {numbers.slices.length > 0 && <FloorsPanel rows={numbers.slices} />}
        {hasChampion && <DifferPanel comparisonId={comparison.id} projectId={projectId} />}
        {numbers.classes.length > 0 && <ClassesPanel rows={numbers.classes} />}
      </Stack>
    </>
  );
}

interface DifferencePanelProps {
  readonly numbers: ComparisonNumbers;
  readonly comparison: Comparison;
  readonly names: ReadonlyMap<string, string>;
  readonly projectId: string;
}

function DifferencePanel({ numbers, comparison, names, projectId }: DifferencePanelProps) {
  const { delta, low, high } = numbers;
  return (
    <Panel
      fills
      title="The difference"
      about="Both models answered the same images; what makes an image hard cancels out."
    >
      <SimpleGrid cols={3} mb="md">
        <Stat
          value={formatMetric(numbers.champion)}
          label={
            <>
              champion: <ModelLink modelId={comparison.champion_id} names={names} projectId={projectId} />
            </>
          }
          note={comparison.champion_id === null ? "measured against guessing" : undefined}
        />
        <Stat
          value={formatMetric(numbers.challenger)}
          label={
            <>
              challenger: <ModelLink modelId={comparison.challenger_id} names={names} projectId={projectId} />
            </>
          }
        />
        <Stat
          value={formatDelta(delta)}
          label={`${metricTitle(numbers.metric)} gained`}
          note={low === null ? undefined : `${formatDelta(low)} to ${formatDelta(high)}`}
        />
      </SimpleGrid>
      {delta !== null && low !== null && high !== null && (
        <IntervalBar
          value={delta}
          low={low}
          high={high}
          color={
            low > 0
              ? "var(--mantine-color-whorl-7)"
              : high < 0
                ? "var(--mantine-color-red-6)"
                : "var(--mantine-color-gray-6)"
          }
          format={formatDelta}
          title={`Gain at ${formatLevel(numbers.level)}`}
          mark={numbers.minDelta > 0 ? numbers.minDelta : undefined}
        />
      )}
      <Text size="xs" c="dimmed" mt="xs">
        {formatLevel(numbers.level)} interval of the gain from {formatCount(numbers.resamples)} resamples of{" "}
        {formatCount(numbers.groups)} {numbers.groups === numbers.images ? "images" : "groups of images"}
        {numbers.pValue !== null && `; bootstrap p ${sayP(numbers.pValue)}`}
        {numbers.mcnemarP !== null &&
          `; exact McNemar test on the images where they differ, p ${sayP(numbers.mcnemarP)}`}
        .{numbers.minDelta > 0 && ` Less than ${sayPoints(numbers.minDelta)} is not worth a change.`}
      </Text>
      {numbers.reasons.length > 0 && (
        <Stack gap={2} mt="sm">
          {numbers.reasons.map((reason) => (
            <Text key={reason} size="sm">
              {reason}
            </Text>
          ))}
        </Stack>
      )}
    </Panel>
  );
}

interface WearPanelProps {
  readonly wear: Wear | null;
  readonly comparison: Comparison;
  readonly projectId: string;
}

const WEAR_COLORS: Readonly<Record<string, string>> = { fresh: "green", worn: "yellow", worn_out: "red" };

function WearPanel({ wear, comparison, projectId }: WearPanelProps) {
  return (
    <Panel
      fills
      title="The test set and its wear"
      about="Choosing on a test set uses it up, so each further comparison asks for more."
      actions={
        wear !== null && (
          <Badge color={WEAR_COLORS[wear.level] ?? "gray"} variant="light">
            {wear.level.replace("_", " ")}
          </Badge>
        )
      }
    >
      {wear === null ? (
        <Text size="sm" c="dimmed">
          Nothing is recorded about it.
        </Text>
      ) : (
        <Stack gap="xs">
          <SimpleGrid cols={2}>
            <Stat value={formatCount(wear.testItems)} label="test images" />
            <Stat value={formatCount(wear.timesCompared)} label="earlier comparisons on them" />
          </SimpleGrid>
          <Text size="sm">{wear.message}</Text>
          {wear.luck !== null && wear.timesCompared > 0 && (
            <Text size="sm" c="dimmed">
              The best of as many equal models would look better than it is by about{" "}
              {(wear.luck * 100).toFixed(1)} points.
            </Text>
          )}
        </Stack>
      )}
      <Text size="sm" mt="xs">
        <LinkAnchor
          size="sm"
          to="/p/$projectId/explorer"
          params={{ projectId }}
          search={{ dataset: comparison.dataset_id, q: "subset:test", as_of: comparison.revision }}
        >
          See the test images
        </LinkAnchor>{" "}
        at revision {comparison.revision}
      </Text>
    </Panel>
  );
}

function ClassesPanel({ rows }: { readonly rows: readonly ClassChange[] }) {
  const breached = rows.filter((row) => row.isBreached).length;
  return (
    <Panel
      title="By class"
      about="A floor is how far a class may fall; classes with few examples have none, because their values are mostly luck."
    >
      {breached > 0 && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} mb="sm">
          {breached === 1 ? "One class fell" : `${String(breached)} classes fell`} below the floor.
        </Alert>
      )}
      <Table.ScrollContainer minWidth={480} mah={480}>
        <Table verticalSpacing={4} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th ta="right">Champion</Table.Th>
              <Table.Th ta="right">Challenger</Table.Th>
              <Table.Th ta="right">Change</Table.Th>
              <Table.Th ta="right">Floor</Table.Th>
              <Table.Th ta="right">Examples</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>{row.name}</Table.Td>
                <Table.Td ta="right">{formatMetric(row.champion)}</Table.Td>
                <Table.Td ta="right">{formatMetric(row.challenger)}</Table.Td>
                <Table.Td ta="right" fw={600} c={row.isBreached ? "red" : undefined}>
                  {formatDelta(row.delta)}
                </Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {row.floorDrop === null ? "none" : formatDelta(-row.floorDrop)}
                </Table.Td>
                <Table.Td ta="right" c="dimmed">
                  {formatCount(row.support)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
