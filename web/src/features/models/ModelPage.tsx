import { Alert, Button, Grid, Group, Menu, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconChevronDown,
  IconCopy,
  IconDownload,
  IconRocket,
  IconServerBolt,
  IconTestPipe,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import {
  championsQuery,
  evaluationsQuery,
  modelFolderAddress,
  modelQuery,
  modelsQuery,
} from "@/api/queries/models";
import type { Champion, Model } from "@/api/schema.gen";
import { useIsAtLeast, useProjectId } from "@/app/context";
import { IdText } from "@/ui/IdText";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { CurvesPanel } from "./CurvesPanel";
import { DecisionsPanel } from "./DecisionsPanel";
import { DeployDialog, type DeployMove } from "./DeployDialog";
import { EvaluateDialog } from "./EvaluateDialog";
import { EvaluationsPanel } from "./EvaluationsPanel";
import { JobsStrip } from "./JobsStrip";
import { LineagePanel } from "./LineagePanel";
import { ModelStats } from "./ModelStats";
import { ChampionBadges, StatusBadge } from "./ModelTable";
import { OutcomesPanel } from "./OutcomesPanel";
import { TrainingPanel } from "./TrainingPanel";
import { TrialsPanel } from "./TrialsPanel";
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
  const evaluation = listed.at(-1);
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
      {isTrained ? <JobsStrip projectId={projectId} modelId={model.id} /> : <TrainingPanel model={model} />}
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
            <Stack gap="md">
              <CurvesPanel model={model} />
              <TrialsPanel model={model} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <LineagePanel model={model} evaluations={listed} projectId={projectId} />
          </Grid.Col>
        </Grid>
        {evaluations.isError && (
          <ProblemNote error={evaluations.error} onRetry={() => void evaluations.refetch()} />
        )}
        {isTrained && evaluations.isSuccess && (
          <EvaluationsPanel evaluations={listed} projectId={projectId} />
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
  const again = mayWrite && (
    <LinkButton
      variant="default"
      leftSection={<IconCopy size={16} />}
      to="/p/$projectId/models/new"
      params={{ projectId }}
      search={{ from: model.id }}
    >
      Clone with changes
    </LinkButton>
  );
  if (model.status !== "trained") return again === false ? undefined : again;
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
      {again}
      {mayWrite && (
        <>
          <Button variant="default" leftSection={<IconTestPipe size={16} />} onClick={evaluating.open}>
            Evaluate
          </Button>
          <LinkButton
            variant="default"
            leftSection={<IconServerBolt size={16} />}
            to="/p/$projectId/endpoints"
            params={{ projectId }}
            search={{ model: model.id }}
          >
            Serve
          </LinkButton>
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
