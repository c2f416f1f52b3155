/** What is handed in for a page, and what became of it. */
import type { BulkItem, BulkResult, Problem } from "@/api/schema.gen";

import { YES } from "../names";

import { proposalOf, type Tile } from "./tile";

/** One item as the bulk submit takes it. */
export function bulkItem(
  tile: Tile,
  options: {
    readonly chosen: string | null;
    /** Whose proposal was shown; null for the surest. */
    readonly modelId: string | null;
    readonly activeSeconds: number;
  },
): BulkItem {
  const { chosen, modelId, activeSeconds } = options;
  const { lease, standing } = tile;
  const base = { item_id: tile.itemId, lease_token: lease.lease_token, active_seconds: activeSeconds };
  if (tile.asked !== null) {
    const answer = chosen === null ? null : chosen === YES ? "yes" : "no";
    return { ...base, base_revision: tile.revision, removed_ids: [], rejected_ids: [], answer };
  }
  const draft = lease.draft;
  // Shapes that were drawn in the studio and not submitted yet go in with the class.
  const drawn = (draft?.annotations ?? []).filter((one) => one.geometry.type !== "class");
  const shared = { ...base, base_revision: draft?.base_revision ?? tile.revision };
  const removed = draft?.removed_ids ?? [];
  const refused = draft?.rejected_ids ?? [];
  if (chosen === null)
    return { ...shared, annotations: drawn, removed_ids: [...removed], rejected_ids: [...refused] };
  const shown = proposalOf(tile, modelId);
  const same = standing.find((one) => one.label === chosen);
  const kept = same ?? standing[0];
  const isAgreed = shown?.label === chosen;
  const draftOf = {
    id: kept?.id ?? null,
    label: chosen,
    geometry: { type: "class" } as const,
    attributes: {},
    from_prediction: isAgreed ? shown.id : null,
  };
  return {
    ...shared,
    annotations: same === undefined ? [...drawn, draftOf] : drawn,
    removed_ids: [...removed, ...standing.filter((one) => one !== kept).map(({ id }) => id)],
    rejected_ids: [...refused, ...(shown === null || isAgreed ? [] : [shown.id])],
  };
}

/** What the server said to one item, and what can be done. */
export interface Refusal {
  readonly reason: string;
  readonly hint: string;
  readonly code: string;
  /** Nothing more can be done with it here. */
  readonly isLost: boolean;
}

export interface Outcome {
  readonly done: readonly string[];
  /** Whose lease ran out and whom nobody took: to be leased again and sent once more. */
  readonly lapsed: readonly string[];
  /** Whose annotations changed meanwhile: to be read anew before another try. */
  readonly stale: readonly string[];
  readonly refused: ReadonlyMap<string, Refusal>;
}

export function readResults(results: readonly BulkResult[]): Outcome {
  const done: string[] = [];
  const lapsed: string[] = [];
  const stale: string[] = [];
  const refused = new Map<string, Refusal>();
  for (const { item_id: itemId, problem } of results) {
    if (problem === null || problem === undefined) {
      done.push(itemId);
      continue;
    }
    const refusal = refusalOf(problem);
    if (problem.code === "lease_lost" && !refusal.isLost) lapsed.push(itemId);
    if (problem.code === "stale_write") stale.push(itemId);
    refused.set(itemId, refusal);
  }
  return { done, lapsed, stale, refused };
}

export function refusalOf(problem: Problem): Refusal {
  const isElsewhere = problem.code === "lease_lost" && problem.details?.is_elsewhere === true;
  return {
    reason: REASONS[problem.code] ?? problem.detail,
    hint: isElsewhere ? "Somebody else has this item now. Skip it." : (problem.hint ?? ""),
    code: problem.code,
    isLost: isElsewhere,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  lease_lost: "No longer yours",
  stale_write: "Changed meanwhile",
  label_gone: "This class was taken out of the ontology",
  not_found: "The image is gone",
};

/** What to do with the tiles that have no class when the page is handed in. */
export type Rest =
  | { readonly kind: "none" }
  /** They all have the same proposal. */
  | { readonly kind: "one"; readonly label: string; readonly itemIds: readonly string[] }
  | {
      readonly kind: "ask";
      readonly itemIds: readonly string[];
      /** Proposed classes among them, the most frequent first. */
      readonly labels: readonly string[];
      /** How many have no proposal at all. */
      readonly without: number;
    };

/** Tiles that have no class: neither chosen here nor standing on the item. */
export function unassigned(tiles: readonly Tile[], choices: ReadonlyMap<string, string>): readonly Tile[] {
  return tiles.filter((tile) => !choices.has(tile.itemId) && tile.standing.length === 0);
}

export function restOf(
  tiles: readonly Tile[],
  options: { readonly choices: ReadonlyMap<string, string>; readonly modelId: string | null },
): Rest {
  const rest = unassigned(tiles, options.choices);
  if (rest.length === 0) return { kind: "none" };
  const itemIds = rest.map(({ itemId }) => itemId);
  const counts = new Map<string, number>();
  for (const tile of rest) {
    const label = proposalOf(tile, options.modelId)?.label;
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const labels = [...counts].sort((a, b) => b[1] - a[1]).map(([label]) => label);
  const without = rest.length - [...counts.values()].reduce((sum, n) => sum + n, 0);
  const [only] = labels;
  if (labels.length === 1 && without === 0 && only !== undefined)
    return { kind: "one", label: only, itemIds };
  return { kind: "ask", itemIds, labels, without };
}
