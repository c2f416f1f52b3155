import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { drawnGeometry, masks, point, ring } from "../testing/arbitraries";
import { box, IMAGE, makeDocument, makeShape, maskOf, polygon, square } from "../testing/shapes";
import type { BoxGeometry, Geometry, RotatedBoxGeometry, XY } from "../types";
import { boxFromPoints, rotatedBoxFromPoints, toBox, toMask, toPolygon } from "./convert";
import { DocumentFinder } from "./finder";
import { handlesOf, hitHandle, resizeCursor } from "./handles";
import { areaOf, boundsOf, lengthOf, rotatedCorners } from "./measure";
import {
  deleteVertex,
  insertVertex,
  moveVertex,
  segmentsMeet,
  selfCrossings,
  simplifyLine,
  simplifyRing,
  withoutRepeats,
} from "./polygon";
import { isSameGeometry } from "./same";
import { snapPoint } from "./snap";
import {
  aimRotatedBox,
  clampGeometry,
  clampMove,
  moveGeometry,
  resizeBox,
  resizeRotatedBox,
  rotateGeometry,
} from "./transform";
import { distance, nearestOnSegment, tidyAngle } from "./vectors";

describe("moving", () => {
  it("there and back is the same", () => {
    fc.assert(
      fc.property(drawnGeometry, point, (geometry, [x, y]) => {
        expect(moveGeometry(moveGeometry(geometry, { x, y }), { x: -x, y: -y })).toEqual(geometry);
      }),
    );
  });

  it("moves the bounds", () => {
    fc.assert(
      fc.property(drawnGeometry, point, (geometry, [x, y]) => {
        const [before, after] = [boundsOf(geometry), boundsOf(moveGeometry(geometry, { x, y }))];
        expect(after?.x0).toBeCloseTo((before?.x0 ?? 0) + x, 6);
        expect(after?.y1).toBeCloseTo((before?.y1 ?? 0) + y, 6);
      }),
    );
  });

  it("is held back at the border", () => {
    const bounds = { x0: 10, y0: 10, x1: 30, y1: 30 };
    expect(clampMove(bounds, { x: -50, y: 5 }, IMAGE)).toEqual({ x: -10, y: 5 });
    expect(clampMove(bounds, { x: 5000, y: 5000 }, IMAGE)).toEqual({ x: 610, y: 370 });
    expect(clampMove({ x0: -5, y0: 0, x1: 9, y1: 9 }, { x: -3, y: 0 }, IMAGE).x).toBe(0);
  });
});

describe("resizing", () => {
  const start: BoxGeometry = box(10, 10, [20, 20]);

  it.each([
    ["the lower right corner", { sx: 1, sy: 1 } as const, [50, 60] as const, box(10, 10, [40, 50])],
    ["the left side", { sx: -1, sy: 0 } as const, [5, 99] as const, box(5, 10, [25, 20])],
    ["a corner over the other side", { sx: 1, sy: 1 } as const, [4, 5] as const, box(4, 5, [6, 5])],
    ["a side onto the other", { sx: 1, sy: 0 } as const, [10, 15] as const, null],
  ])("a box by %s", (...[, grip, to, expected]) => {
    expect(resizeBox(start, grip, to)).toEqual(expected);
  });

  it("a turned box keeps the corner across", () => {
    fc.assert(
      fc.property(fc.integer({ min: -180, max: 179 }), point, (angle, to) => {
        const before: RotatedBoxGeometry = {
          type: "rotated_box",
          cx: 300,
          cy: 200,
          width: 60,
          height: 30,
          angle,
        };
        const after = resizeRotatedBox(before, { sx: 1, sy: 1 }, to);
        if (after === null) return;
        const across = rotatedCorners(before)[0];
        const nearest = Math.min(...rotatedCorners(after).map((corner) => distance(corner, across)));
        expect(nearest).toBeLessThan(0.05);
        expect(Math.min(...rotatedCorners(after).map((corner) => distance(corner, to)))).toBeLessThan(0.05);
      }),
    );
  });

  it("a turned box aims its upper side at the pointer", () => {
    const turned: RotatedBoxGeometry = { type: "rotated_box", cx: 0, cy: 0, width: 4, height: 2, angle: 0 };
    expect(aimRotatedBox(turned, [0, -9]).angle).toBe(0);
    expect(aimRotatedBox(turned, [9, 0]).angle).toBe(90);
    expect(aimRotatedBox(turned, [0, 9]).angle).toBe(-180);
    expect(aimRotatedBox(turned, [9, -1], 15).angle).toBe(90);
  });
});

