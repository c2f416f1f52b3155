/** Chips on and off: pure functions from one query text to the next. */
import { splitTerms, type Term } from "./terms";

/** Whether this very term stands at the outermost level; parentheses around one term make no difference. */
export function hasTerm(text: string, term: string): boolean {
  const wanted = canonical(term);
  return splitTerms(text).some((one) => canonical(one.text) === wanted);
}

/** One chip of a server's answer: several terms that belong together are held together by parentheses. */
export function asOneTerm(chip: string): string {
  const terms = splitTerms(chip);
  return terms.length > 1 ? `(${chip.trim()})` : chip.trim();
}

function canonical(term: string): string {
  const [only, ...more] = splitTerms(term);
  if (only?.kind !== "group" || more.length > 0) return term.trim();
  const open = only.isNegated ? 2 : 1;
  const inner = splitTerms(only.text.slice(open, -1));
  if (inner.length !== 1 || inner[0] === undefined || (only.isNegated && inner[0].isNegated))
    return only.text;
  return (only.isNegated ? "-" : "") + canonical(inner[0].text);
}

/** The text with one more term at its end; as it was when the term stands there already. */
export function addTerm(text: string, term: string): string {
  const wanted = term.trim();
  if (wanted === "" || hasTerm(text, wanted)) return text;
  const kept = text.trimEnd();
  return kept === "" ? wanted : `${kept} ${wanted}`;
}

/** The text without the term at an index of `splitTerms`, and without the space that parted it. */
export function removeTermAt(text: string, index: number): string {
  const term = splitTerms(text)[index];
  if (term === undefined) return text;
  const before = text.slice(0, term.start).trimEnd();
  const after = text.slice(term.end).trimStart();
  return before === "" || after === "" ? before + after : `${before} ${after}`;
}

/** The text without each outermost occurrence of the term. */
export function removeTerm(text: string, term: string): string {
  const wanted = canonical(term);
  const index = splitTerms(text).findIndex((one) => canonical(one.text) === wanted);
  return index < 0 ? text : removeTerm(removeTermAt(text, index), term);
}

/** Put the term in, or take it out when it is there. */
export function toggleTerm(text: string, term: string): string {
  return hasTerm(text, term) ? removeTerm(text, term) : addTerm(text, term);
}

/** The term that means the opposite. */
export function negated(term: string): string {
  return term.startsWith("-") ? term.slice(1) : `-${term}`;
}

/** Ask for the opposite of one term, in its place. */
export function negateTermAt(text: string, index: number): string {
  const term = splitTerms(text)[index];
  // JSON has no minus before it.
  if (term === undefined || term.text.startsWith("{")) return text;
  return text.slice(0, term.start) + negated(term.text) + text.slice(term.end);
}

/** Take the term out whichever way round it stands, and put it in turned around. */
export function excludeTerm(text: string, term: string): string {
  const opposite = negated(term);
  if (hasTerm(text, opposite)) return removeTerm(text, opposite);
  return addTerm(removeTerm(text, term), opposite);
}

/** From the lower end of one range's chip to the upper end of another's, as one chip: what a brush over both means. */
export function spanChip(first: string, last: string): string {
  const isUpper = (one: Term) => one.operator === "<" || one.operator === "<=";
  const isLower = (one: Term) => one.operator === ">" || one.operator === ">=";
  const begins = innerTerms(first).filter((one) => !isUpper(one));
  const ends = innerTerms(last).filter(isUpper);
  const begun = begins.filter(isLower).length > 0 && ends.length > 0;
  return begun ? asOneTerm([...begins, ...ends].map((one) => one.text).join(" ")) : "";
}

/** Put a chip in the place of the one about the same fields: what moving a brush does. */
export function replaceLike(text: string, chip: string): string {
  const about = fieldsOf(chip);
  const isLike = (one: Term) => !one.isNegated && one.kind !== "broken" && fieldsOf(one.text) === about;
  let rest = text;
  for (let at = splitTerms(rest).findIndex(isLike); at >= 0; at = splitTerms(rest).findIndex(isLike)) {
    rest = removeTermAt(rest, at);
  }
  return addTerm(rest, chip);
}

function innerTerms(chip: string): Term[] {
  const terms = splitTerms(chip);
  const [only] = terms;
  if (terms.length !== 1 || only?.kind !== "group" || only.isNegated) return terms;
  return splitTerms(only.text.slice(1, -1));
}

function fieldsOf(chip: string): string {
  return [...new Set(innerTerms(chip).map((one) => one.field))].sort().join();
}

/** Where a server's message about a query points, counted from 0; null when it names no column. */
export function columnOf(message: string): number | null {
  const found = /\(at column (\d+)\)/u.exec(message);
  return found === null ? null : Number(found[1]) - 1;
}

/** The text with the misspelt name replaced by the one that the server's hint names; null when it names none. */
export function applyHint(
  text: string,
  problem: { readonly message: string; readonly hint: string },
): string | null {
  const meant = /Did you mean ([^\s?]+)\?/u.exec(problem.hint)?.[1];
  const wrong = /: '([^']+)'/u.exec(problem.message)?.[1];
  const column = columnOf(problem.message);
  if (meant === undefined || wrong === undefined || column === null) return null;
  // A path is named by its last key.
  const at = text.indexOf(wrong.split(".").at(-1) ?? wrong, Math.max(0, column));
  if (at < 0) return null;
  const name = wrong.split(".").at(-1) ?? wrong;
  return text.slice(0, at) + meant + text.slice(at + name.length);
}
