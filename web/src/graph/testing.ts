/** A small world of node types for the tests of this folder, shaped as the server describes them. */
import type { NodeTypeInfo } from "@/api/schema.gen";

import { typesByName, type NodeTypes } from "./draft";

export function nodeType(name: string, given: Partial<NodeTypeInfo> = {}): NodeTypeInfo {
  return {
    name,
    family: "data",
    summary: `What ${name} does.`,
    description: "",
    inputs: { item: "item" },
    outputs: { item: "item" },
    optional_inputs: [],
    is_barrier: false,
    is_reserved: false,
    outputs_from: null,
    batch_size: 1,
    lease_seconds: 60,
    resources: {},
    params: { properties: {} },
    ...given,
  };
}

export function someTypes(): NodeTypes {
  return typesByName([
    nodeType("pass"),
    nodeType("train", { inputs: { model: "model" }, outputs: { model: "model", failed: "model" } }),
    nodeType("notify", { inputs: { signal: "signal" }, outputs: {}, optional_inputs: ["signal"] }),
    nodeType("route", {
      outputs: { other: "item" },
      outputs_from: "ways",
      params: { properties: { ways: { type: "object", additionalProperties: { type: "string" } } } },
    }),
    nodeType("update_variable", {
      inputs: { model: "model" },
      outputs: { model: "model" },
      params: { properties: { variable: { type: "string" } } },
    }),
  ]);
}
