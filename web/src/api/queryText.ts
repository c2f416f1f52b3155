/** Pieces of a query's text form, for every page that leads to the explorer. */

/** A value as it must be written: in quotes where it would be read as something else. */
export function writeValue(value: string): string {
  const isPlain =
    value !== "" && !/[\s|()"\\*?]/u.test(value) && !["true", "false", "null", "none"].includes(value);
  return isPlain && !/^[+\-.\d]/u.test(value) ? value : `"${value.replace(/[\\"]/gu, "\\$&")}"`;
}

export type FindingType = "correct" | "confused" | "missed" | "spurious";

/** What an evaluation found on items: one chip that belongs together. */
export interface FindingTerms {
  readonly evaluationId: string;
  readonly type?: FindingType;
  readonly truth?: string;
  readonly predicted?: string;
}

/** The text of a query for findings, such as `eval:evl_1 type:confused truth:cat predicted:dog`. */
export function writeFinding({ evaluationId, type, truth, predicted }: FindingTerms): string {
  const parts = [`eval:${writeValue(evaluationId)}`];
  if (type !== undefined) parts.push(`type:${type}`);
  if (truth !== undefined) parts.push(`truth:${writeValue(truth)}`);
  if (predicted !== undefined) parts.push(`predicted:${writeValue(predicted)}`);
  return parts.join(" ");
}
