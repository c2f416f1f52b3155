import { describe, expect, it } from "vitest";

import { NOWHERE } from "../studioStore";
import { meantProposals } from "./meant";

describe("which proposals a yes or no is about", () => {
  it("is the one under the pointer when none is selected", () => {
    expect(meantProposals({ chosen: [], pointed: "a", led: NOWHERE })).toEqual(["a"]);
    expect(meantProposals({ chosen: [], pointed: null, led: NOWHERE })).toEqual([]);
  });

  it("is what somebody selected, wherever the pointer is", () => {
    expect(meantProposals({ chosen: ["b"], pointed: "a", led: NOWHERE })).toEqual(["b"]);
    expect(meantProposals({ chosen: ["b", "c"], pointed: "a", led: { to: "b", pointed: null } })).toEqual([
      "b",
      "c",
    ]);
  });

  it("is the next one by keys alone, while the pointer rests", () => {
    expect(meantProposals({ chosen: ["b"], pointed: "a", led: { to: "b", pointed: "a" } })).toEqual(["b"]);
    expect(meantProposals({ chosen: ["b"], pointed: null, led: { to: "b", pointed: "a" } })).toEqual(["b"]);
  });

  it("is the one that the pointer was moved to after an answer", () => {
    expect(meantProposals({ chosen: ["b"], pointed: "c", led: { to: "b", pointed: null } })).toEqual(["c"]);
    expect(meantProposals({ chosen: ["b"], pointed: "c", led: { to: "b", pointed: "a" } })).toEqual(["c"]);
  });
});
