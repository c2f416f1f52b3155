/** What came of a webhook's call, in a few words. */
import type { Delivery } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

/** The last answer, or why there was none. */
export function tellDelivery(delivery: Delivery): string {
  const { state, attempts, status_code: status, error } = delivery;
  if (state === "delivered") return `answered ${String(status ?? "")}`.trim();
  if (attempts === 0) return "not called yet";
  return error ?? `answered ${String(status ?? "")}`.trim();
}

/** How often it was called, and when again. */
export function tellTries(delivery: Delivery, now: number = Date.now()): string {
  const { attempts, next_at: next, state } = delivery;
  const tries = `${formatCount(attempts)} ${attempts === 1 ? "try" : "tries"}`;
  if (state !== "waiting" || next === null || attempts === 0) return tries;
  const minutes = Math.round((Date.parse(next) - now) / 60_000);
  if (minutes < 1) return `${tries}, again at once`;
  return minutes < 90
    ? `${tries}, again in ${formatCount(minutes)} min`
    : `${tries}, again in ${formatCount(Math.round(minutes / 60))} h`;
}

/** A body as people read it: indented when it is JSON. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
