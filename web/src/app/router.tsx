import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type ErrorComponentProps,
} from "@tanstack/react-router";

import { NotFound } from "./NotFound";
import { PageProblem } from "./PageProblem";
import { ProjectShell } from "./ProjectShell";
import { SignedIn } from "./SignedIn";

// A search value that looks like a number or a word of JSON is read as one: `?q=5` asks for the text 5.
function text(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (search: Record<string, unknown>): { to?: string; problem?: string } => ({
    to: text(search.to),
    problem: text(search.problem),
  }),
  component: lazyRouteComponent(() => import("@/features/login/LoginPage"), "LoginPage"),
});

const signedIn = createRoute({ getParentRoute: () => root, id: "signed-in", component: SignedIn });

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/projects/ProjectsPage"), "ProjectsPage"),
});

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/p/$projectId",
  component: ProjectShell,
});

const overview = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/overview/OverviewPage"), "OverviewPage"),
});

/** The explorer's one filter and lens live in the address, so that a link shows the same. */
export interface ExplorerSearch {
  readonly dataset?: string;
  readonly q?: string;
  readonly lens?: string;
  readonly view?: string;
  readonly as_of?: number;
}

const explorer = createRoute({
  getParentRoute: () => project,
  path: "/explorer",
  validateSearch: (search: Record<string, unknown>): ExplorerSearch => ({
    dataset: text(search.dataset),
    q: text(search.q),
    lens: text(search.lens),
    view: text(search.view),
    as_of: typeof search.as_of === "number" ? search.as_of : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/explorer/ExplorerPage"), "ExplorerPage"),
});

const datasets = createRoute({
  getParentRoute: () => project,
  path: "/datasets",
  component: lazyRouteComponent(() => import("@/features/datasets/DatasetsPage"), "DatasetsPage"),
});

const dataset = createRoute({
  getParentRoute: () => project,
  path: "/datasets/$datasetId",
  validateSearch: (search: Record<string, unknown>): { tab?: string } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import("@/features/datasets/DatasetPage"), "DatasetPage"),
});

const item = createRoute({
  getParentRoute: () => project,
  path: "/items/$itemId",
  component: lazyRouteComponent(() => import("@/features/datasets/ItemPage"), "ItemPage"),
});

const tasks = createRoute({
  getParentRoute: () => project,
  path: "/tasks",
  component: lazyRouteComponent(() => import("@/features/tasks/TasksPage"), "TasksPage"),
});

const task = createRoute({
  getParentRoute: () => project,
  path: "/tasks/$taskId",
  component: lazyRouteComponent(() => import("@/features/tasks/TaskPage"), "TaskPage"),
});

/** The item on the screen, so that a link and a reload come back to it. */
export interface StudioSearch {
  readonly item?: string;
}

const studio = createRoute({
  getParentRoute: () => project,
  path: "/studio/$taskId",
  validateSearch: (search: Record<string, unknown>): StudioSearch => ({ item: text(search.item) }),
  component: lazyRouteComponent(() => import("@/features/studio/StudioPage"), "StudioPage"),
});

const labelGrid = createRoute({
  getParentRoute: () => project,
  path: "/grid/$taskId",
  component: lazyRouteComponent(() => import("@/features/grids/LabelGridPage"), "LabelGridPage"),
});

const reviewGrid = createRoute({
  getParentRoute: () => project,
  path: "/crops/$datasetId",
  validateSearch: (search: Record<string, unknown>): { label?: string; model?: string } => ({
    label: text(search.label),
    model: text(search.model),
  }),
  component: lazyRouteComponent(() => import("@/features/grids/ReviewGridPage"), "ReviewGridPage"),
});

const models = createRoute({
  getParentRoute: () => project,
  path: "/models",
  component: lazyRouteComponent(() => import("@/features/models/ModelsPage"), "ModelsPage"),
});

/** A model to begin with: the form is filled in as it was trained. */
const playground = createRoute({
  getParentRoute: () => project,
  path: "/models/new",
  validateSearch: (search: Record<string, unknown>): { from?: string } => ({ from: text(search.from) }),
  component: lazyRouteComponent(
    () => import("@/features/models/playground/PlaygroundPage"),
    "PlaygroundPage",
  ),
});

/** Several runs side by side, their ids parted by commas. */
const runs = createRoute({
  getParentRoute: () => project,
  path: "/models/runs",
  validateSearch: (search: Record<string, unknown>): { ids?: string } => ({ ids: text(search.ids) }),
  component: lazyRouteComponent(() => import("@/features/models/runs/RunsPage"), "RunsPage"),
});

const evaluation = createRoute({
  getParentRoute: () => project,
  path: "/evaluations/$evaluationId",
  component: lazyRouteComponent(
    () => import("@/features/models/evaluation/EvaluationPage"),
    "EvaluationPage",
  ),
});

const model = createRoute({
  getParentRoute: () => project,
  path: "/models/$modelId",
  component: lazyRouteComponent(() => import("@/features/models/ModelPage"), "ModelPage"),
});

const comparison = createRoute({
  getParentRoute: () => project,
  path: "/comparisons/$comparisonId",
  component: lazyRouteComponent(
    () => import("@/features/models/comparison/ComparisonPage"),
    "ComparisonPage",
  ),
});

/** A model, or "any", opens the form for a new endpoint. */
const endpoints = createRoute({
  getParentRoute: () => project,
  path: "/endpoints",
  validateSearch: (search: Record<string, unknown>): { model?: string } => ({ model: text(search.model) }),
  component: lazyRouteComponent(() => import("@/features/endpoints/EndpointsPage"), "EndpointsPage"),
});

const endpoint = createRoute({
  getParentRoute: () => project,
  path: "/endpoints/$endpointId",
  validateSearch: (search: Record<string, unknown>): { tab?: string } => ({ tab: text(search.tab) }),
  component: lazyRouteComponent(() => import("@/features/endpoints/EndpointPage"), "EndpointPage"),
});

/** The pool to begin with, and examples to look alike, their ids parted by commas. */
export interface SelectSearch {
  readonly tab?: string;
  readonly dataset?: string;
  readonly q?: string;
  readonly like?: string;
}

const select = createRoute({
  getParentRoute: () => project,
  path: "/select",
  validateSearch: (search: Record<string, unknown>): SelectSearch => ({
    tab: text(search.tab),
    dataset: text(search.dataset),
    q: text(search.q),
    like: text(search.like),
  }),
  component: lazyRouteComponent(() => import("@/features/selection/SelectPage"), "SelectPage"),
});

const selection = createRoute({
  getParentRoute: () => project,
  path: "/selections/$selectionId",
  component: lazyRouteComponent(() => import("@/features/selection/page/SelectionPage"), "SelectionPage"),
});

const simulation = createRoute({
  getParentRoute: () => project,
  path: "/simulations/$simulationId",
  component: lazyRouteComponent(
    () => import("@/features/selection/simulations/SimulationPage"),
    "SimulationPage",
  ),
});

/** What to look for: an item, a part of it, an annotation or words; further items wanted and not wanted. */
export interface SimilarSearch {
  readonly item?: string;
  readonly annotation?: string;
  readonly region?: string;
  readonly text?: string;
  readonly dataset?: string;
  readonly like?: string;
  readonly unlike?: string;
}

const similar = createRoute({
  getParentRoute: () => project,
  path: "/similar",
  validateSearch: (search: Record<string, unknown>): SimilarSearch => ({
    item: text(search.item),
    annotation: text(search.annotation),
    region: text(search.region),
    text: text(search.text),
    dataset: text(search.dataset),
    like: text(search.like),
    unlike: text(search.unlike),
  }),
  component: lazyRouteComponent(() => import("@/features/selection/similar/SimilarPage"), "SimilarPage"),
});

const pipelines = createRoute({
  getParentRoute: () => project,
  path: "/pipelines",
  component: lazyRouteComponent(() => import("@/features/pipelines/PipelinesPage"), "PipelinesPage"),
});

const pipeline = createRoute({
  getParentRoute: () => project,
  path: "/pipelines/$pipelineId",
  component: lazyRouteComponent(() => import("@/features/pipelines/PipelinePage"), "PipelinePage"),
});

const newPipeline = createRoute({
  getParentRoute: () => project,
  path: "/pipelines/new",
  component: lazyRouteComponent(() => import("@/features/pipelines/gallery/GalleryPage"), "GalleryPage"),
});

/** A new pipeline is edited under the id `new`; it begins with a template when one is named. */
const pipelineEditor = createRoute({
  getParentRoute: () => project,
  path: "/pipelines/$pipelineId/edit",
  validateSearch: (search: Record<string, unknown>): { template?: string } => ({
    template: text(search.template),
  }),
  component: lazyRouteComponent(() => import("@/features/pipelines/editor/EditorPage"), "EditorPage"),
});

const settings = createRoute({
  getParentRoute: () => project,
  path: "/settings/$section",
  component: lazyRouteComponent(() => import("@/features/settings/SettingsPage"), "SettingsPage"),
});

const inProject = [
  overview,
  explorer,
  datasets,
  dataset,
  item,
  tasks,
  task,
  studio,
  labelGrid,
  reviewGrid,
  models,
  playground,
  runs,
  evaluation,
  model,
  comparison,
  endpoints,
  endpoint,
  select,
  selection,
  simulation,
  similar,
  pipelines,
  pipeline,
  newPipeline,
  pipelineEditor,
  settings,
];

const routeTree = root.addChildren([login, signedIn.addChildren([projects, project.addChildren(inProject)])]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultErrorComponent: ({ error, reset }: ErrorComponentProps) => (
    <PageProblem error={error} onRetry={reset} />
  ),
  defaultNotFoundComponent: NotFound,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
