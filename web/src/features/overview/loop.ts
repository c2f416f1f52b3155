/** The loop of a project as stages: how much is where, where its work is done, and what would start it. */
import { asText } from "@/api/json";
import type { Overview, Pipeline, PipelineStatus } from "@/api/schema.gen";

export type Place =
  | { readonly page: "explorer" | "datasets" | "tasks" | "models" | "pipelines" }
  | { readonly page: "pipeline"; readonly id: string }
  | { readonly page: "model"; readonly id: string }
  | { readonly page: "comparison"; readonly id: string };

export interface LoopStage {
  readonly key: string;
  readonly title: string;
  /** The number that is shown big; null while the stage is not in use. */
  readonly count: number | null;
  /** What is counted, or what would start the stage. */
  readonly words: string;
  /** Something waits here for people. */
  readonly isWaiting: boolean;
  /** Work goes on here this moment. */
  readonly isMoving: boolean;
  readonly place: Place;
}

/** Tokens of one kind of step, over the pipelines that are not there for control. */
export interface Flow {
  readonly parked: number;
  readonly moving: number;
  readonly done: number;
}

const STILL: Flow = { parked: 0, moving: 0, done: 0 };

/** Pipelines that are not a control arm: their datasets are not those of control rounds. */
export function mainPipelines(options: {
  pipelines: readonly Pipeline[];
  rounds: Overview["rounds"];
  datasetNames: ReadonlyMap<string, string>;
}): Pipeline[] {
  const { pipelines, rounds, datasetNames } = options;
  const control = new Set(rounds.filter((one) => one.is_control).map((one) => one.arm));
  return pipelines.filter((pipeline) =>
    Object.values(pipeline.variables).every((value) => {
      const name = datasetNames.get(asText(value) ?? "");
      return name === undefined || !control.has(name);
    }),
  );
}

/** Adds up the tokens of several pipelines by type of step. */
export function sumFlows(
  found: readonly { readonly pipeline: Pipeline; readonly status: PipelineStatus }[],
): ReadonlyMap<string, Flow> {
  const flows = new Map<string, Flow>();
  for (const { pipeline, status } of found) {
    for (const node of pipeline.definition.nodes) {
      const counts = status.nodes[node.id];
      if (counts === undefined) continue;
      const before = flows.get(node.type) ?? STILL;
      flows.set(node.type, {
        parked: before.parked + counts.parked,
        moving: before.moving + counts.waiting + counts.running,
        done: before.done + counts.done,
      });
    }
  }
  return flows;
}

/** The twelve stages in the order of the loop. */
export function loopStages(options: {
  overview: Overview;
  flows: ReadonlyMap<string, Flow>;
  pipelineId: string | null;
}): LoopStage[] {
  const { overview, flows, pipelineId } = options;
  const pipeline: Place = pipelineId === null ? { page: "pipelines" } : { page: "pipeline", id: pipelineId };
  return [...itemStages({ overview, flows, pipeline }), ...modelStages({ overview, flows, pipeline })];
}

interface StageSource {
  readonly overview: Overview;
  readonly flows: ReadonlyMap<string, Flow>;
  readonly pipeline: Place;
}

function itemStages({ overview, flows, pipeline }: StageSource): LoopStage[] {
  const read = (key: string) => overview.stages.find((stage) => stage.key === key);
  const choose = flows.get("select") ?? STILL;
  const prelabel = flows.get("predict") ?? STILL;
  const toLabel = read("labelling");
  const toReview = read("review");
  const items = read("items")?.count ?? 0;
  const labelled = read("labelled")?.count ?? 0;
  return [
    stage({
      key: "acquire",
      title: "Acquire",
      count: items,
      words: "images",
      hint: "Upload images to begin",
      place: items === 0 ? { page: "datasets" } : { page: "explorer" },
    }),
    stage({
      key: "choose",
      title: "Choose",
      count: choose.parked,
      isUsed: choose.parked + choose.done > 0,
      words: "wait in the pool",
      hint: "A pipeline chooses what is worth a label",
      isMoving: choose.moving > 0,
      place: pipeline,
    }),
    stage({
      key: "prelabel",
      title: "Pre-label",
      count: prelabel.done,
      words: "seen by a model",
      hint: "A champion proposes labels",
      isMoving: prelabel.moving > 0,
      place: pipeline,
    }),
    people({
      key: "label",
      title: "Label",
      at: toLabel,
      verb: "labelled",
      hint: "A task brings images to people",
    }),
    people({ key: "review", title: "Review", at: toReview, verb: "reviewed", hint: "A second person looks" }),
    stage({
      key: "split",
      title: "Split",
      count: labelled,
      words: "labelled images",
      hint: "Labels go to train and test",
      isMoving: (flows.get("split")?.moving ?? 0) > 0,
      place: { page: "datasets" },
    }),
  ];
}

