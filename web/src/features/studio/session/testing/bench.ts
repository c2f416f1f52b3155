/** What tests of the session share: parts around a fake server, shapes, and waiting for what happens behind the scenes. */
import type { ShapeDocument } from "@/canvas/model/document";
import { addShapes } from "@/canvas/model/edits";
import type { Shape } from "@/canvas/types";

import type { ItemWork, SessionParts } from "../itemWork";
import { openWork } from "../openWork";
import { MemoryOpLog, type OpLog } from "../oplog";
import { FakeServer } from "./fakeServer";

export interface Bench {
  readonly server: FakeServer;
  readonly log: OpLog;
  readonly parts: SessionParts;
}

export function makeBench(
  options: { readonly n?: number; readonly log?: OpLog; readonly server?: FakeServer } = {},
): Bench {
  const server = options.server ?? new FakeServer(options.n ?? 3);
  const log = options.log ?? new MemoryOpLog();
  let count = 0;
  const newId = () => `new_${String((count += 1))}`;
  return {
    server,
    log,
    parts: { server: server.as("per_a"), log, personId: "per_a", taskId: "task", newId },
  };
}

/** Lease an item and open it, as after a fresh load of the page. */
export async function open(bench: Bench, itemId = "item_0"): Promise<ItemWork> {
  const [lease] = await bench.parts.server.lease({ n: 1, itemIds: [itemId] });
  const content = await bench.parts.server.read(itemId);
  return openWork(bench.parts, { content, lease: lease ?? null });
}

export function box(id: string, label = "car"): Shape {
  return {
    id,
    label,
    geometry: { type: "box", x0: 5, y0: 5, x1: 20, y1: 25 },
    attributes: {},
    confidence: null,
    standing: "own",
    source: "truth",
    fromPrediction: null,
    annotationId: null,
  };
}

export function add(work: ItemWork, ...shapes: Shape[]): void {
  work.run(addShapes(work.doc, shapes));
}

export function ids(doc: ShapeDocument): readonly string[] {
  return [...doc.ids];
}

/** Wait until something holds; looks every few milliseconds. */
export async function until(holds: () => boolean, what = "it to hold"): Promise<void> {
  for (let i = 0; i < 400; i += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited in vain for ${what}`);
}
