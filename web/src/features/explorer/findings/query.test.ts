import { describe, expect, it } from "vitest";

import { writeFinding } from "@/api/queryText";

import { readFinding, sourceOf, withFinding } from "./query";

describe("readFinding", () => {
  it("reads what the chips of an evaluation say", () => {
    expect(readFinding('subset:test eval:evl_1 type:missed truth:"a b"')).toEqual({
      evaluationId: "evl_1",
      type: "missed",
      truth: "a b",
      predicted: undefined,
    });
    expect(readFinding("label:car")).toBeNull();
    expect(readFinding("-eval:evl_1")).toBeNull();
  });
  it("is what was written", () => {
    const finding = { evaluationId: "evl_1", type: "confused", truth: 'say "hi"', predicted: "c|d" } as const;
    expect(readFinding(`width>3 ${writeFinding(finding)}`)).toEqual(finding);
  });
  it("leaves a choice of several open", () => {
    expect(readFinding("eval:evl_1 type:missed|confused truth:car")).toMatchObject({
      type: undefined,
      truth: "car",
    });
  });
});

describe("withFinding", () => {
  it("exchanges the finding and keeps the rest", () => {
    const q = "subset:test eval:evl_1 type:missed label:car truth:car";
    expect(withFinding(q, { evaluationId: "evl_2", type: "spurious", predicted: "dog" })).toBe(
      "subset:test label:car eval:evl_2 type:spurious predicted:dog",
    );
    expect(withFinding(q, null)).toBe("subset:test label:car");
  });
  it("does not take the type of an annotation for that of a finding", () => {
    expect(withFinding("eval:evl_1 label:car type:box", null)).toBe("label:car type:box");
  });
  it("begins a query", () => {
    expect(withFinding("", { evaluationId: "evl_1" })).toBe("eval:evl_1");
  });
});

describe("sourceOf", () => {
  it("looks into parentheses", () => {
    expect(sourceOf('label:car (eval:"my model" type:missed)')).toBe("my model");
    expect(sourceOf("-(eval:evl_1)")).toBeNull();
  });
});
