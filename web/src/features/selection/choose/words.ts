/** Why images were not in the pool or not chosen, in words. */

const CAUSES: Readonly<Record<string, string>> = {
  duplicate: "near duplicates",
  duplicates: "near duplicates",
  labelled: "labelled already",
  test: "kept for testing",
  bad: "in bad health",
  health: "in bad health",
  quota: "beyond a limit",
  quotas: "beyond a limit",
  budget: "beyond the budget",
  bytes: "too large for what was left",
  no_vector: "without a vector",
  without_vector: "without a vector",
  filter: "outside the filter",
};

/** `near_duplicate` becomes "near duplicate" where no better words are known. */
export function causeWords(cause: string): string {
  return CAUSES[cause] ?? cause.replaceAll("_", " ");
}

const DETAILS: Readonly<Record<string, string>> = {
  nearest_labelled: "most like (labelled)",
  nearest_labelled_similarity: "likeness to it",
  n_cluster: "size of its cluster",
};

/** The name of a detail of a choice. */
export function detailWords(name: string): string {
  return DETAILS[name] ?? name.replaceAll("_", " ");
}

/** A value of a detail: short numbers, words as they are, lists joined. */
export function detailValue(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toPrecision(3);
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === undefined) return "none";
  if (Array.isArray(value)) return value.map(detailValue).join(", ");
  return JSON.stringify(value);
}
