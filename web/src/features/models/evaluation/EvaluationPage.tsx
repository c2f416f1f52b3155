import { Alert, Badge, Button, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconPhotoSearch, IconRefresh } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { metricTitle } from "@/api/metrics";
import { asRecord } from "@/api/json";
import { datasetsQuery } from "@/api/queries/datasets";
import { evaluationQuery, reportQuery } from "@/api/queries/evaluations";
import { isActive, jobsQuery } from "@/api/queries/jobs";
import { evaluateModel, examinationQuery, modelQuery } from "@/api/queries/models";
import { writeFinding } from "@/api/queryText";
import type { Evaluation, EvaluationReport, Model } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { MeterBar } from "@/ui/charts/MeterBar";
import { formatAgo, formatCount } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { Stat } from "@/ui/Stat";
import { WaitRows } from "@/ui/Wait";

import { formatLevel, formatMetric, saySpan } from "../words";

import { CalibrationPanel } from "./CalibrationPanel";
import { ClassesPanel } from "./ClassesPanel";
import { ConfusionPanel } from "./ConfusionPanel";
import { PrecisionPanel } from "./PrecisionPanel";
import { SizesPanel } from "./SizesPanel";
import { SlicesPanel } from "./SlicesPanel";
import { ThresholdPanel } from "./ThresholdPanel";
import { WorstPanel } from "./WorstPanel";

/** How a model does on one set of frozen test items, and on which of them it fails. */
export function EvaluationPage() {
  const projectId = useProjectId();
  const { evaluationId = "" } = useParams({ strict: false });
  const evaluation = useQuery(evaluationQuery(evaluationId));
  const model = useQuery({
    ...modelQuery(evaluation.data?.model_id ?? ""),
    enabled: evaluation.data !== undefined,
  });
  const failed = [evaluation, model].find((one) => one.isError);
  if (failed !== undefined) return <ProblemNote error={failed.error} onRetry={() => void failed.refetch()} />;
  if (evaluation.data === undefined || model.data === undefined) return <WaitRows rows={10} />;
  return <EvaluationView evaluation={evaluation.data} model={model.data} projectId={projectId} />;
}

interface EvaluationViewProps {
  readonly evaluation: Evaluation;
  readonly model: Model;
  readonly projectId: string;
}

function EvaluationView({ evaluation, model, projectId }: EvaluationViewProps) {
  const [slices, setSlices] = useState<readonly string[]>([]);
  const [threshold, setThreshold] = useState(0.25);
  const report = useQuery(reportQuery({ evaluationId: evaluation.id, slices }));
  const examined = useQuery({
    ...examinationQuery({ evaluationId: evaluation.id, scoreThreshold: threshold }),
    placeholderData: keepPreviousData,
  });
  const datasets = useQuery(datasetsQuery(projectId));
  const datasetName =
    datasets.data?.items.find((one) => one.id === evaluation.dataset_id)?.name ?? "a dataset";
  const place = { projectId, evaluation };
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {model.name} on {datasetName}
            {evaluation.is_stale && (
              <Badge size="lg" color="yellow" variant="light">
                stale
              </Badge>
            )}
          </Group>
        }
        about={
          <>
            <LinkAnchor
              to="/p/$projectId/models/$modelId"
              params={{ projectId, modelId: model.id }}
              size="sm"
            >
              {model.name}
            </LinkAnchor>{" "}
            · {formatCount(evaluation.n_items)} frozen test items of revision {evaluation.revision}, scored{" "}
            {formatAgo(evaluation.created_at)} · <IdText id={evaluation.id} />
          </>
        }
        actions={
          <>
            <LinkButton
              variant="default"
              leftSection={<IconPhotoSearch size={16} />}
              to="/p/$projectId/explorer"
              params={{ projectId }}
              search={{ dataset: evaluation.dataset_id, q: writeFinding({ evaluationId: evaluation.id }) }}
            >
              See in the explorer
            </LinkButton>
            <Again evaluation={evaluation} projectId={projectId} />
          </>
        }
      />
      <Stack gap="md">
        {evaluation.is_stale && (
          <Alert
            color="yellow"
            variant="light"
            icon={<IconAlertTriangle size={18} />}
            title="The test items changed"
          >
            Labels, subsets or items were edited since this was scored. The numbers below are those of then;
            evaluate again to see those of now.
          </Alert>
        )}
        {report.isError && <ProblemNote error={report.error} onRetry={() => void report.refetch()} />}
        {report.data === undefined && !report.isError && <WaitRows rows={3} />}
        {report.data !== undefined && <Headline report={report.data} />}
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {report.data !== undefined && report.data.per_class.length > 0 && (
            <ClassesPanel report={report.data} {...place} />
          )}
          {examined.isError && <ProblemNote error={examined.error} onRetry={() => void examined.refetch()} />}
          {examined.data !== undefined && (
            <ConfusionPanel
              examined={examined.data}
              threshold={threshold}
              onThreshold={setThreshold}
              {...place}
            />
          )}
          {report.data !== undefined && report.data.curves.length > 0 && (
            <PrecisionPanel report={report.data} />
          )}
          {report.data !== undefined && <CalibrationPanel report={report.data} />}
        </SimpleGrid>
        <ThresholdPanel evaluationId={evaluation.id} />
        {report.data !== undefined && (
          <SlicesPanel
            report={report.data}
            slices={slices}
            isWaiting={report.isPlaceholderData}
            onChange={setSlices}
            {...place}
          />
        )}
        {report.data !== undefined && report.data.per_size.length > 0 && <SizesPanel report={report.data} />}
        {examined.data !== undefined && <WorstPanel examined={examined.data} {...place} />}
      </Stack>
    </>
  );
}

