import { describe, expect, it } from "vitest";

import {
  describeTrigger,
  doors,
  fillTemplate,
  parseValue,
  resolve,
  sumStatus,
  toText,
  variableWords,
} from "./words";

const names = { variables: { pool: "dst_1", every: 40, more: 2 }, datasets: new Map([["dst_1", "pool"]]) };

describe("parseValue", () => {
  it.each([
    ["number", " 40 ", { value: 40 }],
    ["number", "", { value: null }],
    ["number", "forty", { problem: "not a number: forty" }],
    ["json", '{"a": 1}', { value: { a: 1 } }],
    ["json", "", { value: null }],
    ["dataset", "", { value: null }],
    ["text", "", { value: "" }],
    ["query", " label:car ", { value: "label:car" }],
  ] as const)("%s %j", (type, text, parsed) => {
    expect(parseValue(type, text)).toEqual(parsed);
  });
  it("says how JSON is written", () => {
    expect(parseValue("json", "{a}")).toHaveProperty("problem");
  });
});

describe("toText", () => {
  it("is read back as it was", () => {
    expect(parseValue("json", toText("json", { budget_s: 5 }))).toEqual({ value: { budget_s: 5 } });
    expect(toText("model", null)).toBe("");
    expect(toText("number", 0)).toBe("0");
  });
});

describe("variableWords", () => {
  it("tells an unknown variable by its name", () => {
    expect(variableWords("night_share")).toEqual({ title: "Night share", help: "" });
  });
});

describe("fillTemplate", () => {
  const definition = {
    format: 1 as const,
    name: "t",
    description: "",
    nodes: [],
    variables: [
      { name: "a", description: "", type: "number" as const, value: 1 },
      { name: "b", description: "", type: "model" as const },
    ],
  };
  it("sets what is given and keeps the rest", () => {
    const filled = fillTemplate({ definition, name: "mine", values: { b: "mdl_1", c: 3 } });
    expect(filled.name).toBe("mine");
    expect(filled.variables).toEqual([
      { name: "a", description: "", type: "number", value: 1 },
      { name: "b", description: "", type: "model", value: "mdl_1" },
    ]);
  });
});

describe("resolve", () => {
  it("reads a variable, and leaves anything else as it is", () => {
    expect(resolve({ $var: "every" }, names.variables)).toBe(40);
    expect(resolve({ x: 1 }, names.variables)).toEqual({ x: 1 });
  });
});

describe("describeTrigger", () => {
  it("counts", () => {
    expect(
      describeTrigger(
        {
          type: "count",
          id: "enough",
          target: "train.start",
          event: "item.created",
          by: "own",
          every: { $var: "every" },
          dataset: { $var: "pool" },
        },
        names,
      ),
    ).toBe("after every 40 new images in pool");
  });
  it("fires at most so often", () => {
    expect(
      describeTrigger(
        {
          type: "event",
          id: "next",
          target: "choose.start",
          event: "comparison.decided",
          mode: "always",
          by: "own",
          max_fires: { $var: "more" },
        },
        names,
      ),
    ).toBe("with each decision between models, 2 times at most");
  });
  it("names the step whose end it waits for, and a limit that stops it", () => {
    const trigger = {
      type: "event" as const,
      id: "next",
      target: "choose.start",
      event: "run.ended",
      node: "test_challenger",
      mode: "once" as const,
      by: "own" as const,
      max_fires: 0,
    };
    expect(describeTrigger(trigger, names)).toBe(
      "with each ended run of test challenger, but its limit is 0",
    );
  });
  it("follows the clock", () => {
    expect(
      describeTrigger({ type: "cron", id: "n", target: "a.start", cron: "0 3 * * *", missed: "once" }, names),
    ).toBe("at the times of 0 3 * * * (UTC)");
  });
});

describe("sumStatus", () => {
  it("tells people who are waited for from images that wait", () => {
    const none = {
      waiting: 0,
      running: 0,
      parked: 0,
      done: 0,
      failed: 0,
      done_per_minute: 0,
      machine_seconds: 0,
      human_seconds: 0,
    };
    const status = {
      pipeline_id: "p",
      is_active: true,
      is_paused: false,
      runs: {},
      nodes: {
        choose: { ...none, parked: 50, waiting: 1, running: 2 },
        label: { ...none, parked: 5, failed: 1, done: 9 },
      },
    };
    const nodes = [
      { id: "choose", type: "select" },
      { id: "label", type: "label" },
    ];
    expect(sumStatus(status, nodes)).toEqual({ moving: 3, people: 5, pool: 50, failed: 1 });
  });
});

describe("doors", () => {
  const types: { name: string; inputs: Record<string, string> }[] = [
    { name: "dataset", inputs: { item: "item" } },
    { name: "select", inputs: { item: "item", start: "signal" } },
    { name: "notify", inputs: { signal: "signal" } },
  ];
  it("are where items enter and where a signal comes from nowhere", () => {
    const found = doors(
      {
        format: 1,
        name: "x",
        description: "",
        nodes: [
          { id: "raw", type: "dataset" },
          { id: "choose", type: "select" },
          { id: "tell", type: "notify" },
        ],
        edges: [
          { source: "raw.item", target: "choose.item" },
          { source: "choose.empty", target: "tell.signal" },
        ],
      },
      types,
    );
    expect(found.map((one) => [one.target, one.kind])).toEqual([
      ["raw.item", "item"],
      ["choose.start", "signal"],
    ]);
  });
});
