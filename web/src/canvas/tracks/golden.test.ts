/** The cases that the server holds to, too. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readGeometry, type WireGeometry } from "../model/wire";
import type { FrameShape, TrackGeometry } from "../types";
import { cutFrom, deletedFrame, merged, split, whyNotMerged, withKeyframe, withoutKeyframe } from "./edit";
import { shapeAt } from "./interpolate";

type WireTrack = Extract<WireGeometry, { type: "track" }>;

interface Edit {
  readonly name: string;
  readonly edit: string;
  readonly track: WireTrack;
  readonly other?: WireTrack;
  readonly keyframe?: WireTrack["keyframes"][number];
  readonly frame?: number;
  readonly n_frames?: number;
  readonly result?: WireTrack | WireTrack[] | null;
}

interface Golden {
  readonly shape_at: readonly {
    readonly name: string;
    readonly track: WireTrack;
    readonly at: readonly (readonly [number, FrameShape | null])[];
  }[];
  readonly edits: readonly Edit[];
  readonly refused: readonly Edit[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../../../../tests/golden/tracks.json", import.meta.url), "utf-8"),
);

/** On the server alone. */
const NOT_HERE = new Set(["expand_track"]);

function read(wire: WireTrack): TrackGeometry {
  const geometry = readGeometry(wire);
  if (geometry.type !== "track") throw new Error("no track");
  return geometry;
}

function done({ edit, track, other, keyframe, frame = 0, n_frames }: Edit): unknown {
  const { keyframes } = read(track);
  switch (edit) {
    case "set_keyframe": {
      const [one] = keyframe === undefined ? [] : read({ type: "track", keyframes: [keyframe] }).keyframes;
      return one === undefined ? null : withKeyframe(keyframes, one);
    }
    case "remove_keyframe":
      return withoutKeyframe(keyframes, frame);
    case "delete_frame":
      return deletedFrame(keyframes, { frame, frameCount: n_frames ?? Infinity });
    case "cut_from":
      return cutFrom(keyframes, frame);
    case "split_at":
      return split(keyframes, frame);
    case "merge_tracks":
      return other === undefined ? null : merged(keyframes, read(other).keyframes);
    default:
      throw new Error(`an edit that is not known: ${edit}`);
  }
}

function expected({ result }: Edit): unknown {
  if (result === undefined || result === null) return null;
  return Array.isArray(result) ? result.map((one) => read(one).keyframes) : read(result).keyframes;
}

/** Numbers agree to 1e-6. */
function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, one: unknown) =>
      typeof one === "number" ? Math.round(one * 1e6) / 1e6 + 0 : one,
    ),
  );
}

describe("tests/golden/tracks.json", () => {
  it.each(golden.shape_at)("shapes: $name", ({ track, at }) => {
    const { keyframes } = read(track);
    expect(rounded(at.map(([frame]) => [frame, shapeAt(keyframes, frame)]))).toEqual(rounded(at));
  });

  it.each(golden.edits.filter(({ edit }) => !NOT_HERE.has(edit)))("edits: $name", (edit) => {
    expect(rounded(done(edit))).toEqual(rounded(expected(edit)));
  });

  it.each(golden.refused.filter(({ edit }) => edit === "split_at"))("refused: $name", (edit) => {
    expect(done(edit)).toBeNull();
  });

  it.each(golden.refused.filter(({ edit }) => edit === "merge_tracks"))("refused: $name", (edit) => {
    expect(whyNotMerged(read(edit.track).keyframes, read(edit.other ?? edit.track).keyframes)).toMatch(
      /cannot/,
    );
  });
});
