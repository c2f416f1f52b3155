import { Badge, Button, Card, Checkbox, Group, Table, Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { evaluationsQuery, outcomesQuery } from "@/api/queries/models";
import { metricTitle, readEvaluation } from "@/api/metrics";
import type { Champion, Model } from "@/api/schema.gen";
import { ShareBar } from "@/ui/charts/ShareBar";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";

import { outcomeParts } from "./OutcomesPanel";
import { formatMetric, placeName, placesOf, STATUS_COLORS } from "./words";

const PAGE = 40;

export interface ModelTableProps {
  readonly models: readonly Model[];
  readonly champions: readonly Champion[];
  readonly projectId: string;
  readonly picked: readonly string[];
  /** Left out: nothing can be picked. */
  readonly onPick?: (picked: readonly string[]) => void;
}

/** Models, newest first; two of them can be picked. */
export function ModelTable({ models, champions, projectId, picked, onPick }: ModelTableProps) {
  const [shown, setShown] = useState(PAGE);
  const datasets = useQuery(datasetsQuery(projectId));
  const names = new Map((datasets.data?.items ?? []).map((one) => [one.id, one.name]));
  const turn = (id: string) => {
    // A third pick lets go of the first.
    onPick?.(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id].slice(-2));
  };
  return (
    <Card withBorder padding={0}>
      <Table.ScrollContainer minWidth={960}>
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {onPick !== undefined && <Table.Th w={36} aria-label="Picked" />}
              <Table.Th>Name</Table.Th>
              <Table.Th>Architecture</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th ta="right">Metric</Table.Th>
              <Table.Th>Trained on</Table.Th>
              <Table.Th w={120}>Proposals</Table.Th>
              <Table.Th>Made</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {models.slice(0, shown).map((model) => (
              <Table.Tr key={model.id}>
                {onPick !== undefined && (
                  <Table.Td>
                    <Tooltip
                      label="Only trained models can be compared"
                      disabled={model.status === "trained"}
                    >
                      <Checkbox
                        size="xs"
                        aria-label={`Pick ${model.name}`}
                        checked={picked.includes(model.id)}
                        disabled={model.status !== "trained"}
                        onChange={() => {
                          turn(model.id);
                        }}
                      />
                    </Tooltip>
                  </Table.Td>
                )}
                <Table.Td>
                  <Group gap={8}>
                    <LinkAnchor
                      to="/p/$projectId/models/$modelId"
                      params={{ projectId, modelId: model.id }}
                      fw={600}
                      size="sm"
                    >
                      {model.name}
                    </LinkAnchor>
                    <ChampionBadges places={placesOf(champions, model.id)} />
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed">
                    {model.architecture}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <StatusBadge model={model} />
                </Table.Td>
                <MetricCell model={model} />
                <Table.Td>
                  <TrainedOn model={model} name={names.get(model.dataset_id ?? "")} projectId={projectId} />
                </Table.Td>
                <Table.Td>
                  <Proposals model={model} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                    {formatAgo(model.created_at)}
                  </Text>
                </Table.Td>
              </Table.Tr>
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

export function ChampionBadges({ places }: { readonly places: readonly Champion[] }) {
  return places.map((place) => (
    <Badge key={`${place.pipeline_id ?? ""}${place.variable}`} color="whorl" variant="filled">
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

function MetricCell({ model }: { readonly model: Model }) {
  const evaluations = useQuery({ ...evaluationsQuery(model.id), enabled: model.status === "trained" });
  const last = evaluations.data?.items.at(-1);
  if (last === undefined) {
    return (
      <Table.Td ta="right" c="dimmed">
        –
      </Table.Td>
    );
  }
  const interval = readEvaluation(last.metrics).metrics.find((one) => one.key === last.metric_name)?.interval;
  return (
    <Table.Td ta="right">
      <Text size="sm" fw={600}>
        {formatMetric(last.metric)}
      </Text>
      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {metricTitle(last.metric_name)}
        {interval === null || interval === undefined
          ? ""
          : ` ${interval.low.toFixed(3)}–${interval.high.toFixed(3)}`}
      </Text>
    </Table.Td>
  );
}

interface TrainedOnProps {
  readonly model: Model;
  readonly name: string | undefined;
  readonly projectId: string;
}

function TrainedOn({ model, name, projectId }: TrainedOnProps) {
  if (model.dataset_id === null) {
    return (
      <Text size="sm" c="dimmed">
        trained outside
      </Text>
    );
  }
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

function Proposals({ model }: { readonly model: Model }) {
  const outcomes = useQuery({ ...outcomesQuery(model.id), enabled: model.status === "trained" });
  if (outcomes.data === undefined) return null;
  const { accepted, edited, rejected } = outcomes.data;
  if (accepted + edited + rejected === 0) {
    return (
      <Text size="xs" c="dimmed">
        none judged
      </Text>
    );
  }
  return <ShareBar parts={outcomeParts(outcomes.data)} />;
}
