/** The server's answers about a map, cut into numbers. */
import type { MapColours } from "@/api/schema.gen";

export const NOT_LISTED = 0xffffffff;
const MAGIC = 0x50414d57; // "WMAP"
const HEAD_BYTES = 16;

export interface Points {
  readonly count: number;
  /** x and y by turns, -32767 to 32767; y grows upwards. */
  readonly places: Int16Array;
}

export interface Colours {
  readonly legend: MapColours;
  /** Of each point, an index of the legend's categories. */
  readonly codes: Uint16Array;
}

/** The points of a map; throws when the bytes are no map. */
export function readPoints(buffer: ArrayBuffer): Points {
  const head = new DataView(buffer);
  const isMap = buffer.byteLength >= HEAD_BYTES && head.getUint32(0, true) === MAGIC;
  const count = isMap ? head.getUint32(8, true) : 0;
  if (!isMap || head.getUint32(4, true) !== 1 || buffer.byteLength !== HEAD_BYTES + 4 * count) {
    throw new Error("the server's answer is no map; reload the page");
  }
  return { count, places: new Int16Array(buffer, HEAD_BYTES, 2 * count) };
}

/** Legend and categories; null when they are of another number of points. */
export function readColours(buffer: ArrayBuffer, count: number): Colours | null {
  const length = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, 4, length));
  const legend: unknown = JSON.parse(text);
  if (!isLegend(legend) || buffer.byteLength !== 4 + length + 2 * count) return null;
  return { legend, codes: new Uint16Array(buffer, 4 + length, count) };
}

/** Position of each point in the listing, `NOT_LISTED` for the others; null when they are of another map. */
export function readPositions(buffer: ArrayBuffer, count: number): Uint32Array | null {
  return buffer.byteLength === 4 * count ? new Uint32Array(buffer) : null;
}

function isLegend(value: unknown): value is MapColours {
  return (
    typeof value === "object" && value !== null && "categories" in value && Array.isArray(value.categories)
  );
}
