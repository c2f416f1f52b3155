import { Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import {
  IconChartDots3,
  IconChecklist,
  IconDatabase,
  IconPhotoSearch,
  IconRouteAltLeft,
  IconServerBolt,
  IconSettings,
  IconSparkles,
  IconStack2,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { datasetsQuery } from "@/api/queries/datasets";
import { tasksQuery } from "@/api/queries/tasks";

/** Ctrl+K: go to any page, dataset or task of the project by typing a part of its name. */
export function Palette({ projectId }: { readonly projectId: string }) {
  const go = useNavigate();
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  const tasks = useQuery(tasksQuery(projectId)).data?.items ?? [];
  const params = { projectId };
  const pages: SpotlightActionData[] = [
    {
      id: "overview",
      label: "Overview",
      leftSection: <IconChartDots3 size={18} />,
      onClick: () => void go({ to: "/p/$projectId", params }),
    },
    {
      id: "explorer",
      label: "Explorer",
      leftSection: <IconPhotoSearch size={18} />,
      onClick: () => void go({ to: "/p/$projectId/explorer", params }),
    },
    {
      id: "datasets",
      label: "Datasets",
      leftSection: <IconDatabase size={18} />,
      onClick: () => void go({ to: "/p/$projectId/datasets", params }),
    },
    {
      id: "choose",
      label: "Choose",
      leftSection: <IconSparkles size={18} />,
      onClick: () => void go({ to: "/p/$projectId/select", params }),
    },
    {
      id: "tasks",
      label: "Tasks",
      leftSection: <IconChecklist size={18} />,
      onClick: () => void go({ to: "/p/$projectId/tasks", params }),
    },
    {
      id: "models",
      label: "Models",
      leftSection: <IconStack2 size={18} />,
      onClick: () => void go({ to: "/p/$projectId/models", params }),
    },
    {
      id: "endpoints",
      label: "Endpoints",
      leftSection: <IconServerBolt size={18} />,
      onClick: () => void go({ to: "/p/$projectId/endpoints", params }),
    },
    {
      id: "pipelines",
      label: "Pipelines",
      leftSection: <IconRouteAltLeft size={18} />,
      onClick: () => void go({ to: "/p/$projectId/pipelines", params }),
    },
    ...(["ontology", "recipes", "members", "tokens"] as const).map((section) => ({
      id: `settings-${section}`,
      label: `Settings: ${SECTIONS[section]}`,
      leftSection: <IconSettings size={18} />,
      onClick: () => void go({ to: "/p/$projectId/settings/$section", params: { projectId, section } }),
    })),
  ];
  const found: SpotlightActionData[] = [
    ...datasets.map((one) => ({
      id: one.id,
      label: one.name,
      description: "dataset",
      leftSection: <IconDatabase size={18} />,
      onClick: () =>
        void go({ to: "/p/$projectId/datasets/$datasetId", params: { projectId, datasetId: one.id } }),
    })),
    ...tasks.map((one) => ({
      id: one.id,
      label: one.name,
      description: `${one.kind} task`,
      leftSection: <IconChecklist size={18} />,
      onClick: () => void go({ to: "/p/$projectId/tasks/$taskId", params: { projectId, taskId: one.id } }),
    })),
  ];
  return (
    <Spotlight
      actions={[...pages, ...found]}
      shortcut="mod + K"
      limit={12}
      highlightQuery
      nothingFound="Nothing by that name in this project"
      searchProps={{ placeholder: "Go to a page, dataset or task", "aria-label": "Go to" }}
    />
  );
}

const SECTIONS = {
  ontology: "labels and attributes",
  recipes: "recipes",
  members: "people",
  tokens: "tokens",
} as const;
