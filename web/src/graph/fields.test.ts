import { describe, expect, it } from "vitest";

import { fieldsOf, sayDefault } from "./fields";
import { describe as sayPlainly } from "./look";
import { nodeType } from "./testing";

function fieldOf(schema: object, extra: object = {}) {
  const type = nodeType("some", { params: { properties: { field: schema }, ...extra } });
  return fieldsOf(type)[0]!;
}

describe("fieldsOf", () => {
  it.each([
    [{ type: "string" }, "text"],
    [{ type: "integer", minimum: 1 }, "integer"],
    [{ type: "number" }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ enum: ["a", "b"], type: "string" }, "choice"],
    [{ type: "string", pattern: "^(classification|detection)$" }, "choice"],
    [{ type: "string", pattern: "^dst_" }, "dataset"],
    [{ type: "array", items: { type: "string" } }, "names"],
    [{ type: "object", additionalProperties: { type: "string" } }, "queries"],
    [{ type: "object", patternProperties: { "^[a-z]+$": { type: "string" } } }, "queries"],
    [{ type: "object", patternProperties: { "^a": {} } }, "json"],
    [{ type: "object", additionalProperties: true }, "json"],
    [{ type: "string", "x-whorl": "code" }, "code"],
    [{ type: "array", items: { type: "string" }, "x-whorl": "labels" }, "labels"],
    [{ type: "string", "x-whorl": "what nobody knows" }, "text"],
    [{ anyOf: [{ type: "string" }, { type: "integer" }] }, "json"],
    [{}, "json"],
  ])("%j is a field of %s", (schema, kind) => {
    expect(fieldOf(schema).kind).toBe(kind);
  });

  it("takes limits, null and the default from an optional number", () => {
    const schema = { anyOf: [{ type: "number", minimum: 0, maximum: 1 }, { type: "null" }], default: 0.1 };
    expect(fieldOf(schema)).toMatchObject({
      kind: "number",
      isNullable: true,
      least: 0,
      most: 1,
      fallback: 0.1,
    });
  });

  it("opens references to definitions", () => {
    const defs = { $defs: { Mode: { enum: ["fast", "slow"], type: "string" } } };
    expect(fieldOf({ $ref: "#/$defs/Mode", default: "fast" }, defs)).toMatchObject({
      kind: "choice",
      choices: ["fast", "slow"],
    });
  });

  it("survives any schema", () => {
    for (const params of [{}, { properties: null }, { properties: { a: 3 }, required: "a" }]) {
      expect(() => fieldsOf(nodeType("odd", { params }))).not.toThrow();
    }
    expect(fieldsOf(undefined)).toEqual([]);
  });
});

describe("sayDefault", () => {
  it.each([
    [{ type: "string", default: "herding" }, "herding"],
    [{ type: "number", default: 0 }, "0"],
    [{ type: "array", items: { type: "string" }, default: [] }, "none"],
    [{ anyOf: [{ type: "string" }, { type: "null" }], default: null }, "none"],
    [{ type: "string" }, "not set"],
  ])("%j is %s", (schema, said) => {
    expect(sayDefault(fieldOf(schema))).toBe(said);
  });
});

describe("describe", () => {
  it("leaves out the marks around code, and ends a long text with a sentence", () => {
    const text = "Each `route` is an output port of its own with a query. An item leaves by the first.";
    expect(sayPlainly(text)).toBe(
      "Each route is an output port of its own with a query. An item leaves by the first.",
    );
    expect(sayPlainly(text, 70)).toBe("Each route is an output port of its own with a query.");
    expect(sayPlainly("x".repeat(100), 20)).toBe(`${"x".repeat(19)}…`);
  });
});
