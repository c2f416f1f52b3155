import { expect, it } from "vitest";

import { changesSince, readAnnotations, type WireAnnotation } from "@/canvas/model/wire";
import { ShapeDocument } from "@/canvas/model/document";

import type { components } from "./schema.gen";

type Annotation = components["schemas"]["Annotation"];
type AnnotationDraft = components["schemas"]["AnnotationDraft"];

/** The compiler is the test: the canvas describes the server's models by their structure and imports none of them. */
it("the canvas reads the server's annotations and writes its drafts without a cast", () => {
  const saved: Annotation[] = [];
  const read: WireAnnotation[] = saved;
  const base = readAnnotations(read);
  const image = { width: 10, height: 10 };
  const drafts: AnnotationDraft[] = changesSince(base, new ShapeDocument(image, base.shapes)).annotations;
  expect(drafts).toEqual([]);
});
