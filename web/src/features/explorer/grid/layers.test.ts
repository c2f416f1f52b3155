import { describe, expect, it } from "vitest";

import type { AnnotationSource, GridAnnotation } from "@/api/schema.gen";

import { ALL_LAYERS, inkFor, layersToRead, parseLayers, sourceKey } from "./layers";

const person: AnnotationSource = {
  layer: "truth",
  author_kind: "person",
  author_id: "per_1",
  name: "Ada",
  annotations: 3,
  items: 2,
  is_sampled: false,
};
const model: AnnotationSource = { ...person, layer: "prediction", author_kind: "model", author_id: "mdl_1" };
const guess: GridAnnotation = {
  id: "a",
  item_id: "i",
  label: "car",
  geometry: { type: "class" },
  layer: "prediction",
  confidence: 0.4,
  author_kind: "model",
  author_id: "mdl_1",
  origin: "predicted",
};

describe("layers", () => {
  it("reads only the layers of which something is seen", () => {
    expect(layersToRead([person, model], ALL_LAYERS)).toEqual(["truth", "prediction"]);
    expect(layersToRead([person, model], { ...ALL_LAYERS, hidden: [sourceKey(model)] })).toEqual(["truth"]);
    expect(layersToRead([], ALL_LAYERS)).toEqual([]);
  });

  it("inks by label with the ontology's colour, and leaves out what is hidden or too unsure", () => {
    const labels = [{ name: "car", color: "#112233" }];
    expect(inkFor({ settings: ALL_LAYERS, labels, lineWidth: 1 }).colorOf(guess)).toBe("#112233");
    const strict = { ...ALL_LAYERS, leastConfidence: 0.5 };
    expect(inkFor({ settings: strict, labels, lineWidth: 1 }).colorOf(guess)).toBeNull();
    const hiding = { ...ALL_LAYERS, hidden: [sourceKey(model)] };
    expect(inkFor({ settings: hiding, labels, lineWidth: 1 }).colorOf(guess)).toBeNull();
  });

  it("takes anything that was kept", () => {
    expect(parseLayers("nonsense")).toEqual(ALL_LAYERS);
    expect(parseLayers({ hidden: [1, "a"], colorBy: "source", leastConfidence: 7 })).toEqual({
      hidden: ["a"],
      colorBy: "source",
      leastConfidence: 1,
    });
  });
});
