import { describe, expect, it } from "vitest";

import type { Architecture, Model } from "@/api/schema.gen";

import { KNOBS, SWITCHES, turned, wholeAugment } from "./augment";
import { bodyOf, fieldsFor, FIRST, formOf, nextName, usualArchitecture, withParam } from "./form";

const tinydet: Architecture = {
  name: "builtin:tinydet",
  title: "Tiny detector",
  summary: "",
  tasks: ["detection"],
  params_schema: {
    properties: {
      budget_s: { type: "number", default: 60, minimum: 0, maximum: 86400 },
      finetune: { anyOf: [{ const: "auto", type: "string" }, { type: "boolean" }], default: "auto" },
    },
  },
  presets: { speed: { params: { budget_s: 60, finetune: false }, about: "quick" } },
  takes_augment: true,
  needs: [],
  is_available: true,
  install_hint: "",
};
const auto: Architecture = { ...tinydet, name: "builtin:auto", tasks: ["classification", "detection"] };
const model: Model = {
  id: "mdl_1",
  created_at: "2026-01-01",
  project_id: "p",
  name: "cells 7",
  task: "detection",
  architecture: "builtin:tinydet",
  params: {
    preset: "speed",
    budget_s: 90,
    finetune: false,
    sampling: "repeat_rare",
    augment: { flip: false, blur: 0, rotate: 20, nonsense: 3 },
  },
  labels: [],
  status: "trained",
  dataset_id: "dst_1",
  revision: 3,
  query: {},
  items_digest: null,
  n_items: null,
  parent_id: null,
  metrics: {},
  error: null,
  seconds: null,
  trained_at: null,
};

describe("bodyOf", () => {
  it("leaves out what was not chosen", () => {
    const form = { ...FIRST, name: " a ", datasetId: "dst_1", architecture: "builtin:tinydet", query: "  " };
    expect(bodyOf(form, { takesAugment: true })).toEqual({
      name: "a",
      architecture: "builtin:tinydet",
      dataset_id: "dst_1",
      task: null,
      snapshot: null,
      query: null,
      queries: undefined,
      params: {},
      preset: "balance",
      sampling: null,
      augment: null,
      parent_id: null,
    });
  });
  it("sends queries per subset and a whole augmentation", () => {
    const form = { ...FIRST, trainQuery: "label:car ", augment: { blur: 2 } };
    const body = bodyOf(form, { takesAugment: true });
    expect(body.queries).toEqual({ train: "label:car", validation: null });
    expect(body.augment).toEqual(wholeAugment({ blur: 2 }));
    expect(bodyOf(form, { takesAugment: false }).augment).toBeNull();
  });
});

describe("formOf", () => {
  it("is the model again, with only what differs from its preset set by hand", () => {
    expect(formOf(model, tinydet.presets)).toEqual({
      ...FIRST,
      name: "cells 8",
      task: "detection",
      datasetId: "dst_1",
      architecture: "builtin:tinydet",
      preset: "speed",
      params: { budget_s: 90 },
      sampling: "repeat_rare",
      augment: { flip: false, rotate: 20 },
      parentId: "mdl_1",
    });
  });
  it("keeps the queries that narrowed each subset", () => {
    const filter = { filter: { "metadata.camera": "north" } };
    const narrowed = { ...model, query: { subsets: ["train"], filter, filters: { train: filter } } };
    expect(formOf(narrowed)).toMatchObject({
      query: JSON.stringify(filter),
      trainQuery: JSON.stringify(filter),
      validationQuery: "",
    });
  });
  it("has no preset where none was told", () => {
    const bare = { ...model, params: { epochs: 3 } };
    expect(formOf(bare)).toMatchObject({
      preset: null,
      params: { epochs: 3 },
      sampling: "as_is",
      augment: {},
    });
  });
  it.each([
    ["cells", "cells 2"],
    ["cells 9", "cells 10"],
    ["7", "7 2"],
  ])("%s is followed by %s", (name, next) => {
    expect(nextName(name)).toBe(next);
  });
});

describe("architectures", () => {
  it("begin with one that trains at once, not with a search", () => {
    expect(usualArchitecture([auto, tinydet], "detection")?.name).toBe("builtin:tinydet");
    expect(usualArchitecture([auto, tinydet], "classification")?.name).toBe("builtin:auto");
    expect(usualArchitecture([tinydet], "multi_label")).toBeNull();
  });
  it("prefer what is installed", () => {
    const missing = { ...tinydet, is_available: false };
    expect(usualArchitecture([missing, auto], "detection")?.name).toBe("builtin:auto");
    expect(usualArchitecture([missing], "detection")?.name).toBe("builtin:tinydet");
  });
  it("show what the preset sets as what counts", () => {
    const fields = fieldsFor(tinydet, "speed");
    expect(fields.map((one) => [one.name, one.kind, one.fallback])).toEqual([
      ["budget_s", "number", 60],
      ["finetune", "tristate", false],
    ]);
    expect(fieldsFor(tinydet, null)[1]?.fallback).toBe("auto");
  });
});

describe("what is given back", () => {
  it("leaves no parameter behind", () => {
    expect(withParam({ seed: 1, size: 2 }, "seed", undefined)).toEqual({ size: 2 });
    expect(withParam({}, "seed", 0)).toEqual({ seed: 0 });
  });
  it("a knob at its usual value counts as not touched", () => {
    const knob = { name: "blur", usual: 0 } as const;
    expect(turned({ blur: 2 }, knob, 0)).toEqual({});
    expect(turned({}, knob, 3)).toEqual({ blur: 3 });
  });
  it("every knob stands where the usual augmentation does", () => {
    const usual = wholeAugment({});
    for (const knob of [...KNOBS.flatMap((group) => group.knobs), ...SWITCHES]) {
      expect([knob.name, knob.usual]).toEqual([knob.name, usual[knob.name]]);
    }
    expect(Object.keys(usual)).toHaveLength(KNOBS.flatMap((group) => group.knobs).length + SWITCHES.length);
  });
});
