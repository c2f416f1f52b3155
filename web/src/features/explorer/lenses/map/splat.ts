/**
 * Points as discs, written straight into the pixels of an image: as fast without a graphics card as with one, and no
 * library that builds code from text, which the page's policy forbids. Pure.
 */
import type { Camera, Size } from "./camera";

export interface Canvas {
  readonly pixels: Uint32Array;
  /** In device pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Dots {
  readonly places: Int16Array;
  /** Which points are drawn, in this order: what comes later lies on top. */
  readonly order: Uint32Array;
  /** The pixel of each point. */
  readonly colors: Uint32Array;
}

/** Offsets from the middle of a disc, as pairs: those wholly inside, and those of its soft edge. */
interface Disc {
  readonly reach: number;
  readonly core: Int32Array;
  readonly edge: Int32Array;
}

/** Draw the first `most` dots, each with a radius in device pixels; gives how many lay in view. */
export function splat(
  canvas: Canvas,
  dots: Dots,
  view: { readonly camera: Camera; readonly size: Size; readonly radius: number; readonly most: number },
): number {
  const { pixels, width, height } = canvas;
  const { places, order, colors } = dots;
  const { camera, size } = view;
  const ratio = width / Math.max(1, size.width);
  const disc = discOf(view.radius, width);
  const scale = camera.scale * ratio;
  const left = width / 2 - camera.x * scale;
  const top = height / 2 + camera.y * scale;
  const { reach, core, edge } = disc;
  const last = Math.min(order.length, view.most);
  let drawn = 0;
  for (let index = 0; index < last; index += 1) {
    const point = order[index] ?? 0;
    const x = Math.round(left + (places[2 * point] ?? 0) * scale);
    const y = Math.round(top - (places[2 * point + 1] ?? 0) * scale);
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
    drawn += 1;
    const middle = y * width + x;
    const color = colors[point] ?? 0;
    for (let at = 0; at < core.length; at += 1) pixels[middle + (core[at] ?? 0)] = color;
    for (let at = 0; at < edge.length; at += 1) {
      const place = middle + (edge[at] ?? 0);
      const under = pixels[place] ?? 0;
      // Half of each, channel by channel in one step; what was empty becomes half as dense.
      pixels[place] = under === 0 ? halfDense(color) : mix(color, under);
    }
  }
  return drawn;
}

function mix(one: number, two: number): number {
  return ((((one ^ two) & 0xfefefefe) >>> 1) + (one & two)) >>> 0;
}

function halfDense(color: number): number {
  return ((color & 0x00ffffff) | 0x80000000) >>> 0;
}

function discOf(radius: number, stride: number): Disc {
  const reach = Math.ceil(radius);
  const core: number[] = [];
  const edge: number[] = [];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const far = Math.hypot(x, y);
      if (far <= radius - 0.5) core.push(y * stride + x);
      else if (far <= radius + 0.25) edge.push(y * stride + x);
    }
  }
  return { reach, core: Int32Array.from(core), edge: Int32Array.from(edge) };
}

/** How large a dot is at a zoom, in pixels: many stay small, and grow as one comes near. */
export function radiusFor(count: number, zoomedBy: number): number {
  const base = count > 50_000 ? 1.3 : count > 10_000 ? 1.8 : count > 2_000 ? 2.6 : 3.6;
  return Math.min(7, base * Math.max(1, zoomedBy) ** 0.35);
}

export interface Layering {
  readonly count: number;
  /** Position in the listing, or `NOT_LISTED`; null while it is not known: everything counts as listed. */
  readonly isListed: (point: number) => boolean;
  readonly isHidden: (point: number) => boolean;
  readonly isRest: (point: number) => boolean;
}

/** The order of drawing: first what the filter leaves out, then what has no category, then the rest; mixed within. */
export function layerOrder({ count, isListed, isHidden, isRest }: Layering): Uint32Array {
  const layers: [number[], number[], number[]] = [[], [], []];
  // A step without a common divisor visits all, far ones after each other: no category lies on top of the others.
  const step = stepFor(count);
  for (let turn = 0, point = 0; turn < count; turn += 1, point = (point + step) % count) {
    if (isHidden(point)) continue;
    layers[!isListed(point) ? 0 : isRest(point) ? 1 : 2].push(point);
  }
  return Uint32Array.from([...layers[0], ...layers[1], ...layers[2]]);
}

function stepFor(count: number): number {
  let step = Math.max(1, Math.floor(count * 0.618_034));
  while (step > 1 && divisor(step, count) !== 1) step -= 1;
  return step;
}

function divisor(one: number, two: number): number {
  return two === 0 ? one : divisor(two, one % two);
}
