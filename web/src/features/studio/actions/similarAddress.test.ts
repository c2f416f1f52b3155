import { expect, it } from "vitest";

import type { Geometry } from "@/canvas/types";

import { similarAddress } from "./similarAddress";

const PLACE = { projectId: "prj_1", itemId: "itm_1", image: { width: 100, height: 80 } };

function box(...[x0, y0, x1, y1]: [number, number, number, number]): Geometry {
  return { type: "box", x0, y0, x1, y1 };
}

it("looks for a shape by the box around it, inside the picture", () => {
  expect(similarAddress({ ...PLACE, geometry: box(-4, 10.4, 50.6, 90) })).toBe(
    "/p/prj_1/similar?item=itm_1&region=0%2C10%2C51%2C80",
  );
});

it.each([null, { type: "class" } as const, box(5, 5, 5.2, 5.2)])(
  "looks for the whole item: %j",
  (geometry) => {
    expect(similarAddress({ ...PLACE, geometry })).toBe("/p/prj_1/similar?item=itm_1");
  },
);