function modelStages({ overview, flows, pipeline }: StageSource): LoopStage[] {
  const rounds = overview.rounds.filter((one) => !one.is_control);
  const models = overview.stages.find((one) => one.key === "models")?.count ?? 0;
  const promotions = overview.stages.find((one) => one.key === "champion")?.count ?? 0;
  const evaluate = flows.get("evaluate") ?? STILL;
  const last = rounds.at(-1);
  const isBusy = (kind: string) => overview.jobs.some((job) => job.kind === kind && job.state === "running");
  return [
    stage({
      key: "train",
      title: "Train",
      count: models,
      words: models === 1 ? "trained model" : "trained models",
      hint: "Enough labels start a training",
      isMoving: isBusy("train") || (flows.get("train")?.moving ?? 0) > 0,
      place: { page: "models" },
    }),
    stage({
      key: "evaluate",
      title: "Evaluate",
      count: evaluate.done,
      words: "scores on frozen tests",
      hint: "Each model is scored on the same test images",
      isMoving: isBusy("evaluate") || evaluate.moving > 0,
      place: { page: "models" },
    }),
    stage({
      key: "compare",
      title: "Compare",
      count: rounds.length,
      words: rounds.length === 1 ? "decision" : "decisions",
      hint: "A challenger meets the champion",
      isMoving: isBusy("compare") || (flows.get("compare")?.moving ?? 0) > 0,
      place: last === undefined ? { page: "models" } : { page: "comparison", id: last.comparison_id },
    }),
    stage({
      key: "deploy",
      title: "Deploy",
      count: promotions,
      words: promotions === 1 ? "promotion" : "promotions",
      hint: "What is provably better is used",
      place:
        overview.champion === null ? { page: "models" } : { page: "model", id: overview.champion.model_id },
    }),
    stage({
      key: "watch",
      title: "Watch",
      count: 0,
      words: "",
      hint: "Begins with use in production",
      place: { page: "models" },
    }),
    stage({
      key: "flag",
      title: "Flag",
      count: 0,
      words: "",
      hint: "Begins with a doubtful answer",
      place: pipeline,
    }),
  ];
}

function stage(given: {
  key: string;
  title: string;
  count: number;
  words: string;
  hint: string;
  place: Place;
  isUsed?: boolean;
  isMoving?: boolean;
}): LoopStage {
  const { key, title, count, words, hint, place, isUsed = count > 0, isMoving = false } = given;
  return {
    key,
    title,
    count: isUsed ? count : null,
    words: isUsed ? words : hint,
    isWaiting: false,
    isMoving,
    place,
  };
}

function people(given: {
  key: string;
  title: string;
  at: Overview["stages"][number] | undefined;
  verb: string;
  hint: string;
}): LoopStage {
  const { key, title, at, verb, hint } = given;
  const count = at?.count ?? 0;
  const done = at?.done ?? 0;
  const isUsed = count + done > 0;
  return {
    key,
    title,
    count: isUsed ? count : null,
    words: isUsed ? `waiting, ${done.toLocaleString("en")} ${verb}` : hint,
    isWaiting: count > 0,
    isMoving: false,
    place: { page: "tasks" },
  };
}
