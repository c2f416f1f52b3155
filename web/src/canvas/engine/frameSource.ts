/** A picture that changes by itself, such as a video: whoever plays it says what is to be seen now. */

/** A frame's picture, or why there is none, as a sentence. */
export type FrameContent =
  | { readonly kind: "picture"; readonly image: ImageBitmap }
  | { readonly kind: "broken"; readonly sentence: string };

export interface FrameSource {
  /** Size of the upright frames in pixels; their pictures may be smaller. */
  readonly width: number;
  readonly height: number;
  /** What is shown now; null while nothing has come yet. */
  readonly shown: FrameContent | null;
  /** Be told when it is another; gives the way to stop. */
  follow(follower: () => void): () => void;
}
