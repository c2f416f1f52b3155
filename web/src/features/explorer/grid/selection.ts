/** Which positions of a listing are selected, as ranges: a million selected items cost as much as one. */

/** `start` included, `end` excluded. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Selection {
  /** In order, apart from each other. */
  readonly spans: readonly Span[];
  /** Where a shift-click stretches from. */
  readonly anchor: number | null;
}

export const NOTHING: Selection = { spans: [], anchor: null };

export function isSelected(selection: Selection, position: number): boolean {
  return selection.spans.some((span) => position >= span.start && position < span.end);
}

export function sizeOf(selection: Selection): number {
  return selection.spans.reduce((sum, span) => sum + span.end - span.start, 0);
}

/** Select one position alone. */
export function selectOnly(position: number): Selection {
  return { spans: [{ start: position, end: position + 1 }], anchor: position };
}

export function selectAll(count: number): Selection {
  return count > 0 ? { spans: [{ start: 0, end: count }], anchor: 0 } : NOTHING;
}

export function isAll(selection: Selection, count: number): boolean {
  return count > 0 && sizeOf(selection) === count;
}

/** Turn one position on or off; it becomes the anchor. */
export function toggle(selection: Selection, position: number): Selection {
  const span = { start: position, end: position + 1 };
  const next = isSelected(selection, position)
    ? without(selection.spans, span)
    : joined(selection.spans, span);
  return { spans: next, anchor: position };
}

/** Select from the anchor to a position, in place of what was selected. */
export function stretch(selection: Selection, position: number): Selection {
  const anchor = selection.anchor ?? position;
  const span = { start: Math.min(anchor, position), end: Math.max(anchor, position) + 1 };
  return { spans: [span], anchor };
}

/** What is selected, and these spans too. */
export function add(selection: Selection, spans: readonly Span[]): Selection {
  return { spans: spans.reduce(joined, selection.spans), anchor: selection.anchor };
}

/** The spans of a rectangle of tiles between two positions, row by row. */
export function rectangle(options: {
  readonly from: { readonly row: number; readonly column: number };
  readonly to: { readonly row: number; readonly column: number };
  readonly columns: number;
  readonly count: number;
}): Span[] {
  const { from, to, columns, count } = options;
  const left = Math.max(0, Math.min(from.column, to.column));
  const right = Math.min(columns - 1, Math.max(from.column, to.column));
  const spans: Span[] = [];
  for (let row = Math.min(from.row, to.row); row <= Math.max(from.row, to.row); row += 1) {
    const start = row * columns + left;
    const end = Math.min(count, row * columns + right + 1);
    if (row >= 0 && start < end) spans.push({ start, end });
  }
  return spans;
}

function joined(spans: readonly Span[], more: Span): readonly Span[] {
  if (more.end <= more.start) return spans;
  let { start, end } = more;
  const apart: Span[] = [];
  for (const span of spans) {
    if (span.end < start || span.start > end) {
      apart.push(span);
    } else {
      start = Math.min(start, span.start);
      end = Math.max(end, span.end);
    }
  }
  return [...apart, { start, end }].sort((a, b) => a.start - b.start);
}

function without(spans: readonly Span[], less: Span): readonly Span[] {
  return spans.flatMap((span) => {
    const before = { start: span.start, end: Math.min(span.end, less.start) };
    const after = { start: Math.max(span.start, less.end), end: span.end };
    return [before, after].filter((part) => part.end > part.start);
  });
}
