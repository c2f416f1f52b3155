/**
 * Cuts the text form of a query into its outermost terms without losing a character, so that chips can take one out
 * and put it back. It reads as the server reads; what the server would refuse becomes a term of kind `broken`.
 */

export type TermKind = "term" | "word" | "group" | "broken";

export interface Term {
  readonly kind: TermKind;
  /** What is written, its minus included. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isNegated: boolean;
  /** Empty for a lone word, a group and what is broken. */
  readonly field: string;
  readonly operator: string;
  /** As they are written, quotes included. */
  readonly values: readonly string[];
}

const OPERATORS = ["<=", ">=", ":", "=", "<", ">", "~"] as const;
const ENDS_FIELD = new Set(' \t\r\n:=<>~|()"');
const ENDS_VALUE = new Set(' \t\r\n|()"');

/** The outermost terms, in order; everything between them is white space. */
export function splitTerms(text: string): Term[] {
  const found: Term[] = [];
  let at = skipSpace(text, 0);
  const json = text[at] === "{" ? endOfJson(text, at) : null;
  if (json !== null) {
    // What the text form cannot say stands as JSON before all terms: one chip.
    found.push({ ...plain(text, at, json), kind: "group" });
    at = skipSpace(text, json);
  }
  while (at < text.length) {
    const term = readOne(text, at);
    found.push(term);
    at = skipSpace(text, term.end);
  }
  return found;
}

function readOne(text: string, start: number): Term {
  const isNegated = text[start] === "-";
  const from = isNegated ? start + 1 : start;
  if (text[from] === "(") {
    const end = endOfGroup(text, from);
    return end === null ? broken(text, start) : { ...plain(text, start, end), kind: "group", isNegated };
  }
  return readTerm(text, { start, from, isNegated });
}

function readTerm(text: string, at: { start: number; from: number; isNegated: boolean }): Term {
  const { start, from, isNegated } = at;
  const fieldEnd = endOfField(text, from);
  const operator = OPERATORS.find((one) => text.startsWith(one, fieldEnd)) ?? "";
  if (operator === "" || fieldEnd === from) {
    const end = endOfValue(text, from);
    if (end === null) return broken(text, start);
    return { ...plain(text, start, end), kind: "word", isNegated, values: [text.slice(from, end)] };
  }
  const values: string[] = [];
  let end = fieldEnd + operator.length;
  do {
    const valueStart = values.length === 0 ? end : end + 1;
    const valueEnd = endOfValue(text, valueStart);
    if (valueEnd === null) return broken(text, start);
    values.push(text.slice(valueStart, valueEnd));
    end = valueEnd;
  } while (text[end] === "|");
  const field = text.slice(from, fieldEnd);
  return { ...plain(text, start, end), kind: "term", isNegated, field, operator, values };
}

function plain(text: string, start: number, end: number): Omit<Term, "kind"> {
  return { text: text.slice(start, end), start, end, isNegated: false, field: "", operator: "", values: [] };
}

/** What cannot be read reaches to the next white space, and at least one character. */
function broken(text: string, start: number): Term {
  let end = start + 1;
  while (end < text.length && !isSpace(text[end])) end += 1;
  return { ...plain(text, start, end), kind: "broken" };
}

function endOfGroup(text: string, open: number): number | null {
  let at = skipSpace(text, open + 1);
  while (at < text.length && text[at] !== ")") {
    const inner = readOne(text, at);
    if (inner.kind === "broken") return null;
    at = skipSpace(text, inner.end);
  }
  return at < text.length ? at + 1 : null;
}

/** Where the JSON object that begins here ends; null when it is never closed. */
function endOfJson(text: string, open: number): number | null {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    const one = text.charAt(at);
    if (one === '"') {
      const close = endOfQuote(text, at);
      if (close === null) return null;
      at = close - 1;
    } else if (one === "{") {
      depth += 1;
    } else if (one === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

function endOfField(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const one = text.charAt(at);
    if (one === '"') {
      const close = text.indexOf('"', at + 1);
      if (close < 0) break;
      at = close + 1;
    } else if (ENDS_FIELD.has(one)) {
      break;
    } else {
      at += 1;
    }
  }
  return at;
}

/** Where the value that begins here ends; null when there is none, or its quote is never closed. */
function endOfValue(text: string, start: number): number | null {
  if (text[start] === '"') return endOfQuote(text, start);
  let at = start;
  while (at < text.length && !ENDS_VALUE.has(text.charAt(at))) at += 1;
  return at === start ? null : at;
}

function endOfQuote(text: string, open: number): number | null {
  let at = open + 1;
  while (at < text.length) {
    if (text[at] === '"') return at + 1;
    at += text[at] === "\\" ? 2 : 1;
  }
  return null;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text[at])) at += 1;
  return at;
}

function isSpace(one: string | undefined): boolean {
  return one !== undefined && /\s/u.test(one);
}
