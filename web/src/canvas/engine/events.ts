/** What a canvas tells. */

import type { DocumentChange } from "../model/change";
import type { HistoryOp } from "../model/history";
import type { MagicPrompts, PathQuestion, ToolName } from "../tools/types";
import type { ShapeId, Vec } from "../types";
import type { Viewport } from "../viewport";
import type { ImageProblem } from "../worker/protocol";

export interface ImageFailure {
  readonly problem: ImageProblem;
  /** What happened, for the user. */
  readonly message: string;
}

export interface EngineEvents {
  /** A step of the history is complete: to be kept and synchronised. */
  readonly command: HistoryOp;
  /** The document changed, also in the middle of a drag. */
  readonly change: DocumentChange;
  readonly selection: ReadonlySet<ShapeId>;
  readonly hover: ShapeId | null;
  readonly viewport: Viewport;
  readonly tool: ToolName;
  /** Where the pointer is, in image pixels; null outside the canvas. */
  readonly cursor: Vec | null;
  /** The view rests and every shape is drawn sharp. */
  readonly idle: null;
  readonly "image-shown": null;
  readonly "image-failed": ImageFailure;
  /** Why a gesture came to nothing, as a sentence. */
  readonly dropped: string;
  readonly "brush-radius": number;
  readonly pin: string;
  /** A model is asked for a shape; answer with `answer`. */
  readonly segment: { readonly request: number; readonly prompts: MagicPrompts };
  /** A line along edges is asked for and the picture is none that the canvas can read; answer with `answer`. */
  readonly path: PathQuestion;
}
