import { Alert, Button, Grid, Group, Menu, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconChevronDown,
  IconDownload,
  IconRocket,
  IconTestPipe,
} from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { isActive, jobsQuery } from "@/api/queries/jobs";
import {
  championsQuery,
  evaluationsQuery,
  modelFolderAddress,
  modelQuery,
  modelsQuery,
  trainModel,
} from "@/api/queries/models";
import type { Champion, Model } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { CurvesPanel } from "./CurvesPanel";
import { DecisionsPanel } from "./DecisionsPanel";
import { DeployDialog, type DeployMove } from "./DeployDialog";
import { EvaluateDialog } from "./EvaluateDialog";
import { EvaluationView } from "./EvaluationView";
import { JobsStrip } from "./JobsStrip";
import { LineagePanel } from "./LineagePanel";
import { ModelStats } from "./ModelStats";
import { ChampionBadges, StatusBadge } from "./ModelTable";
import { OutcomesPanel } from "./OutcomesPanel";
import { placesOf } from "./words";

/** One model: how it was trained, how it does, where it is used. */
export function ModelPage() {
  const projectId = useProjectId();
  const { modelId = "" } = useParams({ strict: false });
  const model = useQuery(modelQuery(modelId));
  if (model.isPending) return <WaitRows rows={8} />;
  if (model.isError) return <ProblemNote error={model.error} onRetry={() => void model.refetch()} />;
  return <ModelView model={model.data} projectId={projectId} />;
}

function ModelView({ model, projectId }: { readonly model: Model; readonly projectId: string }) {
  const champions = useQuery(championsQuery(projectId));
  const evaluations = useQuery(evaluationsQuery(model.id));
  const models = useQuery(modelsQuery(projectId));
  const listed = evaluations.data?.items ?? [];
  const [evaluationId, setEvaluationId] = useState<string | null>(null);
  const evaluation = listed.find((one) => one.id === evaluationId) ?? listed.at(-1);
  const isTrained = model.status === "trained";
  return (
    <>
      <PageHeader
        title={
          <Group gap="sm">
            {model.name}
            <StatusBadge model={model} />
            <ChampionBadges places={placesOf(champions.data ?? [], model.id)} />
          </Group>
        }
        about={
          <>
            <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
              Models
            </LinkAnchor>{" "}
            · {model.architecture}, {model.task} of {model.labels.length} labels · <IdText id={model.id} />
          </>
        }
        actions={<ModelActions model={model} champions={champions.data ?? []} projectId={projectId} />}
      />
      <JobsStrip projectId={projectId} modelId={model.id} />
      {model.error !== null && (
        <Alert
          color="red"
          variant="light"
          icon={<IconAlertTriangle size={18} />}
          title="Its training failed"
          mb="md"
        >
          {model.error}
        </Alert>
      )}
      <Stack gap="md">
        <ModelStats model={model} evaluation={evaluation} projectId={projectId} />
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 7 }}>
            <CurvesPanel model={model} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <LineagePanel model={model} evaluations={listed} projectId={projectId} />
          </Grid.Col>
        </Grid>
        {evaluations.isError && (
          <ProblemNote error={evaluations.error} onRetry={() => void evaluations.refetch()} />
        )}
        {evaluation !== undefined && (
          <EvaluationView
            key={evaluation.id}
            evaluation={evaluation}
            evaluations={listed}
            model={model}
            projectId={projectId}
            onChoose={setEvaluationId}
          />
        )}
        {isTrained && evaluations.isSuccess && evaluation === undefined && (
          <Panel title="Evaluation">
            <Text size="sm" c="dimmed">
              It was not scored yet. Press Evaluate to score it on frozen test items, or compare it with the
              champion under{" "}
              <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
                Models
              </LinkAnchor>
              .
            </Text>
          </Panel>
        )}
        {isTrained && (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 4 }}>
              <OutcomesPanel modelId={model.id} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 8 }}>
              <DecisionsPanel projectId={projectId} models={models.data?.items ?? []} modelId={model.id} />
            </Grid.Col>
          </Grid>
        )}
      </Stack>
    </>
  );
}

interface ModelActionsProps {
  readonly model: Model;
  readonly champions: readonly Champion[];
  readonly projectId: string;
}

/** What can be done with a model in its state. */
function ModelActions({ model, champions, projectId }: ModelActionsProps) {
  const mayWrite = useIsAtLeast("manager");
  const [move, setMove] = useState<DeployMove | null>(null);
  const [isEvaluating, evaluating] = useDisclosure(false);
  const jobs = useQuery(jobsQuery(projectId));
  const isBusy = (jobs.data?.items ?? []).some((job) => isActive(job) && job.params?.model_id === model.id);
  if (model.status !== "trained") return mayWrite && !isBusy ? <TrainAgain model={model} /> : undefined;
  const places = placesOf(champions, model.id);
  const others = champions.filter((one) => one.model_id !== model.id);
  return (
    <>
      <Button
        component="a"
        href={modelFolderAddress(model.id)}
        download
        variant="default"
        leftSection={<IconDownload size={16} />}
      >
        Download
      </Button>
      {mayWrite && (
        <>
          <Button variant="default" leftSection={<IconTestPipe size={16} />} onClick={evaluating.open}>
            Evaluate
          </Button>
          {places.length === 0 ? (
            <Button
              leftSection={<IconRocket size={16} />}
              onClick={() => {
                setMove("deploy");
              }}
            >
              Deploy
            </Button>
          ) : (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button rightSection={<IconChevronDown size={16} />}>In use</Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  onClick={() => {
                    setMove("rollback");
                  }}
                >
                  Roll back to the champion before it
                </Menu.Item>
                {others.length > 0 && (
                  <Menu.Item
                    onClick={() => {
                      setMove("deploy");
                    }}
                  >
                    Deploy elsewhere too
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      )}
      <DeployDialog
        model={model}
        move={move}
        places={move === "rollback" ? places : others}
        projectId={projectId}
        onClose={() => {
          setMove(null);
        }}
      />
      <EvaluateDialog model={model} projectId={projectId} isOpen={isEvaluating} onClose={evaluating.close} />
    </>
  );
}

/** A model that has no weights can be trained (again), unless it is in training. */
function TrainAgain({ model }: { readonly model: Model }) {
  const client = useQueryClient();
  const training = useMutation({
    mutationFn: () => trainModel(model.id),
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ["model", "models", "jobs"].includes(String(queryKey[0])),
      }),
  });
  if (model.status === "training") return null;
  return (
    <Stack gap={4}>
      <Button
        loading={training.isPending}
        onClick={() => {
          training.mutate();
        }}
      >
        {model.status === "created" ? "Train" : "Train again"}
      </Button>
      {training.isError && <ProblemNote error={training.error} />}
    </Stack>
  );
}
