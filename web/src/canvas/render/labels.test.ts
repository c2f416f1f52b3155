import { expect, test } from "vitest";

import type { Shape } from "../types";
import { labelText, placeLabels } from "./labels";
import { hashColor, wantsDarkText } from "./look";
import type { SceneShape } from "./staticLayer";

const viewport = { width: 800, height: 600, scale: 1, x: 0, y: 0 };

function box(id: string, at: readonly [number, number], size: number): SceneShape {
  const [x, y] = at;
  const bounds = { x0: x, y0: y, x1: x + size, y1: y + size };
  const shape: Shape = {
    id,
    label: "cell",
    geometry: { type: "box", ...bounds },
    attributes: {},
    confidence: 0.873,
    standing: "proposal",
    source: "model",
    fromPrediction: null,
    annotationId: null,
  };
  return { shape, bounds };
}

function placed(shapes: readonly SceneShape[]): string[] {
  const labels = placeLabels({
    shapes,
    viewport,
    color: () => "#000000",
    widthOf: (text) => text.length * 7,
  });
  return labels.map((label) => label.id);
}

test("names never lie over each other; the larger shape is named", () => {
  expect(placed([box("small", [100, 100], 40), box("large", [104, 102], 300)])).toEqual(["large"]);
  expect(placed([box("one", [100, 100], 40), box("other", [400, 400], 40)])).toEqual(["one", "other"]);
});

test("shapes too small to read a name at, or out of sight, have none", () => {
  expect(placed([box("tiny", [100, 100], 10), box("away", [2000, 100], 300)])).toEqual([]);
});

test("a proposal tells how sure it is; a long name is cut", () => {
  expect(labelText(box("a", [0, 0], 1).shape)).toBe("cell 87%");
  const long = { ...box("a", [0, 0], 1).shape, label: "x".repeat(60), standing: "own" as const };
  expect(labelText(long)).toBe(`${"x".repeat(27)}…`);
});

test("the same name has the same colour, and text on it can be read", () => {
  expect(hashColor("cell")).toBe(hashColor("cell"));
  expect(hashColor("cell")).toMatch(/^#[0-9a-f]{6}$/);
  expect([wantsDarkText("#ffe066"), wantsDarkText("#1864ab")]).toEqual([true, false]);
});