describe("turning", () => {
  it("keeps the area, and a whole turn is the same", () => {
    fc.assert(
      fc.property(drawnGeometry, fc.integer({ min: -360, max: 360 }), (geometry, degrees) => {
        const turned = rotateGeometry(geometry, degrees);
        const bounds = boundsOf(geometry) ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
        const across = Math.hypot(bounds.x1 - bounds.x0, bounds.y1 - bounds.y0);
        // Corners are rounded to hundredths of a pixel, which moves the area of a long thin ring by its length.
        expect(Math.abs(areaOf(turned) - areaOf(geometry))).toBeLessThanOrEqual(0.1 * across + 0.1);
      }),
    );
    const bar: Geometry = { type: "rotated_box", cx: 9, cy: 9, width: 4, height: 2, angle: 30 };
    expect(rotateGeometry(bar, 360)).toEqual(bar);
    expect(rotateGeometry(box(0, 0, [4, 2]), 90)).toEqual({
      type: "rotated_box",
      cx: 2,
      cy: 1,
      width: 4,
      height: 2,
      angle: 90,
    });
  });

  it.each([[0, 0], [180, -180], [-180, -180], [190, -170], [-540, -180], [359, -1]])("%d is %d", (given, expected) => {
    expect(tidyAngle(given)).toBe(expected);
  }); // prettier-ignore
});

describe("clamping", () => {
  it("leaves nothing outside", () => {
    fc.assert(
      fc.property(drawnGeometry, point, (geometry, [x, y]) => {
        const clamped = clampGeometry(moveGeometry(geometry, { x: x - 320, y: y - 200 }), IMAGE);
        const bounds = clamped === null || clamped.type === "rotated_box" ? null : boundsOf(clamped);
        if (bounds === null) return;
        expect(
          Math.min(bounds.x0, bounds.y0, IMAGE.width - bounds.x1, IMAGE.height - bounds.y1),
        ).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("gives nothing for what lies outside", () => {
    expect(clampGeometry(box(700, 10, [5, 5]), IMAGE)).toBeNull();
    expect(clampGeometry(box(-10, 10, [20, 5]), IMAGE)).toEqual(box(0, 10, [10, 5]));
  });
});

describe("vertices", () => {
  const ring3 = polygon([[0, 0], [10, 0], [10, 10]]); // prettier-ignore
  if (ring3.type !== "polygon") throw new Error("not a polygon");

  it("are moved, put in and taken out", () => {
    const four = insertVertex(ring3, { ring: 0, index: 2 }, [0, 10]);
    expect(four).toEqual(polygon([[0, 0], [10, 0], [10, 10], [0, 10]])); // prettier-ignore
    expect(moveVertex(four, { ring: 0, index: 1 }, [20, 0])).toEqual(polygon([[0, 0], [20, 0], [10, 10], [0, 10]])); // prettier-ignore
    expect(deleteVertex(four, { ring: 0, index: 3 })).toEqual(ring3);
  });

  it("cannot be taken out below the least", () => {
    expect(deleteVertex(ring3, { ring: 0, index: 0 })).toBeNull();
    const holed = polygon(square(0, 0, 50), [[1, 1], [5, 1], [5, 5]]); // prettier-ignore
    if (holed.type !== "polygon") throw new Error("not a polygon");
    expect(deleteVertex(holed, { ring: 1, index: 0 })).toEqual(polygon(square(0, 0, 50)));
    expect(
      deleteVertex(
        {
          type: "polyline",
          points: [
            [0, 0],
            [1, 1],
          ],
        },
        { ring: 0, index: 0 },
      ),
    ).toBeNull();
    expect(deleteVertex({ type: "points", points: [[0, 0]] }, { ring: 0, index: 0 })).toBeNull();
  });

  it("thinned stay within the tolerance", () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 2, maxLength: 40 }),
        fc.integer({ min: 1, max: 50 }),
        (line, tolerance) => {
          const thin = simplifyLine(line, tolerance);
          expect([thin[0], thin.at(-1)]).toEqual([line[0], line.at(-1)]);
          for (const p of line) {
            const far = Math.min(
              ...thin.slice(1).map((b, i) => distance(p, nearestOnSegment(p, thin[i]!, b))),
            );
            expect(far).toBeLessThanOrEqual(tolerance + 1e-9);
          }
        },
      ),
    );
  });

  it("thinned keep a ring a ring", () => {
    fc.assert(
      fc.property(ring, fc.integer({ min: 0, max: 400 }), (some, tolerance) => {
        expect(simplifyRing(some, tolerance).length).toBeGreaterThanOrEqual(3);
      }),
    );
    const square8: XY[] = [[0, 0], [5, 0], [10, 0], [10, 5], [10, 10], [5, 10], [0, 10], [0, 5]]; // prettier-ignore
    expect(simplifyRing(square8, 0.1)).toEqual([[0, 0], [10, 0], [10, 10], [0, 10]]); // prettier-ignore
  });

  it("repeated are left out", () => {
    const line: XY[] = [[0, 0], [0, 0], [1, 1], [1, 1], [0, 0]]; // prettier-ignore
    expect(withoutRepeats(line, false)).toEqual([[0, 0], [1, 1], [0, 0]]); // prettier-ignore
    expect(withoutRepeats(line, true)).toEqual([[0, 0], [1, 1]]); // prettier-ignore
  });
});

