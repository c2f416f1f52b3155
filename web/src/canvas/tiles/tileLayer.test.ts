import { expect, test } from "vitest";

import { seadragonView } from "./tileLayer";

test("the whole image width in view is a zoom of one, about the middle", () => {
  const viewport = { width: 1000, height: 500, scale: 0.1, x: 0, y: 1000 };
  expect(seadragonView(viewport, { width: 10_000 })).toEqual({ zoom: 1, x: 0.5, y: 0.35 });
});
