import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { commandOf, deeds, drawnGeometry, shapeLists } from "../testing/arbitraries";
import { box, countingIds, makeDocument, makeProposal, makeShape } from "../testing/shapes";
import { History } from "./history";
import { setGeometry, setLabel } from "./edits";
import { acceptProposals, acceptProposalsAbove, outcomesOf, proposalIds, rejectProposals } from "./proposals";

const BASE = [
  makeShape("own", { annotationId: "own" }),
  makeProposal("p1", { confidence: 0.9, geometry: box(0, 0, [10, 10]) }),
  makeProposal("p2", { confidence: 0.6, geometry: box(20, 0, [10, 10]) }),
  makeProposal("p3", { confidence: 0.3, geometry: box(40, 0, [10, 10]) }),
  makeProposal("p4", { confidence: 0.2, geometry: { type: "points", points: [[5, 5]] } }),
];

function desk(): History {
  return new History(makeDocument(BASE));
}

function run(history: History, command: ReturnType<typeof setLabel>): void {
  if (command !== null) history.run(command);
}

describe("outcomes", () => {
  it("tell accepted, edited, rejected and waiting apart", () => {
    const history = desk();
    const { doc } = history;
    run(history, acceptProposals(doc, ["p1", "own"]));
    run(history, setGeometry(doc, "p2", box(25, 0, [10, 10])));
    run(history, rejectProposals(doc, ["p3", "own"]));
    expect(outcomesOf(BASE, doc)).toEqual({
      accepted: ["p1"],
      edited: [{ id: "p2", iou: 1 / 3 }],
      rejected: ["p3"],
      waiting: ["p4"],
    });
  });

  it("count an accepted one that is edited later as edited, a deleted one as rejected", () => {
    const history = desk();
    run(history, acceptProposals(history.doc, ["p1", "p2", "p4"]));
    run(history, setLabel(history.doc, ["p1"], "dog"));
    run(history, setGeometry(history.doc, "p4", { type: "points", points: [[6, 5]] }));
    run(history, { kind: "remove", removed: [{ at: 2, shape: history.doc.find("p2") ?? makeShape("p2") }] });
    expect(outcomesOf(BASE, history.doc)).toEqual({
      accepted: [],
      edited: [
        { id: "p1", iou: 1 },
        { id: "p4", iou: null },
      ],
      rejected: ["p2"],
      waiting: ["p3"],
    });
  });

  it("are undone with the work", () => {
    const history = desk();
    run(history, acceptProposalsAbove(history.doc, 0.5));
    run(history, rejectProposals(history.doc, ["p3"]));
    while (history.undo() !== null);
    expect(outcomesOf(BASE, history.doc)).toEqual({
      accepted: [],
      edited: [],
      rejected: [],
      waiting: ["p1", "p2", "p3", "p4"],
    });
  });

  it("name every proposal exactly once, whatever was done", () => {
    const shapes = shapeLists({ geometry: drawnGeometry, maxLength: 8 });
    fc.assert(
      fc.property(shapes, deeds, (base, todo) => {
        const doc = makeDocument(base);
        const history = new History(doc);
        const newId = countingIds();
        for (const deed of todo) run(history, commandOf(deed, doc, newId));
        const { accepted, edited, rejected, waiting } = outcomesOf(base, doc);
        const named = [...accepted, ...edited.map(({ id }) => id), ...rejected, ...waiting].sort();
        expect(named).toEqual(base.flatMap((one) => (one.standing === "proposal" ? [one.id] : [])).sort());
        for (const { iou } of edited) {
          if (iou === null) continue;
          expect(iou).toBeGreaterThanOrEqual(0);
          expect(iou).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("accepting", () => {
  it("all that are sure enough is one step of undo", () => {
    const history = desk();
    run(history, acceptProposalsAbove(history.doc, 0.6));
    expect(proposalIds(history.doc)).toEqual(["p3", "p4"]);
    expect(history.doc.find("p2")).toEqual({
      ...makeShape("p2"),
      geometry: box(20, 0, [10, 10]),
      fromPrediction: "p2",
    });
    history.undo();
    expect(history.doc.shapes()).toEqual(BASE);
  });

  it("none gives no command", () => {
    expect(acceptProposalsAbove(desk().doc, 0.95)).toBeNull();
    expect(acceptProposals(desk().doc, ["own", "nobody"])).toBeNull();
    expect(rejectProposals(desk().doc, ["own"])).toBeNull();
  });

  it("takes one without a score for sure", () => {
    const doc = makeDocument([makeProposal("p", { confidence: null })]);
    expect(proposalIds(doc, { from: 1 })).toEqual(["p"]);
  });
});
