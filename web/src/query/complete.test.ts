import { describe, expect, it } from "vitest";

import type { QueryField } from "@/api/schema.gen";

import { firstOffer, offersAt } from "./complete";

const FIELDS: QueryField[] = [
  { name: "label", type: "text", title: "Label", values: ["car", '"traffic light"'] },
  { name: "subset", type: "choice", title: "Subset", values: ["train", "test"] },
  { name: "width", type: "number", title: "Width", values: null },
];
const labels = (text: string, at = text.length) => {
  const offers = offersAt(text, at, FIELDS);
  return offers === null ? null : { from: offers.from, labels: offers.options.map((one) => one.label) };
};

describe("offersAt", () => {
  it("offers fields where a term begins, also after a minus and a parenthesis", () => {
    const all = ["label", "subset", "width", "has", "sort", "layer", "snapshot"];
    expect(labels("")).toEqual({ from: 0, labels: all });
    expect(labels("label:car -su")).toEqual({ from: 11, labels: all });
    expect(labels("(wi")).toEqual({ from: 1, labels: all });
  });

  it("offers the values of a field, each after a bar too", () => {
    expect(labels("subset:")).toEqual({ from: 7, labels: ["train", "test"] });
    expect(labels("subset:train|te")).toEqual({ from: 13, labels: ["train", "test"] });
    expect(labels('label:"traffic l')).toEqual({ from: 6, labels: ["car", '"traffic light"'] });
  });

  it("offers fields after has: and sort:, and the layers", () => {
    expect(labels("has:")?.labels).toEqual(["label", "subset", "width"]);
    expect(labels("layer:")?.labels).toEqual(["truth", "prediction", "any"]);
  });

  it("offers nothing for a field without known values", () => {
    expect(labels("width>=1")).toBeNull();
  });

  it("looks only at what stands before the caret", () => {
    expect(labels("subset: label:car", 7)).toEqual({ from: 7, labels: ["train", "test"] });
  });
});

describe("firstOffer", () => {
  it("goes on with what is begun, and leaves alone what is not", () => {
    expect(firstOffer("label:car su", 12, FIELDS)).toEqual({ from: 10, apply: "subset:" });
    expect(firstOffer("subset:te", 9, FIELDS)).toEqual({ from: 7, apply: "test" });
    expect(firstOffer("subset:test", 11, FIELDS)).toBeNull();
    expect(firstOffer("label:car ", 10, FIELDS)).toBeNull();
  });
});
