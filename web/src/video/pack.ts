/**
 * A pack of frames as the server sends it: `WHF1`, the number of frames, then for each its number and the length of its
 * JPEG (32 bits, little endian), then the JPEGs one after the other. A length of 0 says that the frame does not decode.
 */

export interface PackedFrame {
  readonly frame: number;
  /** Null for a frame that does not decode. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

const MAGIC = "WHF1";
const HEAD_BYTES = 8;
const ENTRY_BYTES = 8;

/** Throws Error when the bytes are no such pack or end too early. */
export function readPack(buffer: ArrayBuffer): readonly PackedFrame[] {
  const view = new DataView(buffer);
  const magic = buffer.byteLength < HEAD_BYTES ? "" : String.fromCharCode(...new Uint8Array(buffer, 0, 4));
  if (magic !== MAGIC) throw new Error("the answer is no pack of frames");
  const count = view.getUint32(4, true);
  let at = HEAD_BYTES + count * ENTRY_BYTES;
  if (at > buffer.byteLength) throw new Error("the pack of frames ends too early");
  const frames: PackedFrame[] = [];
  for (let i = 0; i < count; i += 1) {
    const frame = view.getUint32(HEAD_BYTES + i * ENTRY_BYTES, true);
    const length = view.getUint32(HEAD_BYTES + i * ENTRY_BYTES + 4, true);
    if (at + length > buffer.byteLength) throw new Error("the pack of frames ends too early");
    frames.push({ frame, bytes: length === 0 ? null : new Uint8Array(buffer, at, length) });
    at += length;
  }
  return frames;
}
