import { describe, expect, it } from "vitest";

import { emptyDraft } from "./draft";
import { addNode, setParam } from "./edits";
import { toYaml, writeDraft } from "./write";

describe("writeDraft", () => {
  const made = addNode(
    { ...emptyDraft("My flow: 1"), description: "yes" },
    { type: "dataset", at: { x: 1, y: 2 } },
  );
  const draft = setParam(made.draft, { node: "dataset", name: "dataset", value: { $var: "pool" } });

  it("writes YAML for people: short things on one line, words that mean something else in quotes", () => {
    expect(writeDraft(draft, "yaml")).toBe(
      [
        "format: 1",
        'name: "My flow: 1"',
        'description: "yes"',
        "nodes:",
        "  - {id: dataset, type: dataset, params: {dataset: {$var: pool}}, at: {x: 1, y: 2}}",
        "",
      ].join("\n"),
    );
  });

  it("writes JSON that reads back as the same", () => {
    expect(JSON.parse(writeDraft(draft, "json"))).toEqual({
      format: 1,
      name: "My flow: 1",
      description: "yes",
      nodes: [{ id: "dataset", type: "dataset", params: { dataset: { $var: "pool" } }, at: { x: 1, y: 2 } }],
    });
  });
});

describe("toYaml", () => {
  it.each([
    [{ a: [] }, "a: []\n"],
    [{ a: {} }, "a: {}\n"],
    [{ a: "null", b: "1", c: "-", d: "" }, 'a: "null"\nb: "1"\nc: "-"\nd: ""\n'],
    [{ a: 1e21, b: 1e-7, c: -2.5 }, "a: 1.0e+21\nb: 1.0e-7\nc: -2.5\n"],
    [{ a: "x".repeat(100) }, `a: ${"x".repeat(100)}\n`],
    [{ "odd key": "line\nbreak\u0085" }, '"odd key": "line\\nbreak\\u0085"\n'],
    [[["a"], [["b"]]], "- [a]\n- [[b]]\n"],
  ])("%j", (value, text) => {
    expect(toYaml(value)).toBe(text);
  });
});
