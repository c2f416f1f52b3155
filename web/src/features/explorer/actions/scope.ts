/** What an action works on: the selected items, else everything that matches. */
import type { Listing } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import { isAll, sizeOf, type Selection, type Span } from "../grid/selection";

export interface Scope {
  readonly listing: Listing;
  /** The filter's text, when the scope is all that matches; null for a selection. */
  readonly q: string | null;
  readonly spans: readonly Span[];
  readonly count: number;
  /** "12 selected items", "254 items matching your filter", "all 478 items". */
  readonly words: string;
}

export function scopeOf({
  listing,
  q,
  selection,
}: {
  listing: Listing;
  q: string;
  selection: Selection;
}): Scope {
  const { count } = listing;
  const selected = sizeOf(selection);
  if (selected > 0 && !isAll(selection, count)) {
    const words = selected === 1 ? "1 selected item" : `${formatCount(selected)} selected items`;
    return { listing, q: null, spans: selection.spans, count: selected, words };
  }
  const items = count === 1 ? "1 item" : `${formatCount(count)} items`;
  const words = q.trim() === "" ? `all ${items} of this dataset` : `${items} matching your filter`;
  return { listing, q, spans: [{ start: 0, end: count }], count, words };
}

export const BATCH = 10_000;

/** The stretches to read a scope in, none longer than the server takes at once. */
export function stretchesOf(
  spans: readonly Span[],
  most: number = BATCH,
): { start: number; limit: number }[] {
  const found: { start: number; limit: number }[] = [];
  for (const span of spans) {
    for (let start = span.start; start < span.end; start += most) {
      found.push({ start, limit: Math.min(most, span.end - start) });
    }
  }
  return found;
}

/** Lists gathered into as few as possible, none longer than `most`. */
export async function* gather<T>(
  lists: AsyncIterable<readonly T[]>,
  most: number = BATCH,
): AsyncGenerator<T[]> {
  let held: T[] = [];
  for await (const list of lists) {
    held.push(...list);
    while (held.length >= most) {
      yield held.slice(0, most);
      held = held.slice(most);
    }
  }
  if (held.length > 0) yield held;
}