/** Scores the model once more, on the test items as they are now. */
function Again({ evaluation, projectId }: { readonly evaluation: Evaluation; readonly projectId: string }) {
  const mayWrite = useIsAtLeast("manager");
  const client = useQueryClient();
  const jobs = useQuery(jobsQuery(projectId));
  const isRunning = (jobs.data?.items ?? []).some(
    (job) => job.kind === "evaluate" && isActive(job) && job.params?.model_id === evaluation.model_id,
  );
  const evaluating = useMutation({
    mutationFn: () =>
      evaluateModel({
        modelId: evaluation.model_id,
        body: { dataset_id: evaluation.dataset_id, query: asFilter(evaluation.query?.filter) },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
  if (!mayWrite) return null;
  return (
    <Button
      variant={evaluation.is_stale ? "filled" : "default"}
      leftSection={<IconRefresh size={16} />}
      loading={evaluating.isPending || isRunning}
      onClick={() => {
        evaluating.mutate();
      }}
    >
      Evaluate again
    </Button>
  );
}

/** The query that narrowed the evaluation, to be asked again. */
function asFilter(filter: unknown): Record<string, unknown> | null {
  const found = asRecord(filter);
  return Object.keys(found).length === 0 ? null : found;
}

const SHOWN_SUMMARY = 6;

function Headline({ report }: { readonly report: EvaluationReport }) {
  const { interval } = report;
  const more = Object.entries(report.summary).filter(([key]) => key !== report.metric_name);
  return (
    <Card withBorder padding="md">
      <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="lg">
        <div>
          <Stat
            value={formatMetric(report.metric)}
            label={metricTitle(report.metric_name)}
            note={
              interval === null || interval === undefined
                ? "too few items for an interval"
                : `${saySpan(interval)}, ${formatLevel(interval.level)} interval`
            }
          />
          <MeterBar
            value={report.metric}
            low={interval?.low}
            high={interval?.high}
            title={metricTitle(report.metric_name)}
          />
        </div>
        <Stat
          value={formatCount(report.n_items)}
          label="test items"
          note={
            report.n_groups === report.n_items
              ? `${formatCount(report.resamples)} resamples of items`
              : `${formatCount(report.resamples)} resamples of ${formatCount(report.n_groups)} groups`
          }
        />
        <Stat value={formatCount(report.n_truth)} label={TRUTH_WORDS[report.task] ?? "true labels"} />
        <Stat
          value={
            report.calibration === null || report.calibration === undefined
              ? "–"
              : report.calibration.ece.toFixed(3)
          }
          label="calibration error"
          note="0: its confidence means what it says"
        />
      </SimpleGrid>
      {more.length > 0 && (
        <Group gap="lg" mt="md">
          {more.slice(0, SHOWN_SUMMARY).map(([key, value]) => (
            <Text key={key} size="sm" c="dimmed">
              {metricTitle(key)}{" "}
              <Text span size="sm" fw={600} c="var(--mantine-color-text)">
                {formatMetric(value ?? null, key)}
              </Text>
            </Text>
          ))}
        </Group>
      )}
    </Card>
  );
}

const TRUTH_WORDS: Readonly<Record<string, string>> = {
  classification: "true classes",
  multi_label: "true labels",
  detection: "true objects",
  instance_masks: "true objects",
  semantic_masks: "labelled pixels",
};