describe("crossings", () => {
  it("of a bow tie are found, of a square there are none", () => {
    expect(selfCrossings(square(0, 0, 10))).toEqual([]);
    expect(selfCrossings([[0, 0], [10, 10], [10, 0], [0, 10]])).toEqual([[0, 2]]); // prettier-ignore
  });

  it.each([
    ["cross", [[0, 0], [2, 2]], [[0, 2], [2, 0]], true],
    ["touch at an end", [[0, 0], [2, 0]], [[1, 0], [1, 5]], true],
    ["lie on one line apart", [[0, 0], [1, 0]], [[2, 0], [3, 0]], false],
    ["lie on one line over each other", [[0, 0], [2, 0]], [[1, 0], [3, 0]], true],
    ["miss", [[0, 0], [1, 1]], [[2, 0], [3, 1]], false],
    ["would meet further on", [[0, 0], [1, 1]], [[3, 0], [0, 3]], false],
  ] as const)("segments that %s", (...[, s, t, expected]) => {
    expect([segmentsMeet(s, t), segmentsMeet(t, s)]).toEqual([expected, expected]);
  }); // prettier-ignore
});

describe("conversions", () => {
  it("extreme points give their box", () => {
    expect(boxFromPoints([[5, 9], [20, 12], [11, 3], [9, 30]])).toEqual(box(5, 3, [15, 27])); // prettier-ignore
    expect(boxFromPoints([[5, 9], [5, 12]])).toBeNull(); // prettier-ignore
  });

  it("three points give a turned box with the first two as one side", () => {
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        const turned = rotatedBoxFromPoints(a, b, c);
        if (turned === null || turned.width < 1) return;
        const corners = rotatedCorners(turned);
        for (const p of [a, b]) expect(Math.min(...corners.map((q) => distance(p, q)))).toBeLessThan(0.15);
        const [from, to] = [corners[3], corners[2]];
        const across = [corners[0], corners[1]] as const;
        const line = (p: XY, [s, t]: readonly [XY, XY]): number =>
          Math.abs((t[0] - s[0]) * (p[1] - s[1]) - (t[1] - s[1]) * (p[0] - s[0])) / distance(s, t);
        // The third point lies on the line of the opposite side.
        expect(Math.min(line(c, [from, to]), line(c, across))).toBeLessThan(0.2 + distance(a, c) * 0.0005);
      }),
    );
  });

  it("a box to a polygon to a mask keeps its area", () => {
    const outline = toPolygon(box(3, 4, [10, 12]));
    expect(outline).toEqual(polygon([[3, 4], [13, 4], [13, 16], [3, 16]])); // prettier-ignore
    const mask = toMask(outline!, IMAGE);
    expect(mask).toEqual(maskOf([[3, 4], [13, 4], [13, 16], [3, 16]])); // prettier-ignore
    expect(areaOf(mask!)).toBe(120);
    expect(toBox(mask!)).toEqual(box(3, 4, [10, 12]));
  });

  it("a mask to a polygon and back is the same mask when nothing is thinned", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const outline = toPolygon(mask, 0);
        if (outline === null) return;
        expect(toMask(outline, IMAGE)).toEqual(mask);
      }),
      { numRuns: 20 },
    );
  });

  it("there is no polygon of a line and no mask of what lies between pixels", () => {
    expect(
      toPolygon({
        type: "polyline",
        points: [
          [0, 0],
          [5, 5],
        ],
      }),
    ).toBeNull();
    expect(toMask(box(3.1, 3.1, [0.2, 0.2]), IMAGE)).toBeNull();
    expect(toBox({ type: "class" })).toBeNull();
  });
});

