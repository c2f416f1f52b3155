/** How the studio looks at an item: tool, class, filters, what is open. The shapes themselves are in the document. */
import { createStore } from "zustand/vanilla";

import type { Engine } from "@/canvas/engine";
import type { ToolName } from "@/canvas/tools/types";
import type { DeleteReach } from "@/canvas/tracks/edit";
import type { Shape, ShapeId, Vec } from "@/canvas/types";
import type { VideoSession } from "@/video/session";

export type PanelName = "objects" | "classes" | "proposals" | "changes" | "notes" | "history";
export type DialogName = "keys" | "remap" | "classes" | "discard" | "untouched" | "conflict" | "instructions";

/** Something to be said: shown for a moment at the foot of the picture and read aloud. */
export interface Notice {
  readonly text: string;
  readonly count: number;
}

/** A note being written at a place or on a shape. */
export interface NoteAt {
  readonly place: Vec | null;
  readonly annotationId: string | null;
}

export interface PictureLook {
  readonly brightness: number;
  readonly contrast: number;
  readonly gamma: number;
}

/** The proposal that was selected by itself after an answer, and what the pointer was on then. */
export interface Led {
  readonly to: ShapeId | null;
  readonly pointed: ShapeId | null;
}

export const NOWHERE: Led = { to: null, pointed: null };
export const PLAIN_LOOK: PictureLook = { brightness: 1, contrast: 1, gamma: 1 };

export interface StudioView {
  readonly engine: Engine | null;
  readonly tool: ToolName;
  readonly label: string | null;
  readonly threshold: number;
  readonly isHidden: boolean;
  readonly isPeeking: boolean;
  readonly hiddenSources: ReadonlySet<string>;
  readonly hiddenLabels: ReadonlySet<string>;
  readonly hiddenIds: ReadonlySet<ShapeId>;
  readonly look: PictureLook;
  readonly keepsView: boolean;
  readonly panel: PanelName;
  readonly dialog: DialogName | null;
  readonly selected: ReadonlySet<ShapeId>;
  readonly hovered: ShapeId | null;
  /** Where the pointer is, in image pixels; null outside the picture. */
  readonly cursor: Vec | null;
  readonly led: Led;
  readonly notice: Notice | null;
  /** The next click says where a note belongs. */
  readonly isPlacing: boolean;
  readonly note: NoteAt | null;
  readonly clipboard: readonly Shape[];
  /** Why the picture cannot be shown. */
  readonly imageProblem: string | null;
  /** The item as a video; null for an image. */
  readonly video: VideoSession | null;
  readonly isTimelineShown: boolean;
  /** Tracks of which it is asked how far a deletion reaches. */
  readonly deleting: readonly ShapeId[] | null;
  readonly deleteReach: DeleteReach;
  readonly isDeleteAsked: boolean;
  /** What a found outline becomes where the recipe allows both. */
  readonly magicShape: "polygon" | "mask";
  /** Whether the brush stops at edges. */
  readonly isEdgeSnapping: boolean;
}

export type StudioStore = ReturnType<typeof makeStudioStore>;

const START: StudioView = {
  engine: null,
  tool: "select",
  label: null,
  threshold: 0,
  isHidden: false,
  isPeeking: false,
  hiddenSources: new Set(),
  hiddenLabels: new Set(),
  hiddenIds: new Set(),
  look: PLAIN_LOOK,
  keepsView: false,
  panel: "objects",
  dialog: null,
  selected: new Set(),
  hovered: null,
  cursor: null,
  led: NOWHERE,
  notice: null,
  isPlacing: false,
  note: null,
  clipboard: [],
  imageProblem: null,
  video: null,
  isTimelineShown: true,
  deleting: null,
  deleteReach: "frame",
  isDeleteAsked: true,
  magicShape: "polygon",
  isEdgeSnapping: false,
};

export function makeStudioStore(begin: Partial<StudioView> = {}) {
  return createStore<StudioView>()(() => ({ ...START, ...begin }));
}

/** Say something. */
export function say(store: StudioStore, text: string): void {
  store.setState(({ notice }) => ({ notice: { text, count: (notice?.count ?? 0) + 1 } }));
}

/** Add to a set or take out of it. */
export function toggled<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}
