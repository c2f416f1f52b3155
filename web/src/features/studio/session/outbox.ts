/** Finished work on its way to the server, and leases on their way back. */
import { retryPause, SIGN_IN_MS } from "./draftSync";
import type { Entry } from "./entry";
import type { Intent } from "./oplog";
import { failureOf } from "./refusal";
import type { StudioServer } from "./server";

export class Outbox {
  #isOver = false;
  readonly #sleepers = new Set<() => void>();

  constructor(
    private readonly server: StudioServer,
    private readonly onChange: () => void,
  ) {}

  /** Hand an item in; again and again while the server is away or nobody is signed in. Settles with a yes or a no. */
  async send(entry: Entry, intent: Intent): Promise<void> {
    const { work } = entry;
    if (work === null) return;
    entry.standing = "sending";
    entry.refusal = null;
    this.onChange();
    await work.intend(intent);
    for (let failures = 0; !this.#isOver; failures += 1) {
      try {
        await work.finish(intent);
        entry.standing = "done";
        entry.isWaiting = false;
        break;
      } catch (error) {
        if (await this.#isFinal(error, entry, failures)) break;
      }
    }
    this.onChange();
  }

  /** Do not wait for the end of the pause: the line may be back. */
  wake(): void {
    for (const awake of [...this.#sleepers]) awake();
  }

  stop(): void {
    this.#isOver = true;
    this.wake();
  }

  async #isFinal(error: unknown, entry: Entry, failures: number): Promise<boolean> {
    const failure = failureOf(error);
    const refusal = failure.kind === "refused" ? failure.refusal : null;
    const isSignedOut = refusal?.kind === "signed_out";
    entry.refusal = refusal;
    entry.isWaiting = refusal === null || isSignedOut;
    if (refusal !== null && !isSignedOut) {
      entry.standing = "refused";
      entry.work?.sync.refuse(refusal);
      return true;
    }
    this.onChange();
    await this.#sleep(isSignedOut ? SIGN_IN_MS : retryPause(failures));
    if (isSignedOut) await this.server.renewSession().catch(() => undefined);
    return false;
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const awake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(awake);
        resolve();
      };
      const timer = setTimeout(awake, milliseconds);
      this.#sleepers.add(awake);
    });
  }
}

/** Keep an item's lease and tell the time worked on it. Only a lease that is over counts as lost. */
export async function keepLease(server: StudioServer, entry: Entry): Promise<"kept" | "lost"> {
  const lease = entry.work?.lease ?? entry.lease;
  if (lease === null) return "kept";
  const seconds = entry.work?.clock.take() ?? 0;
  const held = { itemId: entry.itemId, token: lease.lease_token, activeSeconds: seconds };
  try {
    const kept = await server.heartbeat(held);
    entry.lease = kept;
    entry.work?.renew(kept);
    return "kept";
  } catch (error) {
    entry.work?.clock.giveBack(seconds);
    const failure = failureOf(error);
    return failure.kind === "refused" && failure.refusal.kind === "lease_lost" ? "lost" : "kept";
  }
}

/** Give an item back. A lease that cannot be given back runs out by itself. */
export async function giveBack(
  server: StudioServer,
  entry: Entry,
  options: { readonly isLeaving: boolean },
): Promise<void> {
  const lease = entry.work?.lease ?? entry.lease;
  if (lease === null) return;
  const activeSeconds = entry.work?.clock.take() ?? 0;
  await server
    .release({ itemId: entry.itemId, token: lease.lease_token, activeSeconds, isLeaving: options.isLeaving })
    .catch(() => undefined);
}
