import { describe, expect, it } from "vitest";

import { splitBlobs } from "./listings";

describe("splitBlobs", () => {
  it("cuts thumbnails apart and keeps the place of one that is missing", async () => {
    const bytes = new Uint8Array([0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1, 9]);
    const found = splitBlobs(bytes.buffer);
    const read = await Promise.all(
      found.map(async (one) => (one === null ? null : [...new Uint8Array(await one.arrayBuffer())])),
    );
    expect(read).toEqual([[7, 8], null, [9]]);
  });
});
