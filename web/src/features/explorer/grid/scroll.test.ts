import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  layoutOf,
  MAX_TRACK_PX,
  maxTop,
  movedTop,
  rowsInView,
  scrollFromTop,
  topFromScroll,
  topToShow,
  trackPx,
} from "./scroll";

const SMALL = { contentPx: 5000, viewPx: 800 };
const HUGE = { contentPx: 50_000_000, viewPx: 800 };

describe("a content that the browser can hold", () => {
  it("moves with the scroll bar, pixel by pixel", () => {
    expect(trackPx(SMALL)).toBe(5000);
    expect(movedTop(100, { from: 100, to: 130 }, SMALL)).toBe(130);
    expect(movedTop(0, { from: 0, to: 4200 }, SMALL)).toBe(4200);
  });
});

describe("a content beyond it", () => {
  it("keeps the element within bounds", () => {
    expect(trackPx(HUGE)).toBe(MAX_TRACK_PX);
  });

  it("a wheel's step moves as far as the wheel", () => {
    expect(movedTop(20_000_000, { from: 3_200_000, to: 3_200_120 }, HUGE)).toBe(20_000_120);
  });

  it("a drag of the scroll bar jumps by proportion", () => {
    const half = (MAX_TRACK_PX - 800) / 2;
    expect(movedTop(0, { from: 0, to: half }, HUGE)).toBeCloseTo(maxTop(HUGE) / 2, 3);
  });

  it("the bar's ends are the content's ends", () => {
    expect(movedTop(900, { from: 50, to: 0 }, HUGE)).toBe(0);
    expect(movedTop(10, { from: MAX_TRACK_PX - 900, to: MAX_TRACK_PX - 800 }, HUGE)).toBe(maxTop(HUGE));
  });

  it("the bar's place and the content's top are each other's inverse", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 801, max: 400_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (contentPx, share) => {
          const extent = { contentPx, viewPx: 800 };
          const top = share * maxTop(extent);
          expect(Math.abs(topFromScroll(scrollFromTop(top, extent), extent) - top)).toBeLessThan(0.01);
        },
      ),
    );
  });
});

describe("layout", () => {
  it("fills the width with whole tiles", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 4000 }),
        fc.integer({ min: 48, max: 320 }),
        (widthPx, wantedPx) => {
          const { columns, tilePx } = layoutOf({ count: 1000, widthPx, wantedPx, gapPx: 6 });
          const used = columns * (tilePx + 6) - 6;
          expect(used).toBeLessThanOrEqual(Math.max(widthPx, 16));
          expect(widthPx - used).toBeLessThan(columns + 6);
        },
      ),
    );
  });

  it("a million items in ten columns are a hundred thousand rows", () => {
    expect(layoutOf({ count: 1_000_000, widthPx: 1254, wantedPx: 120, gapPx: 6 })).toEqual({
      columns: 10,
      tilePx: 120,
      rowPx: 126,
      rows: 100_000,
    });
  });

  it("shows the rows of the view and some beyond", () => {
    const layout = { columns: 10, tilePx: 94, rowPx: 100, rows: 50 };
    expect(rowsInView({ top: 1000, viewPx: 450, layout, beyond: 2 })).toEqual({ start: 8, end: 17 });
    expect(rowsInView({ top: 4550, viewPx: 450, layout, beyond: 2 })).toEqual({ start: 43, end: 50 });
  });

  it("moves as little as it takes to show a row", () => {
    const layout = { columns: 10, tilePx: 94, rowPx: 100, rows: 50 };
    const extent = { contentPx: 5000, viewPx: 450 };
    expect(topToShow({ row: 3, top: 500, layout, extent })).toBe(300);
    expect(topToShow({ row: 7, top: 500, layout, extent })).toBe(500);
    expect(topToShow({ row: 9, top: 500, layout, extent })).toBe(550);
  });
});
