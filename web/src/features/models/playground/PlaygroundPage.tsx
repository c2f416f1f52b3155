import { Grid, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { championsQuery, modelQuery, modelsQuery } from "@/api/queries/models";
import { architecturesQuery, modelCheckQuery } from "@/api/queries/training";
import type { Architecture, Model } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { LinkAnchor } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { ArchitecturePanel } from "./ArchitecturePanel";
import { AugmentPanel } from "./AugmentPanel";
import { CheckPanel } from "./CheckPanel";
import { DataPanel } from "./DataPanel";
import { AUTO, bodyOf, FIRST, formOf, usualArchitecture, type Form } from "./form";
import classes from "./playground.module.css";
import { TaskPanel } from "./TaskPanel";

const route = getRouteApi("/signed-in/p/$projectId/models/new");
const PAUSE_MS = 400;

/** Where a model is described, checked against its data, and sent to train. */
export function PlaygroundPage() {
  const projectId = useProjectId();
  const { from } = route.useSearch();
  const architectures = useQuery(architecturesQuery());
  const models = useQuery(modelsQuery(projectId));
  const original = useQuery({ ...modelQuery(from ?? ""), enabled: from !== undefined });
  const failed = [architectures, models, ...(from === undefined ? [] : [original])].find(
    (one) => one.isError,
  );
  return (
    <>
      <PageHeader
        title={original.data === undefined ? "Train a model" : `${original.data.name}, with changes`}
        about={
          <>
            <LinkAnchor to="/p/$projectId/models" params={{ projectId }} size="sm">
              Models
            </LinkAnchor>{" "}
            · Nothing starts before you press Train. What a training would find is counted while you choose.
          </>
        }
      />
      {failed !== undefined && <ProblemNote error={failed.error} onRetry={() => void failed.refetch()} />}
      {failed === undefined &&
        (architectures.data === undefined ||
        models.data === undefined ||
        (from !== undefined && original.data === undefined) ? (
          <WaitRows rows={10} />
        ) : (
          <Playground
            key={from ?? ""}
            projectId={projectId}
            architectures={architectures.data}
            models={models.data.items}
            original={original.data}
          />
        ))}
    </>
  );
}

interface PlaygroundProps {
  readonly projectId: string;
  readonly architectures: readonly Architecture[];
  readonly models: readonly Model[];
  readonly original: Model | undefined;
}

/** What every part of the form gets. */
export interface PartProps {
  readonly form: Form;
  readonly onChange: (changes: Partial<Form>) => void;
  readonly projectId: string;
}

function Playground({ projectId, architectures, models, original }: PlaygroundProps) {
  const [written, setWritten] = useState<Form>(() =>
    original === undefined
      ? FIRST
      : formOf(original, architectures.find((one) => one.name === original.architecture)?.presets),
  );
  const datasets = useQuery(datasetsQuery(projectId));
  const champions = useQuery(championsQuery(projectId));
  const onChange = (changes: Partial<Form>) => {
    setWritten((before) => ({ ...before, ...changes }));
  };
  // What the last model learnt from is most likely labelled.
  const usual =
    models.find((one) => one.dataset_id !== null)?.dataset_id ?? datasets.data?.items[0]?.id ?? null;
  const found = useFoundTask({
    projectId,
    datasetId: written.datasetId ?? usual,
    snapshot: written.snapshot,
  });
  const complete = (one: Form): Form => ({
    ...one,
    datasetId: one.datasetId ?? usual,
    architecture: one.architecture || (usualArchitecture(architectures, one.task ?? found)?.name ?? ""),
    parentId: one.parentId ?? champions.data?.find((place) => place.model_id !== null)?.model_id ?? null,
  });
  const takes = (one: Form) =>
    architectures.some(({ name, takes_augment }) => name === one.architecture && takes_augment);
  const form = complete(written);
  const architecture = architectures.find((one) => one.name === form.architecture);
  const [settled] = useDebouncedValue(written, PAUSE_MS);
  const asked = complete(settled);
  const isAsked = asked.datasetId !== null && asked.architecture.trim() !== "";
  const check = useQuery(
    modelCheckQuery({
      projectId,
      body: isAsked ? bodyOf({ ...asked, name: "unnamed" }, { takesAugment: takes(asked) }) : null,
    }),
  );
  const part = { form, onChange, projectId };
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="md">
          <TaskPanel {...part} architectures={architectures} found={found} />
          <DataPanel {...part} datasets={datasets.data?.items ?? []} check={check.data} />
          <ArchitecturePanel
            {...part}
            found={found}
            architectures={architectures}
            architecture={architecture}
          />
          {takes(form) && <AugmentPanel {...part} />}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <div className={classes.sticky}>
          <CheckPanel
            {...part}
            check={check}
            isWaiting={check.isFetching || settled !== written}
            body={bodyOf(form, { takesAugment: takes(form) })}
          />
        </div>
      </Grid.Col>
    </Grid>
  );
}

/** What a dataset's labels are made of; null while that cannot be told. */
function useFoundTask(options: { projectId: string; datasetId: string | null; snapshot: string | null }) {
  const { projectId, datasetId, snapshot } = options;
  // A search does every task, so it is asked for none in particular.
  const asked = { ...FIRST, name: "unnamed", datasetId, snapshot, architecture: AUTO, preset: null };
  const check = useQuery(
    modelCheckQuery({ projectId, body: datasetId === null ? null : bodyOf(asked, { takesAugment: false }) }),
  );
  return check.isError ? null : (check.data?.task ?? null);
}
