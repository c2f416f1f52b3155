/** Pages of a long list, fetched as they come into view and kept while they are likely to be seen again. */

export interface PageStoreOptions<Page> {
  readonly load: (page: number, signal: AbortSignal) => Promise<Page>;
  readonly onChange: () => void;
  /** Called for a page that is dropped, to give back what it holds. */
  readonly onDrop?: (page: Page) => void;
  readonly maxPages?: number;
  readonly maxLoads?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * What is wanted is asked for in order of need, a few at once; what scrolled past before its answer came is cancelled;
 * beyond `maxPages` the page that was wanted longest ago goes first.
 */
export class PageStore<Page> {
  private readonly kept = new Map<number, Page>();
  private readonly loads = new Map<number, AbortController>();
  private readonly failed = new Set<number>();
  private wanted: readonly number[] = [];
  private needed: readonly number[] = [];
  private isClosed = false;

  constructor(private readonly options: PageStoreOptions<Page>) {}

  get(page: number): Page | undefined {
    return this.kept.get(page);
  }

  /** Say which pages are wanted now, the most needed first; those ahead wait until nothing in view is missing. */
  want(needed: readonly number[], ahead: readonly number[] = []): void {
    if (this.isClosed) return;
    const pages = [...needed, ...ahead];
    this.wanted = pages;
    this.needed = needed;
    const now = new Set(pages);
    for (const [page, load] of this.loads) {
      if (!now.has(page)) {
        load.abort();
        this.loads.delete(page);
      }
    }
    for (const page of [...pages].reverse()) this.touch(page);
    this.startNext();
  }

  /** Ask again for pages that could not be had. */
  retry(): void {
    this.failed.clear();
    this.startNext();
  }

  get hasFailed(): boolean {
    return this.failed.size > 0;
  }

  close(): void {
    this.isClosed = true;
    for (const load of this.loads.values()) load.abort();
    this.loads.clear();
    for (const page of this.kept.values()) this.options.onDrop?.(page);
    this.kept.clear();
  }

  private touch(page: number): void {
    const found = this.kept.get(page);
    if (found === undefined) return;
    this.kept.delete(page);
    this.kept.set(page, found);
  }

  private startNext(): void {
    const { maxLoads = 4 } = this.options;
    const isViewWhole = this.needed.every((page) => this.kept.has(page) || this.failed.has(page));
    for (const page of isViewWhole ? this.wanted : this.needed) {
      if (this.loads.size >= maxLoads) return;
      if (!this.kept.has(page) && !this.loads.has(page) && !this.failed.has(page)) this.start(page);
    }
  }

  private start(page: number): void {
    const controller = new AbortController();
    this.loads.set(page, controller);
    const isCurrent = () => this.loads.get(page) === controller && !this.isClosed;
    const end = () => {
      this.loads.delete(page);
      this.startNext();
      this.options.onChange();
    };
    this.options.load(page, controller.signal).then(
      (found) => {
        if (!isCurrent()) {
          this.options.onDrop?.(found);
          return;
        }
        this.kept.set(page, found);
        this.shrink();
        end();
      },
      (error: unknown) => {
        if (!isCurrent()) return;
        this.failed.add(page);
        this.options.onError?.(error);
        end();
      },
    );
  }

  private shrink(): void {
    const { maxPages = 80 } = this.options;
    const needed = new Set(this.wanted);
    for (const [page, held] of this.kept) {
      if (this.kept.size <= maxPages) return;
      if (needed.has(page)) continue;
      this.kept.delete(page);
      this.options.onDrop?.(held);
    }
  }
}

/** The pages of a range of positions, and some ahead in the direction of travel, the nearest first. */
export function pagesFor(options: {
  readonly start: number;
  readonly end: number;
  readonly count: number;
  readonly pageSize: number;
  readonly ahead: number;
  readonly direction: 1 | -1;
}): { needed: number[]; ahead: number[] } {
  const { start, end, count, pageSize, ahead, direction } = options;
  if (count <= 0 || end <= start) return { needed: [], ahead: [] };
  const last = Math.ceil(count / pageSize) - 1;
  const first = Math.min(last, Math.floor(start / pageSize));
  const final = Math.min(last, Math.floor((Math.min(end, count) - 1) / pageSize));
  const needed: number[] = [];
  for (let page = first; page <= final; page += 1) needed.push(page);
  if (direction < 0) needed.reverse();
  const coming: number[] = [];
  for (let step = 1; step <= ahead; step += 1) {
    const page = direction > 0 ? final + step : first - step;
    if (page >= 0 && page <= last) coming.push(page);
  }
  return { needed, ahead: coming };
}
