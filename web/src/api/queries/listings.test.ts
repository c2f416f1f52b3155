import { describe, expect, it } from "vitest";

import { ThumbnailStrip } from "./listings";

describe("ThumbnailStrip", () => {
  it("cuts thumbnails apart and keeps the place of one that is missing", () => {
    const bytes = new Uint8Array([0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1, 9]);
    const address = (...held: number[]) => `data:image/jpeg;base64,${btoa(String.fromCharCode(...held))}`;
    const strip = new ThumbnailStrip(bytes.buffer);
    expect([0, 1, 2, 3].map((index) => strip.at(index))).toEqual([
      address(7, 8),
      null,
      address(9),
      undefined,
    ]);
  });

  it("holds thumbnails of any length", () => {
    const picture = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
    const bytes = new Uint8Array([0, 0, 0x4e, 0x20, ...picture]);
    const found = new ThumbnailStrip(bytes.buffer).at(0);
    const back = Uint8Array.from(atob(found!.slice("data:image/jpeg;base64,".length)), (one) =>
      one.charCodeAt(0),
    );
    expect(back).toEqual(picture);
  });
});
