/** One item of a page: what stands on it, what a model proposes for it, and the lease on it. */
import type { PageAnnotations } from "@/api/queries/grids";
import type { GridAnnotation, Lease } from "@/api/schema.gen";

export interface Proposal {
  readonly id: string;
  readonly label: string;
  readonly confidence: number | null;
  readonly modelId: string;
}

/** A class that stands on the item already. */
export interface Standing {
  readonly id: string;
  readonly label: string;
}

export interface Tile {
  readonly itemId: string;
  readonly lease: Lease;
  /** What the item's annotations were read at. */
  readonly revision: number;
  readonly standing: readonly Standing[];
  /** The surest class of each model. */
  readonly proposals: readonly Proposal[];
  /** What a yes or no is asked about, in words; null where the item gets a class. */
  readonly asked: string | null;
}

/** Tiles in the order of the leases. */
export function makeTiles(leases: readonly Lease[], read: PageAnnotations): readonly Tile[] {
  const byItem = new Map<string, GridAnnotation[]>();
  for (const one of read.annotations) {
    if (one.geometry.type !== "class") continue;
    byItem.set(one.item_id, [...(byItem.get(one.item_id) ?? []), one]);
  }
  return leases.map((lease) => {
    const found = byItem.get(lease.item_id) ?? [];
    const truth = found.filter((one) => one.layer === "truth");
    if (read.isAsking === true) {
      const about = [...truth, ...surestOfEach(found.filter((one) => one.layer === "prediction"))];
      return {
        itemId: lease.item_id,
        lease,
        revision: read.revision,
        // Neither is an answer, so neither counts as one.
        standing: [],
        proposals: [],
        asked: [...new Set(about.map(({ label }) => label))].join(", "),
      };
    }
    return {
      itemId: lease.item_id,
      lease,
      revision: read.revision,
      standing: truth.map(({ id, label }) => ({ id, label })),
      proposals: surestOfEach(found.filter((one) => one.layer === "prediction")),
      asked: null,
    };
  });
}

function surestOfEach(predictions: readonly GridAnnotation[]): readonly Proposal[] {
  const best = new Map<string, Proposal>();
  for (const { id, label, confidence, author_id: modelId } of predictions) {
    const before = best.get(modelId);
    if (before === undefined || (confidence ?? 0) > (before.confidence ?? 0))
      best.set(modelId, { id, label, confidence, modelId });
  }
  return [...best.values()];
}

/** The proposal of one model, or with null the surest of all. */
export function proposalOf(tile: Tile, modelId: string | null): Proposal | null {
  const mine = modelId === null ? tile.proposals : tile.proposals.filter((one) => one.modelId === modelId);
  return mine.reduce<Proposal | null>(
    (best, one) => (best === null || (one.confidence ?? 0) > (best.confidence ?? 0) ? one : best),
    null,
  );
}

/** The class that unfinished work on the server gives the item, null when it gives none. */
export function draftedClass({ lease }: Tile): string | null {
  return lease.draft?.annotations.find((one) => one.geometry.type === "class")?.label ?? null;
}