it("lengthOf adds up the pieces", () => {
  expect(lengthOf([[0, 0], [3, 4], [3, 10]])).toBe(11); // prettier-ignore
});

describe("snapping", () => {
  const doc = makeDocument([
    makeShape("a", { geometry: polygon(square(100, 100, 50)) }),
    makeShape("b", { geometry: { type: "points", points: [[60, 60]] } }),
  ]);
  const source = { doc, finder: new DocumentFinder(doc) };

  it.each([
    ["a vertex, though an edge is nearer", [104, 101], [100, 100]],
    ["an edge", [125, 103], [125, 100]],
    ["nothing from afar", [125, 110], null],
    ["nothing of key points", [61, 61], null],
  ] as const)("finds %s", (_, p, expected) => {
    expect(snapPoint(p, source, { tolerance: 5 })).toEqual(expected);
  });

  it("leaves out the shape itself", () => {
    expect(snapPoint([104, 101], source, { tolerance: 5, except: new Set(["a"]) })).toBeNull();
  });
});

describe("handles", () => {
  it("of a box are corners and sides; a corner comes before a side", () => {
    const handles = handlesOf(box(10, 10, [20, 10]), 1);
    expect(handles.map(({ at }) => at)).toEqual([[10, 10], [20, 10], [30, 10], [30, 15], [30, 20], [20, 20], [10, 20], [10, 15]]); // prettier-ignore
    expect(hitHandle(handles, [29, 16], 6)).toMatchObject({ kind: "resize", at: [30, 20] });
    expect(hitHandle(handles, [100, 100], 6)).toBeNull();
  });

  it("of a turned box have one for turning, always as far away on the screen", () => {
    const turned: Geometry = { type: "rotated_box", cx: 50, cy: 50, width: 20, height: 10, angle: 90 };
    const [rotate] = handlesOf(turned, 2);
    expect(rotate?.kind).toBe("rotate");
    expect(rotate?.at[0]).toBeCloseTo(50 + 5 + 12, 9);
    expect(rotate?.at[1]).toBeCloseTo(50, 9);
  });

  it("of a polygon are vertices and, where there is room, the middles of edges", () => {
    const kinds = (zoom: number): string[] =>
      handlesOf(polygon(square(0, 0, 20)), zoom).map(({ kind }) => kind);
    expect(kinds(1)).toEqual(["vertex", "vertex", "vertex", "vertex"]);
    expect(kinds(2)).toHaveLength(8);
    expect(handlesOf({ type: "class" }, 1)).toEqual([]);
  });

  it.each([
    [{ sx: 1, sy: 0 } as const, 0, "ew-resize"],
    [{ sx: -1, sy: -1 } as const, 0, "nwse-resize"],
    [{ sx: 1, sy: -1 } as const, 0, "nesw-resize"],
    [{ sx: 0, sy: 1 } as const, 0, "ns-resize"],
    [{ sx: 1, sy: 0 } as const, 90, "ns-resize"],
    [{ sx: 1, sy: 0 } as const, 44, "nwse-resize"],
  ])("cursor of %o turned by %d", (grip, angle, cursor) => {
    expect(resizeCursor(grip, angle)).toBe(cursor);
  });
});

it("isSameGeometry tells every kind apart", () => {
  fc.assert(
    fc.property(drawnGeometry, drawnGeometry, (a, b) => {
      expect(isSameGeometry(a, structuredClone(a))).toBe(true);
      expect(isSameGeometry(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      expect(isSameGeometry(a, moveGeometry(a, { x: 1, y: 0 }))).toBe(false);
    }),
  );
});
