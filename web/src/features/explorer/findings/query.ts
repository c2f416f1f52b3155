/** The terms of a query that ask for what an evaluation found. Pure. */
import { writeFinding, type FindingTerms } from "@/api/queryText";

import { removeTermAt } from "@/query/edit";
import { splitTerms, type Term } from "@/query/terms";

const TYPES = ["correct", "confused", "missed", "spurious"] as const;
/** These mean the annotation again as soon as another annotation's term stands between. */
const SHARED: ReadonlySet<string> = new Set(["type", "confidence"]);
const OWN: ReadonlySet<string> = new Set(["truth", "predicted", "iou"]);

/** The evaluation that a query asks about, as it is written there; null when it asks about none. */
export function sourceOf(q: string): string | null {
  for (const term of splitTerms(q)) {
    if (term.isNegated) continue;
    if (term.kind === "group") {
      const inner = sourceOf(term.text.slice(1, -1));
      if (inner !== null) return inner;
    } else if (term.field === "eval") return unquoted(term.values[0] ?? "");
  }
  return null;
}

/** What is asked of the findings at the outermost level; null when no evaluation is named there. */
export function readFinding(q: string): FindingTerms | null {
  const terms = splitTerms(q);
  const at = indicesOf(terms);
  const first = at[0] === undefined ? undefined : terms[at[0]];
  if (first === undefined) return null;
  const value = (field: string) => {
    const index = at.find((one) => terms[one]?.field === field && terms[one]?.isNegated === false);
    const term = index === undefined ? undefined : terms[index];
    return term?.values.length === 1 ? unquoted(term.values[0] ?? "") : undefined;
  };
  return {
    evaluationId: unquoted(first.values[0] ?? ""),
    type: TYPES.find((one) => one === value("type")),
    truth: value("truth"),
    predicted: value("predicted"),
  };
}

/** The query with another finding asked for, or with none: everything else stays. */
export function withFinding(q: string, finding: FindingTerms | null): string {
  let rest = q;
  for (;;) {
    const last = indicesOf(splitTerms(rest)).at(-1);
    if (last === undefined) break;
    rest = removeTermAt(rest, last);
  }
  // Last in the text: `type` and `confidence` behind an annotation's term would mean the annotation.
  return [rest.trim(), finding === null ? "" : writeFinding(finding)].filter((one) => one !== "").join(" ");
}

/** Where `eval` stands, and the terms that speak of its findings. */
function indicesOf(terms: readonly Term[]): number[] {
  const found: number[] = [];
  let isLast = false;
  for (const [index, term] of terms.entries()) {
    const isOpened = found.length > 0;
    if (term.field === "eval" && !term.isNegated) {
      // A second evaluation is a question of its own.
      if (isOpened) break;
      found.push(index);
      isLast = true;
    } else if (isOpened && (OWN.has(term.field) || (SHARED.has(term.field) && isLast))) {
      found.push(index);
    } else if (isOpened) {
      isLast = false;
    }
  }
  return found;
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1
    ? value.slice(1, -1).replace(/\\(.)/gu, "$1")
    : value;
}
