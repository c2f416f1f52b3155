/** What the ledger's figures say, as words. */
import type { Ledger, LedgerRow } from "@/api/schema.gen";

type Row = Pick<LedgerRow, "human_seconds" | "machine_seconds" | "n_objects" | "n_items">;

/** Seconds of a person for one object of a step; null where nobody worked or nothing came of it. */
export function perObject(row: Row): number | null {
  return row.human_seconds > 0 && row.n_objects > 0 ? row.human_seconds / row.n_objects : null;
}

/** Steps that did nothing yet are left out. */
export function busyRows<T extends Row>(rows: readonly T[]): readonly T[] {
  return rows.filter(
    (row) => row.n_items > 0 || row.n_objects > 0 || row.human_seconds > 0 || row.machine_seconds > 0,
  );
}

/** The sum of it in a sentence. */
export function sumWords(ledger: Ledger): string {
  if (ledger.n_objects === 0) {
    return ledger.human_seconds > 0
      ? "People have worked; nothing has come out as ground truth yet."
      : "Nothing has come out as ground truth yet.";
  }
  const images = ledger.n_items === 1 ? "1 image" : `${String(ledger.n_items)} images`;
  const objects = ledger.n_objects === 1 ? "1 object" : `${String(ledger.n_objects)} objects`;
  const missed =
    ledger.n_missed === 0 ? "" : ` People added ${String(ledger.n_missed)} that the model had missed.`;
  return `${objects} on ${images} came out as ground truth.${missed}`;
}
