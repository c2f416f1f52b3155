import { describe, expect, it } from "vitest";

import { EMPTY, seenWords, taskOf, type Wish } from "./asking";

const wish = (rest: Partial<Wish>): Wish => ({ ...EMPTY, name: "cars", ...rest });

describe("the task that is made", () => {
  it("needs a name and a dataset", () => {
    expect(taskOf(EMPTY, "dts_1")).toBeNull();
    expect(taskOf(wish({}), null)).toBeNull();
  });

  it("asks for narrow work as a labelling task with a mode", () => {
    const made = taskOf(
      wish({ ask: "find_missed", labels: ["car"], modelId: "mdl_1", skills: ["aerial"], minConfidence: 0.4 }),
      "dts_1",
    );
    expect([made?.kind, made?.work]).toEqual([
      "label",
      { mode: "find_missed", labels: ["car"], model_id: "mdl_1", min_confidence: 0.4, skills: ["aerial"] },
    ]);
  });

  it("leaves out what belongs to another kind", () => {
    const made = taskOf(
      wish({ ask: "validate", labels: ["car"], modelId: "m", question: " A car? " }),
      "dts_1",
    );
    expect([made?.kind, made?.settings, made?.work?.labels, made?.work?.model_id]).toEqual([
      "validate",
      { question: "A car?" },
      [],
      null,
    ]);
    expect(taskOf(wish({ ask: "fix_geometry", recipeId: "rcp_1" }), "dts_1")?.recipe_id).toBeNull();
    expect(taskOf(wish({ ask: "review", reviewsId: "tsk_1" }), "dts_1")?.takes_submitted).toBe(true);
  });

  it("shows every proposal in full work without a model", () => {
    expect(taskOf(wish({}), "dts_1")?.work?.min_confidence).toBe(0);
  });
});

describe("what people are said to see", () => {
  it("names the model, its score, the tool and the labels", () => {
    const said = seenWords(wish({ ask: "find_missed", labels: ["car", "van"] }), {
      model: "tinydet",
      recipe: { tools: ["box"] },
    });
    expect(said).toContain("what “tinydet” found from a score of 0.30");
    expect(said).toContain("the box tool for car or van");
  });

  it("says something of every kind", () => {
    for (const ask of ["full", "fix_geometry", "validate", "classify", "review"] as const) {
      expect(seenWords(wish({ ask }), { model: null, recipe: null })).toMatch(/^They see .*\.$/);
    }
  });
});
