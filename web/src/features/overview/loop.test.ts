import { describe, expect, it } from "vitest";

import type { Overview, Pipeline } from "@/api/schema.gen";

import { loopStages, mainPipelines, sumFlows } from "./loop";

const empty: Overview = {
  stages: [],
  champion: null,
  rounds: [],
  label_saving: null,
  label_saving_pending: false,
  waiting: [],
  jobs: [],
};

function pipeline(id: string, pool: string): Pipeline {
  return {
    id,
    project_id: "prj",
    name: id,
    version: 1,
    is_active: true,
    is_paused: false,
    definition: {
      format: 1,
      name: id,
      description: "",
      nodes: [
        { id: "choose", type: "select" },
        { id: "again", type: "select" },
      ],
    },
    variables: { ground_truth: pool, budget: 40 },
    created_at: "2026-01-01T00:00:00Z",
  };
}

const counts = (parked: number, done: number) => ({
  waiting: 1,
  running: 0,
  parked,
  done,
  failed: 0,
  done_per_minute: 0,
  machine_seconds: 0,
  human_seconds: 0,
});

describe("loopStages", () => {
  it("an empty project has twelve stages, each with what would start it", () => {
    const stages = loopStages({ overview: empty, flows: new Map(), pipelineId: null });
    expect(stages.map((one) => one.key)).toEqual([
      "acquire",
      "choose",
      "prelabel",
      "label",
      "review",
      "split",
      "train",
      "evaluate",
      "compare",
      "deploy",
      "watch",
      "flag",
    ]);
    expect(stages.every((one) => one.count === null && one.words !== "")).toBe(true);
    expect(stages[0]!.place).toEqual({ page: "datasets" });
  });
  it("people who are waited for stand out, and what they did is told", () => {
    const stages = loopStages({
      overview: {
        ...empty,
        stages: [{ key: "labelling", title: "To label", count: 40, unit: "items", to: "tasks", done: 1200 }],
      },
      flows: new Map(),
      pipelineId: null,
    });
    expect(stages.find((one) => one.key === "label")).toMatchObject({
      count: 40,
      isWaiting: true,
      words: "waiting, 1,200 labelled",
    });
  });
  it("an emptied pool was used and shows zero", () => {
    const flows = new Map([["select", { parked: 0, moving: 0, done: 12 }]]);
    const choose = loopStages({ overview: empty, flows, pipelineId: "pip_1" })[1]!;
    expect([choose.count, choose.place]).toEqual([0, { page: "pipeline", id: "pip_1" }]);
  });
});

describe("sumFlows", () => {
  it("adds steps of one type", () => {
    const state = { is_active: true, is_paused: false };
    const status = {
      ...state,
      pipeline_id: "a",
      runs: {},
      nodes: { choose: counts(5, 1), again: counts(2, 0) },
    };
    expect(sumFlows([{ pipeline: pipeline("a", "dst_1"), status }]).get("select")).toEqual({
      parked: 7,
      moving: 2,
      done: 1,
    });
  });
});

describe("mainPipelines", () => {
  it("leaves the control arm out", () => {
    const round = {
      at: "2026-01-01T00:00:00Z",
      labels: 40,
      metric_name: "accuracy",
      challenger: 0.6,
      champion: null,
      best: 0.6,
      decision: "promote",
      model_id: "mdl",
      comparison_id: "cmp",
      arm: "truth-random",
      is_control: true,
    };
    const main = mainPipelines({
      pipelines: [pipeline("a", "dst_1"), pipeline("b", "dst_2")],
      rounds: [round],
      datasetNames: new Map([
        ["dst_1", "truth"],
        ["dst_2", "truth-random"],
      ]),
    });
    expect(main.map((one) => one.id)).toEqual(["a"]);
  });
});
