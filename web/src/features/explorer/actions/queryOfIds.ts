/** A selection as a query, for what works on queries alone. */
import { readListingIds } from "@/api/queries/listings";

import { stretchesOf, type Scope } from "./scope";

/** A query names at most so many items. */
export const MOST_IDS = 1000;

/** The query of the selected items, one by one. */
export async function queryOfIds({ listing, spans }: Scope): Promise<string> {
  const ids: string[] = [];
  for (const stretch of stretchesOf(spans, MOST_IDS)) {
    const found = await readListingIds({ datasetId: listing.dataset_id, listingId: listing.id, ...stretch });
    ids.push(...found.item_ids);
  }
  return `id:${ids.join("|")}`;
}
