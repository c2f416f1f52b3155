/** How strong the edges of a picture are, for tools that follow them or stop at them. */

import type { XY } from "../types";

/** Edge strengths 0 to 255, row by row, on a grid that may be coarser than the picture. */
export interface EdgeField {
  readonly width: number;
  readonly height: number;
  /** Image pixels per field pixel. */
  readonly scale: number;
  readonly strength: Uint8Array;
}

/** Of all pixels, so many lie at or below full strength: a few glints do not make every other edge look weak. */
const FULL_AT = 0.995;
/** Gradients below this (of at most about 1,020) are noise, however flat the picture is. */
const LEAST_FULL = 48;

/**
 * Edge strength of a picture: the largest Sobel gradient of the three channels, a little blurred against noise, by its
 * 99.5th percentile.
 *
 * @param rgba four bytes a pixel, row by row
 */
export function edgeStrength(
  rgba: Uint8ClampedArray | Uint8Array,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const gradient = sobel(blurred(rgba, size), size);
  const full = Math.max(LEAST_FULL, percentile(gradient, FULL_AT));
  const strength = new Uint8Array(gradient.length);
  for (let i = 0; i < gradient.length; i += 1) {
    strength[i] = Math.min(255, Math.round(((gradient[i] ?? 0) * 255) / full));
  }
  return strength;
}

/** Each pixel with its neighbours, 1 2 1 along rows and columns; alpha is left 0. */
function blurred(
  rgba: Uint8ClampedArray | Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const rows = new Uint16Array(rgba.length);
  const found = new Uint8Array(rgba.length);
  const stride = width * 4;
  for (let i = 0; i < rgba.length; i += 1) {
    const at = i % stride;
    const here = rgba[i] ?? 0;
    const left = at < 4 ? here : (rgba[i - 4] ?? 0);
    const right = at >= stride - 4 ? here : (rgba[i + 4] ?? 0);
    rows[i] = left + 2 * here + right;
  }
  const last = (height - 1) * stride;
  for (let i = 0; i < rgba.length; i += 1) {
    if ((i & 3) === 3) continue;
    const here = rows[i] ?? 0;
    const above = i < stride ? here : (rows[i - stride] ?? 0);
    const below = i >= last ? here : (rows[i + stride] ?? 0);
    found[i] = (above + 2 * here + below + 8) >> 4;
  }
  return found;
}

function sobel(
  rgba: Uint8ClampedArray | Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Uint16Array {
  const found = new Uint16Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const above = Math.max(0, y - 1) * width;
    const here = y * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      let best = 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const nw = rgba[(above + left) * 4 + channel] ?? 0;
        const n = rgba[(above + x) * 4 + channel] ?? 0;
        const ne = rgba[(above + right) * 4 + channel] ?? 0;
        const w = rgba[(here + left) * 4 + channel] ?? 0;
        const e = rgba[(here + right) * 4 + channel] ?? 0;
        const sw = rgba[(below + left) * 4 + channel] ?? 0;
        const s = rgba[(below + x) * 4 + channel] ?? 0;
        const se = rgba[(below + right) * 4 + channel] ?? 0;
        const across = ne + 2 * e + se - nw - 2 * w - sw;
        const down = sw + 2 * s + se - nw - 2 * n - ne;
        best = Math.max(best, across * across + down * down);
      }
      found[here + x] = Math.sqrt(best);
    }
  }
  return found;
}

function percentile(values: Uint16Array, share: number): number {
  const counts = new Uint32Array(2048);
  for (const value of values) {
    const at = Math.min(value, 2047);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  let below = 0;
  for (const [value, count] of counts.entries()) {
    below += count;
    if (below >= share * values.length) return value;
  }
  return 2047;
}

/** The strength at a place of the image; 0 outside. */
export function strengthAt(field: EdgeField, at: XY): number {
  const x = Math.floor(at[0] / field.scale);
  const y = Math.floor(at[1] / field.scale);
  if (x < 0 || y < 0 || x >= field.width || y >= field.height) return 0;
  return field.strength[y * field.width + x] ?? 0;
}

/** Weaker than this is no edge worth snapping to. */
const WORTH_SNAPPING = 64;

/** The middle of the strongest pixel within `radius` image pixels, the nearest of equals; null without an edge there. */
export function nearestEdge(field: EdgeField, at: XY, radius: number): XY | null {
  const { scale } = field;
  const reach = Math.min(16, Math.ceil(radius / scale));
  const [cx, cy] = [Math.floor(at[0] / scale), Math.floor(at[1] / scale)];
  let best: { readonly at: XY; readonly rank: number } | null = null;
  for (let y = cy - reach; y <= cy + reach; y += 1) {
    for (let x = cx - reach; x <= cx + reach; x += 1) {
      const middle: XY = [(x + 0.5) * scale, (y + 0.5) * scale];
      const away = Math.hypot(middle[0] - at[0], middle[1] - at[1]);
      const strength = away <= radius ? strengthAt(field, middle) : 0;
      const rank = strength - away / (radius + 1);
      if (strength >= WORTH_SNAPPING && (best === null || rank > best.rank)) best = { at: middle, rank };
    }
  }
  return best?.at ?? null;
}
