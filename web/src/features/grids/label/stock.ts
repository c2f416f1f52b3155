/** The leases behind a grid: items held, ready ahead of the page, put off, kept alive and given back. */
import type { GridServer } from "@/api/queries/grids";
import type { Lease } from "@/api/schema.gen";

import type { Claims } from "./claims";
import { makeTiles, type Tile } from "./tile";

/** The server gives out no more at once. */
export const MOST_AT_ONCE = 100;

export class Stock {
  /** Ready, and not on the page yet. */
  #ready: Tile[] = [];
  /** Put off in this session: they come again when nothing else is left. */
  readonly #putOff = new Set<string>();
  #filling: Promise<void> | null = null;

  constructor(
    private readonly server: GridServer,
    private readonly claims: Claims,
  ) {}

  get ready(): readonly Tile[] {
    return this.#ready;
  }

  /** Take up what one holds already, from before a reload. */
  async resume(): Promise<void> {
    const mine = await this.#claimed(await this.server.listLeases());
    this.#ready.push(...(await this.#read(mine)));
  }

  /** Up to `n` items, from what is ready and then from the queue; fewer, or none, when no more wait. */
  async take(n: number): Promise<readonly Tile[]> {
    await this.fill(n);
    return this.#ready.splice(0, n);
  }

  /** Have `n` items ready. */
  async fill(n: number): Promise<void> {
    while (this.#filling !== null) await this.#filling;
    if (this.#ready.length >= n) return;
    this.#filling = this.#lease(n).finally(() => {
      this.#filling = null;
    });
    await this.#filling;
  }

  /** Items that fit the page no more come first again. */
  putBack(tiles: readonly Tile[]): void {
    this.#ready.unshift(...tiles);
  }

  /** Give items back, not to see them again before everything else is done. */
  async putOff(tiles: readonly Tile[]): Promise<void> {
    for (const { itemId } of tiles) this.#putOff.add(itemId);
    await this.release(tiles, { isLeaving: false });
  }

  async release(tiles: readonly Tile[], options: { readonly isLeaving: boolean }): Promise<void> {
    await Promise.all(tiles.map((tile) => this.#giveBack(tile.lease, options)));
  }

  /** Give back all that never came to the page. */
  releaseReady(options: { readonly isLeaving: boolean }): Promise<void> {
    return this.release(this.#ready.splice(0), options);
  }

  /** Another term for these items and what is ready; gives the new leases. What is not among them is lost. */
  async keep(tiles: readonly Tile[]): Promise<ReadonlyMap<string, Lease>> {
    const ids = [...tiles, ...this.#ready].map(({ itemId }) => itemId);
    const leases = new Map<string, Lease>();
    for (let start = 0; start < ids.length; start += MOST_AT_ONCE) {
      const some = ids.slice(start, start + MOST_AT_ONCE);
      for (const lease of await this.server.lease({ n: 1, itemIds: some })) leases.set(lease.item_id, lease);
    }
    this.#ready = this.#ready.flatMap((tile) => {
      const lease = leases.get(tile.itemId);
      return lease === undefined ? [] : [{ ...tile, lease }];
    });
    return leases;
  }

  /** These very items, as far as they can be had, with what stands on them now. */
  async recall(itemIds: readonly string[]): Promise<readonly Tile[]> {
    const leases = await this.server.lease({ n: 1, itemIds: itemIds.slice(0, MOST_AT_ONCE) });
    return this.#read(await this.#claimed(leases));
  }

  drop(itemId: string): void {
    this.#ready = this.#ready.filter((tile) => tile.itemId !== itemId);
  }

  async #lease(n: number): Promise<void> {
    const again: Lease[] = [];
    while (this.#ready.length < n) {
      const wanted = Math.min(MOST_AT_ONCE, n - this.#ready.length);
      const leases = await this.server.lease({ n: wanted });
      const mine = await this.#claimed(leases);
      const fresh = mine.filter((lease) => !this.#putOff.has(lease.item_id));
      again.push(...mine.filter((lease) => this.#putOff.has(lease.item_id)));
      this.#ready.push(...(await this.#read(fresh)));
      if (leases.length < wanted || leases.length === 0) break;
    }
    if (this.#ready.length > 0 || again.length === 0) {
      await Promise.all(again.map((lease) => this.#giveBack(lease, { isLeaving: false })));
      return;
    }
    // Nothing else is left: what was put off is work again.
    for (const lease of again) this.#putOff.delete(lease.item_id);
    this.#ready.push(...(await this.#read(again)));
  }

  async #claimed(leases: readonly Lease[]): Promise<readonly Lease[]> {
    const isMine = await Promise.all(leases.map((lease) => this.claims.claim(lease.item_id)));
    return leases.filter((_, i) => isMine[i] === true);
  }

  async #read(leases: readonly Lease[]): Promise<readonly Tile[]> {
    if (leases.length === 0) return [];
    return makeTiles(leases, await this.server.annotations(leases.map((lease) => lease.item_id)));
  }

  /** A lease that cannot be given back runs out by itself. */
  async #giveBack(lease: Lease, { isLeaving }: { readonly isLeaving: boolean }): Promise<void> {
    this.claims.yield(lease.item_id);
    await this.server
      .release({ itemId: lease.item_id, token: lease.lease_token, isLeaving })
      .catch(() => undefined);
  }
}
