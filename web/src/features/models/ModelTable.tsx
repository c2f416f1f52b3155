import { Badge, Button, Card, Checkbox, Group, Table, Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { metricTitle, readEvaluation } from "@/api/metrics";
import { datasetsQuery } from "@/api/queries/datasets";
import { projectEvaluationsQuery } from "@/api/queries/evaluations";
import type { Champion, Evaluation, Model } from "@/api/schema.gen";
import { titleOf } from "@/graph/fields";
import { formatAgo, formatBytes, formatCount, formatSeconds } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";

import { HeadCell } from "./evaluation/ClassesPanel";
import { nextSort, type Sort } from "./evaluation/sorting";
import { pick, runsOf, sortRuns, type RunColumn, type RunRow } from "./runs/table";
import { formatMetric, placeName, placesOf, saySpan, STATUS_COLORS } from "./words";

const PAGE = 40;

export interface ModelTableProps {
  readonly models: readonly Model[];
  readonly champions: readonly Champion[];
  readonly projectId: string;
  readonly picked: readonly string[];
  readonly onPick: (picked: readonly string[]) => void;
}

/** Every run: what it was given, what came of it and what it costs; any column sorts, up to six can be picked. */
export function ModelTable({ models, champions, projectId, picked, onPick }: ModelTableProps) {
  const [shown, setShown] = useState(PAGE);
  const [sort, setSort] = useState<Sort<RunColumn> | null>(null);
  const evaluations = useQuery(projectEvaluationsQuery(projectId));
  const found = evaluations.data?.items;
  const runs = useMemo(() => runsOf(models, found ?? []), [models, found]);
  const head = (key: RunColumn, title: string, isRight = false) => (
    <HeadCell
      key={key}
      title={title}
      isRight={isRight}
      way={sort?.key === key ? sort.way : null}
      onSort={() => {
        setSort(nextSort(sort, key));
      }}
    />
  );
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={980 + runs.paramNames.length * 80}>
        <Table highlightOnHover verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={36} aria-label="Picked" />
              {head("name", "Name")}
              {head("architecture", "Architecture")}
              {head("status", "Status")}
              {head("metric", "Metric", true)}
              {runs.paramNames.map((name) => head(`param:${name}`, titleOf(name)))}
              {head("n_items", "Trained on", true)}
              {head("seconds", "Time", true)}
              {head("size", "Size", true)}
              {head("latency", "Latency", true)}
              {head("created", "Made")}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sortRuns(runs.rows, sort)
              .slice(0, shown)
              .map((row) => (
                <RunLine
                  key={row.model.id}
                  {...{ row, champions, projectId }}
                  paramNames={runs.paramNames}
                  isPicked={picked.includes(row.model.id)}
                  onPick={() => {
                    onPick(pick(picked, row.model.id));
                  }}
                />
              ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {models.length > shown && (
        <Button
          variant="subtle"
          m="xs"
          size="xs"
          onClick={() => {
            setShown(shown + PAGE);
          }}
        >
          Show {formatCount(Math.min(PAGE, models.length - shown))} more
        </Button>
      )}
    </Card>
  );
}

interface RunLineProps {
  readonly row: RunRow;
  readonly champions: readonly Champion[];
  readonly projectId: string;
  readonly paramNames: readonly string[];
  readonly isPicked: boolean;
  readonly onPick: () => void;
}

function RunLine({ row, champions, projectId, paramNames, isPicked, onPick }: RunLineProps) {
  const { model, evaluation, params } = row;
  return (
    <Table.Tr bg={isPicked ? "var(--mantine-primary-color-light)" : undefined}>
      <Table.Td>
        <Checkbox size="xs" aria-label={`Pick ${model.name}`} checked={isPicked} onChange={onPick} />
      </Table.Td>
      <Table.Td>
        <LinkAnchor
          to="/p/$projectId/models/$modelId"
          params={{ projectId, modelId: model.id }}
          fw={600}
          size="sm"
          display="block"
          maw={260}
          truncate
          title={model.name}
        >
          {model.name}
        </LinkAnchor>
        <Group gap={4}>
          <ChampionBadges places={placesOf(champions, model.id)} isSmall />
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed">
          {model.architecture.replace(/^builtin:/u, "")}
        </Text>
      </Table.Td>
      <Table.Td>
        <StatusBadge model={model} />
      </Table.Td>
      <MetricCell evaluation={evaluation} projectId={projectId} />
      {paramNames.map((name) => (
        <Table.Td key={name}>
          <Text size="sm" maw={140} truncate title={params[name]}>
            {params[name] ?? "–"}
          </Text>
        </Table.Td>
      ))}
      <Table.Td ta="right">
        <TrainedOn model={model} projectId={projectId} />
      </Table.Td>
      <Quiet text={model.seconds === null ? "–" : formatSeconds(model.seconds)} />
      <Quiet text={typeof model.size_bytes === "number" ? formatBytes(model.size_bytes) : "–"} />
      <Quiet text={typeof model.latency_ms === "number" ? `${model.latency_ms.toFixed(1)} ms` : "–"} />
      <Table.Td>
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {formatAgo(model.created_at)}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function Quiet({ text }: { readonly text: string }) {
  return (
    <Table.Td ta="right" c="dimmed" fz="sm" style={{ whiteSpace: "nowrap" }}>
      {text}
    </Table.Td>
  );
}

export interface ChampionBadgesProps {
  readonly places: readonly Champion[];
  /** For a row of a table. */
  readonly isSmall?: boolean;
}

export function ChampionBadges({ places, isSmall = false }: ChampionBadgesProps) {
  return places.map((place) => (
    <Badge
      key={`${place.pipeline_id ?? ""}${place.variable}`}
      color="whorl"
      variant="filled"
      size={isSmall ? "xs" : undefined}
      maw={isSmall ? 260 : undefined}
      title={`champion of ${placeName(place)}`}
    >
      champion of {placeName(place)}
    </Badge>
  ));
}

export function StatusBadge({ model }: { readonly model: Pick<Model, "status" | "error"> }) {
  return (
    <Tooltip label={model.error ?? ""} disabled={model.error === null} multiline maw={420}>
      <Badge
        variant="light"
        color={STATUS_COLORS[model.status] ?? "gray"}
        style={{ flex: "none" }}
        miw="max-content"
      >
        {model.status}
      </Badge>
    </Tooltip>
  );
}

interface MetricCellProps {
  readonly evaluation: Evaluation | null;
  readonly projectId: string;
}

function MetricCell({ evaluation, projectId }: MetricCellProps) {
  if (evaluation === null) {
    return (
      <Table.Td ta="right" c="dimmed">
        –
      </Table.Td>
    );
  }
  const interval = readEvaluation(evaluation.metrics).metrics.find(
    (one) => one.key === evaluation.metric_name,
  )?.interval;
  return (
    <Table.Td ta="right">
      <LinkAnchor
        size="sm"
        fw={600}
        to="/p/$projectId/evaluations/$evaluationId"
        params={{ projectId, evaluationId: evaluation.id }}
      >
        {formatMetric(evaluation.metric)}
      </LinkAnchor>
      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {metricTitle(evaluation.metric_name)}
        {interval === null || interval === undefined ? "" : ` ${saySpan(interval)}`}
        {evaluation.is_stale && ", stale"}
      </Text>
    </Table.Td>
  );
}

function TrainedOn({ model, projectId }: { readonly model: Model; readonly projectId: string }) {
  const datasets = useQuery(datasetsQuery(projectId));
  if (model.dataset_id === null) {
    return (
      <Text size="sm" c="dimmed">
        trained outside
      </Text>
    );
  }
  const name = datasets.data?.items.find((one) => one.id === model.dataset_id)?.name;
  return (
    <>
      <LinkAnchor
        to="/p/$projectId/datasets/$datasetId"
        params={{ projectId, datasetId: model.dataset_id }}
        size="sm"
        style={{ whiteSpace: "nowrap" }}
      >
        {name ?? "a dataset"}
      </LinkAnchor>
      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        revision {model.revision ?? "–"}
        {model.n_items === null ? "" : ` · ${formatCount(model.n_items)} items`}
      </Text>
    </>
  );
}
