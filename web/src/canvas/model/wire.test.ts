import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { anyGeometry, commandOf, deeds } from "../testing/arbitraries";
import { box, countingIds, IMAGE, makeDocument, makeProposal, makeShape } from "../testing/shapes";
import { applyCommand } from "./commands";
import { removeShapes, setGeometry, setLabel } from "./edits";
import { acceptProposals, rejectProposals } from "./proposals";
import {
  changesSince,
  isNothing,
  readAnnotations,
  readGeometry,
  type WireAnnotation,
  type WireDraft,
  withDraft,
  writeGeometry,
} from "./wire";

const BOX = { type: "box", x0: 10, y0: 10, x1: 30, y1: 30 } as const;

const truth: WireAnnotation = {
  id: "t1",
  label: "cat",
  geometry: BOX,
  layer: "truth",
  author_id: "ann",
  attributes: { occluded: true, parts: ["ear", "tail"] },
};
const prediction: WireAnnotation = {
  id: "p1",
  label: "cat",
  geometry: { ...BOX, x1: 50 },
  layer: "prediction",
  author_id: "model-1",
  confidence: 0.7,
};
const other: WireAnnotation = { ...prediction, id: "p2", author_id: "model-2" };

const BASE = readAnnotations([prediction, truth, other], { proposalAuthors: new Set(["model-1"]) });

describe("readAnnotations", () => {
  it("makes references, then one's own, then proposals", () => {
    expect(BASE.shapes).toEqual([
      makeShape("p2", {
        geometry: box(10, 10, [40, 20]),
        standing: "reference",
        source: "model-2",
        confidence: 0.7,
      }),
      makeShape("t1", { attributes: { occluded: true }, annotationId: "t1" }),
      makeProposal("p1", { geometry: box(10, 10, [40, 20]), confidence: 0.7 }),
    ]);
  });

  it("leaves out a prediction that was decided about", () => {
    const accepted: WireAnnotation = { ...truth, id: "t2", from_prediction: "p1" };
    expect(readAnnotations([prediction, accepted]).shapes.map(({ id }) => id)).toEqual(["t2"]);
  });
});

describe("changesSince", () => {
  function after(change: (doc: ReturnType<typeof makeDocument>) => ReturnType<typeof setLabel>[]) {
    const doc = makeDocument(BASE.shapes);
    for (const command of change(doc)) if (command !== null) applyCommand(doc, command);
    return changesSince(BASE, doc);
  }

  it("is nothing when nothing changed", () => {
    const changes = after(() => []);
    expect(changes).toEqual({ annotations: [], removed_ids: [], rejected_ids: [] });
    expect(isNothing(changes)).toBe(true);
  });

  it("gives changed ones with the attributes that are not shown", () => {
    expect(after((doc) => [setLabel(doc, ["t1"], "dog")]).annotations).toEqual([
      {
        id: "t1",
        label: "dog",
        geometry: BOX,
        attributes: { parts: ["ear", "tail"], occluded: true },
        confidence: null,
        from_prediction: null,
      },
    ]);
  });

  it("is nothing again when the change is taken back by hand", () => {
    const changes = after((doc) => [setLabel(doc, ["t1"], "dog")]);
    expect(changes.annotations).toHaveLength(1);
    const doc = makeDocument(BASE.shapes);
    for (const label of ["dog", "cat"]) applyCommand(doc, setLabel(doc, ["t1"], label)!);
    expect(isNothing(changesSince(BASE, doc))).toBe(true);
  });

  it("gives new, accepted and edited ones, and what was removed and refused", () => {
    const fresh = makeShape("n", { geometry: { type: "points", points: [[1, 2]] } });
    const changes = after((doc) => [
      { kind: "add", at: doc.count, shapes: [fresh] },
      acceptProposals(doc, ["p1"]),
      removeShapes(doc, ["t1"]),
    ]);
    expect(changes).toEqual({
      annotations: [
        { id: null, label: "cat", geometry: { ...BOX, x1: 50 }, attributes: {}, confidence: null, from_prediction: "p1" },
        { id: null, label: "cat", geometry: { type: "points", points: [[1, 2]] }, attributes: {}, confidence: null, from_prediction: null },
      ],
      removed_ids: ["t1"],
      rejected_ids: [],
    }); // prettier-ignore
    expect(after((doc) => [rejectProposals(doc, ["p1"])]).rejected_ids).toEqual(["p1"]);
  });
});

describe("withDraft", () => {
  it("lays unfinished work over the base, so that going on changes nothing", () => {
    fc.assert(
      fc.property(deeds, (todo) => {
        const doc = makeDocument(BASE.shapes);
        const newId = countingIds();
        for (const deed of todo) {
          const command = commandOf(deed, doc, newId);
          if (command !== null) applyCommand(doc, command);
        }
        const changes = changesSince(BASE, doc);
        const again = makeDocument(
          withDraft(BASE, JSON.parse(JSON.stringify(changes)), countingIds("again")),
          IMAGE,
        );
        expect(sorted(changesSince(BASE, again))).toEqual(sorted(changes));
      }),
      { numRuns: 80 },
    );
  });

  it("keeps work on an annotation that is gone as new", () => {
    const draft: WireDraft = {
      id: "gone",
      label: "cat",
      geometry: BOX,
      attributes: {},
      confidence: null,
      from_prediction: null,
    };
    const doc = makeDocument(withDraft(BASE, { annotations: [draft] }, countingIds()));
    expect(changesSince(BASE, doc).annotations).toEqual([{ ...draft, id: null }]);
  });

  it("takes the place of the proposal it was made from", () => {
    const doc = makeDocument(BASE.shapes);
    applyCommand(doc, setGeometry(doc, "p1", box(1, 1, [5, 5]))!);
    const shapes = withDraft(BASE, changesSince(BASE, doc), countingIds());
    expect(shapes.map(({ id, standing }) => `${id} ${standing}`)).toEqual([
      "p2 reference",
      "t1 own",
      "p1 own",
    ]);
  });
});

function sorted(changes: ReturnType<typeof changesSince>): unknown {
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    annotations: [...changes.annotations].sort(byText),
    removed_ids: [...changes.removed_ids].sort(),
    rejected_ids: [...changes.rejected_ids].sort(),
  };
}

it("a geometry written and read is the same", () => {
  fc.assert(
    fc.property(anyGeometry, (geometry) => {
      expect(readGeometry(JSON.parse(JSON.stringify(writeGeometry(geometry))))).toEqual(geometry);
    }),
  );
});
