/** Where numbers lie on an axis, and which of them are written beside it. */

export interface Scale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

export type Extent = readonly [number, number];

/** The smallest and largest of finite numbers; null when there is none. */
export function extent(values: Iterable<number>): Extent | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

/** The place of a value on the axis; a domain without width puts everything in the middle. */
export function place(scale: Scale, value: number): number {
  const [low, high] = scale.domain;
  const [from, to] = scale.range;
  if (high === low) return (from + to) / 2;
  return from + ((value - low) / (high - low)) * (to - from);
}

/** A step of 1, 2 or 5 times a power of ten that cuts a span into about so many parts. */
export function niceStep(span: number, parts: number): number {
  if (!(span > 0) || parts < 1) return 1;
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const factor = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
  return factor * power;
}

/** Round numbers within a domain, about `parts` of them; a domain without width has one. */
export function ticks(domain: Extent, parts = 5): number[] {
  const [low, high] = domain;
  if (high === low) return [low];
  const step = niceStep(high - low, parts);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = stepDigits(step);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toFixed(digits)));
}

/** A domain widened to round numbers, with room above and below; never beyond `limits`. */
export function niceDomain(found: Extent | null, limits?: Extent): Extent {
  if (found === null) return limits ?? [0, 1];
  const [low, high] = found;
  const span = high - low || Math.abs(high) || 1;
  const step = niceStep(span, 4);
  const wide: Extent = [
    Math.floor((low - span * 0.05) / step) * step,
    Math.ceil((high + span * 0.05) / step) * step,
  ];
  // What is never negative is not drawn as if it could be.
  const floor = low >= 0 ? 0 : -Infinity;
  const [least, most] = limits ?? [floor, Infinity];
  return [Math.max(least, floor, tidy(wide[0], step)), Math.min(most, tidy(wide[1], step))];
}

/** How many digits after the point a step needs to be told apart from the next. */
export function stepDigits(step: number): number {
  return Math.max(0, Math.min(12, -Math.floor(Math.log10(step) + 1e-9)));
}

function tidy(value: number, step: number): number {
  return Number(value.toFixed(stepDigits(step))) + 0;
}

/** The index of the number nearest to a value in a sorted list; -1 when it is empty. */
export function nearestIndex(sorted: readonly number[], value: number): number {
  let best = -1;
  let gap = Infinity;
  for (const [at, one] of sorted.entries()) {
    const here = Math.abs(one - value);
    if (here < gap) {
      gap = here;
      best = at;
    }
  }
  return best;
}

/** An SVG path through points, in order; a point without a value breaks the line. */
export function linePath(points: readonly { readonly x: number; readonly y: number | null }[]): string {
  let isOpen = false;
  const parts: string[] = [];
  for (const { x, y } of points) {
    if (y === null) {
      isOpen = false;
      continue;
    }
    parts.push(`${isOpen ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`);
    isOpen = true;
  }
  return parts.join("");
}
