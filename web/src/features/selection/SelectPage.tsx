import { Select, Tabs } from "@mantine/core";
import { IconDatabase, IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { datasetsQuery } from "@/api/queries/datasets";
import type { Dataset } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { EmptyState } from "@/ui/EmptyState";
import { LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { ChooseTab } from "./choose/ChooseTab";
import { DuplicatesTab } from "./duplicates/DuplicatesTab";
import { HealthTab } from "./duplicates/HealthTab";
import { SelectionsTab } from "./SelectionsTab";
import { SimulationsTab } from "./simulations/SimulationsTab";

const LAST_DATASET = "whorl-select-dataset";
const OF_DATASET: readonly string[] = ["choose", "duplicates", "health"];

/** Where one chooses what is worth labelling, and sees what was chosen and whether it paid. */
export function SelectPage() {
  const projectId = useProjectId();
  const datasets = useQuery(datasetsQuery(projectId));
  if (datasets.isError) return <ProblemNote error={datasets.error} onRetry={() => void datasets.refetch()} />;
  if (datasets.data === undefined) return <WaitRows rows={8} />;
  return <SelectView projectId={projectId} datasets={datasets.data.items} />;
}

interface ViewProps {
  readonly projectId: string;
  readonly datasets: readonly Dataset[];
}

function SelectView({ projectId, datasets }: ViewProps) {
  const search = useSearch({ from: "/signed-in/p/$projectId/select" });
  const navigate = useNavigate();
  const tab = search.tab ?? "choose";
  const last = localStorage.getItem(`${LAST_DATASET}:${projectId}`);
  const dataset =
    datasets.find((one) => one.id === search.dataset) ??
    datasets.find((one) => one.id === last) ??
    datasets[0];
  const go = (changes: { tab?: string; dataset?: string }) =>
    void navigate({
      to: "/p/$projectId/select",
      params: { projectId },
      search: (old) => ({ ...old, ...changes }),
      replace: true,
    });
  const setDataset = (id: string | null) => {
    if (id === null) return;
    localStorage.setItem(`${LAST_DATASET}:${projectId}`, id);
    void navigate({ to: "/p/$projectId/select", params: { projectId }, search: { tab, dataset: id } });
  };
  return (
    <>
      <PageHeader
        title="Choose"
        about="The images worth labelling, why those, and the proof that it paid."
        actions={
          OF_DATASET.includes(tab) &&
          dataset !== undefined && (
            <Select
              aria-label="Dataset"
              w={240}
              leftSection={<IconDatabase size={16} />}
              allowDeselect={false}
              searchable={datasets.length > 8}
              data={datasets.map((one) => ({ value: one.id, label: one.name }))}
              value={dataset.id}
              onChange={setDataset}
            />
          )
        }
      />
      <Tabs
        value={tab}
        onChange={(value) => {
          go({ tab: value === null || value === "choose" ? undefined : value });
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="choose">Choose</Tabs.Tab>
          <Tabs.Tab value="selections">Selections</Tabs.Tab>
          <Tabs.Tab value="simulations">Simulations</Tabs.Tab>
          <Tabs.Tab value="duplicates">Duplicates</Tabs.Tab>
          <Tabs.Tab value="health">Health</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="choose">
          {dataset === undefined ? (
            <NoDataset projectId={projectId} />
          ) : (
            <ChooseTab
              key={dataset.id}
              projectId={projectId}
              dataset={dataset}
              q={search.q ?? ""}
              like={search.like ?? ""}
            />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="selections">
          <SelectionsTab projectId={projectId} datasets={datasets} />
        </Tabs.Panel>
        <Tabs.Panel value="simulations">
          <SimulationsTab projectId={projectId} datasets={datasets} />
        </Tabs.Panel>
        <Tabs.Panel value="duplicates">
          {dataset === undefined ? (
            <NoDataset projectId={projectId} />
          ) : (
            <DuplicatesTab key={dataset.id} projectId={projectId} dataset={dataset} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="health">
          {dataset === undefined ? (
            <NoDataset projectId={projectId} />
          ) : (
            <HealthTab projectId={projectId} dataset={dataset} />
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function NoDataset({ projectId }: { readonly projectId: string }) {
  return (
    <EmptyState
      icon={<IconSparkles size={28} />}
      title="No images yet"
      action={
        <LinkButton to="/p/$projectId/datasets" params={{ projectId }}>
          To the datasets
        </LinkButton>
      }
    >
      Make a dataset and put images into it. They need no labels: which to label first is what this page
      answers.
    </EmptyState>
  );
}
