/** What a grid shows at each position: items with their annotations, and thumbnails, page by page. */
import { readFindings } from "@/api/queries/evaluations";
import { readListingPage, readThumbnails, type ThumbnailStrip } from "@/api/queries/listings";
import type { Finding, GridAnnotation, Item, ItemFindings, Layer, Listing } from "@/api/schema.gen";

import { pagesFor, PageStore } from "./pages";

export const PAGE_SIZE = 100;
const PAGES_AHEAD = 1;
const NONE: readonly GridAnnotation[] = [];

const NO_FINDINGS: readonly Finding[] = [];

interface ItemPage {
  readonly items: readonly Item[];
  readonly annotations: ReadonlyMap<string, readonly GridAnnotation[]>;
  /** Null while no evaluation is looked at. */
  readonly findings: ReadonlyMap<string, ItemFindings> | null;
}

export interface Followed {
  readonly listing: Listing;
  readonly layers: readonly Layer[];
  /** Same filter, another revision or other layers: what is shown stays until the new is there. */
  readonly filterKey: string;
  /** Whose findings are drawn; null for none. */
  readonly evaluationId: string | null;
}

/** A store and the one before it, which stands in until the new one has what is in view. */
class Successive<Page> {
  current: PageStore<Page> | null = null;
  private previous: PageStore<Page> | null = null;
  private needed: readonly number[] = [];
  private ahead: readonly number[] = [];

  replace(next: PageStore<Page>, keepsOld: boolean): void {
    this.previous?.close();
    this.previous = null;
    if (keepsOld) this.previous = this.current;
    else this.current?.close();
    this.current = next;
    if (this.needed.length > 0) next.want(this.needed, this.ahead);
  }

  get(page: number): Page | undefined {
    return this.current?.get(page) ?? this.previous?.get(page);
  }

  want({ needed, ahead }: { needed: readonly number[]; ahead: readonly number[] }): void {
    this.needed = needed;
    this.ahead = ahead;
    this.current?.want(needed, ahead);
  }

  /** Let go of the old store once nothing on the screen comes from it. */
  settle(): void {
    if (this.previous === null || !this.needed.every((page) => this.current?.get(page) !== undefined)) return;
    this.previous.close();
    this.previous = null;
  }

  close(): void {
    this.current?.close();
    this.previous?.close();
    this.current = null;
    this.previous = null;
    this.needed = [];
    this.ahead = [];
  }
}

/** The grid's source; tells its listeners, once per frame, that more is there. */
export class GridFeed {
  version = 0;
  private readonly items = new Successive<ItemPage>();
  private readonly thumbs = new Successive<ThumbnailStrip>();
  private readonly listeners = new Set<() => void>();
  private followed: Followed | null = null;
  private frame = 0;

  constructor(private readonly onFailure: (error: unknown, feed: GridFeed) => void) {}

  /** Show a listing with the annotations of some layers. */
  follow(next: Followed): void {
    const old = this.followed;
    const isSameFilter = old?.filterKey === next.filterKey;
    const isSameListing = isSameFilter && old.listing.id === next.listing.id;
    const isSameLook = old?.layers.join() === next.layers.join() && old.evaluationId === next.evaluationId;
    if (!isSameListing || !isSameLook) {
      this.items.replace(this.itemStore(next), isSameFilter);
    }
    if (!isSameListing) this.thumbs.replace(this.thumbStore(next.listing), isSameFilter);
    this.followed = next;
    this.changed();
  }

  /** Say which positions are in view and which way they move. */
  want(range: { readonly start: number; readonly end: number; readonly direction: 1 | -1 }): void {
    const count = this.followed?.listing.count ?? 0;
    const pages = pagesFor({ ...range, count, pageSize: PAGE_SIZE, ahead: PAGES_AHEAD });
    this.thumbs.want(pages);
    this.items.want(pages);
  }

  itemAt(position: number): Item | undefined {
    return this.items.get(Math.floor(position / PAGE_SIZE))?.items[position % PAGE_SIZE];
  }

  annotationsAt(position: number): readonly GridAnnotation[] {
    const page = this.items.get(Math.floor(position / PAGE_SIZE));
    const item = page?.items[position % PAGE_SIZE];
    return (item === undefined ? undefined : page?.annotations.get(item.id)) ?? NONE;
  }

  /** What the evaluation that is looked at found on an item; null while none is looked at. */
  findingsAt(position: number): readonly Finding[] | null {
    const page = this.items.get(Math.floor(position / PAGE_SIZE));
    const item = page?.items[position % PAGE_SIZE];
    if (item === undefined || !page?.findings) return null;
    return page.findings.get(item.id)?.findings ?? NO_FINDINGS;
  }

  /** Address of the thumbnail; null for an item without one, undefined while it is on its way. */
  thumbAt(position: number): string | null | undefined {
    return this.thumbs.get(Math.floor(position / PAGE_SIZE))?.at(position % PAGE_SIZE);
  }

  get hasFailed(): boolean {
    return this.items.current?.hasFailed === true || this.thumbs.current?.hasFailed === true;
  }

  readonly retry = (): void => {
    this.items.current?.retry();
    this.thumbs.current?.retry();
    this.changed();
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getVersion = (): number => this.version;

  close(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.items.close();
    this.thumbs.close();
    this.followed = null;
  }

  private itemStore({ listing, layers, evaluationId }: Followed): PageStore<ItemPage> {
    return new PageStore<ItemPage>({
      load: async (page, signal) => {
        const found = await readListingPage({ ...stretchOf(listing, page), layers, signal });
        const itemIds = found.items.map((item) => item.id);
        const findings = evaluationId === null ? null : await readFindings({ evaluationId, itemIds, signal });
        return {
          items: found.items,
          annotations: byItem(found.annotations),
          findings: findings === null ? null : new Map(findings.map((one) => [one.item_id, one])),
        };
      },
      onChange: this.changed,
      onError: (error) => {
        this.onFailure(error, this);
      },
    });
  }

  private thumbStore(listing: Listing): PageStore<ThumbnailStrip> {
    return new PageStore<ThumbnailStrip>({
      load: (page, signal) => readThumbnails({ ...stretchOf(listing, page), signal }),
      onChange: this.changed,
      onError: (error) => {
        this.onFailure(error, this);
      },
      // They stay in memory: some 20 kB each.
      maxPages: 30,
    });
  }

  private readonly changed = (): void => {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.items.settle();
      this.thumbs.settle();
      this.version += 1;
      for (const listener of this.listeners) listener();
    });
  };
}

function stretchOf(listing: Listing, page: number) {
  return { datasetId: listing.dataset_id, listingId: listing.id, start: page * PAGE_SIZE, limit: PAGE_SIZE };
}

function byItem(annotations: readonly GridAnnotation[]): Map<string, GridAnnotation[]> {
  const found = new Map<string, GridAnnotation[]>();
  for (const annotation of annotations) {
    const held = found.get(annotation.item_id);
    if (held === undefined) found.set(annotation.item_id, [annotation]);
    else held.push(annotation);
  }
  return found;
}
