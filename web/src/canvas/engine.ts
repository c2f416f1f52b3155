/**
 * The canvas of the studio, without any framework: pictures, shapes, tools and history behind one small interface.
 *
 * The layers from below: tiles (only for huge images), the base (picture, shapes at rest as a moved bitmap, names), the
 * selected shapes, the overlay. One frame draws what has changed.
 */

import { Canvas } from "./engine/canvas";
import type { EngineEvents } from "./engine/events";
import type { FrameSource } from "./engine/frameSource";
import type { EngineOptions } from "./engine/options";
import type { ShapeDocument } from "./model/document";
import type { History } from "./model/history";
import type { Selection } from "./model/selection";
import type { Pin } from "./render/overlay";
import type { Theme } from "./render/look";
import type { TilePyramid } from "./tiles/tileLayer";
import type { Modifiers, ToolAnswer, ToolName } from "./tools/types";
import type { AttributeValue, Rect, ShapeId, Vec } from "./types";
import type { Viewport } from "./viewport";
import type { ImageStore } from "./worker/imageStore";

export { DEFAULT_OPTIONS, type EngineOptions, type ShownLabels } from "./engine/options";
export type { EngineEvents, ImageFailure } from "./engine/events";
export { DARK, hashColor, LIGHT, type ColorBy, type Theme } from "./render/look";
export type { Pin } from "./render/overlay";
export type { FrameSource, FrameContent } from "./engine/frameSource";
export type { TilePyramid } from "./tiles/tileLayer";
export { ImageFailed, ImageStore } from "./worker/imageStore";

export type ItemImage =
  | { readonly kind: "url"; readonly url: string; readonly width: number; readonly height: number }
  | { readonly kind: "tiles"; readonly pyramid: TilePyramid }
  | { readonly kind: "frames"; readonly frames: FrameSource };

export interface EngineItem {
  readonly image: ItemImage;
  readonly document: ShapeDocument;
  /** The document's history, kept across navigation; a fresh one when left out. */
  readonly history?: History;
}

export interface EngineSetup {
  /** Filled by the canvas; give it a size. */
  readonly container: HTMLElement;
  readonly theme: Theme;
  readonly options?: Partial<EngineOptions>;
  /** Shared by several canvases; one of its own when left out. */
  readonly images?: ImageStore;
  /** Ids for new shapes. */
  readonly newId?: () => ShapeId;
}

export interface Engine {
  /** Show an item, or nothing. Resolves when its picture is on the screen or has failed; shapes are there at once. */
  setItem(item: EngineItem | null): Promise<void>;
  setTheme(theme: Theme): void;
  setOptions(options: Partial<EngineOptions>): void;
  setTool(name: ToolName): void;
  /** The class and attributes of the shapes drawn next. */
  setLabel(label: string | null, attributes?: Readonly<Record<string, AttributeValue>>): void;
  setPins(pins: readonly Pin[]): void;
  readonly tool: ToolName;
  readonly label: string | null;
  readonly options: EngineOptions;
  readonly viewport: Viewport;
  readonly selection: Selection | null;
  readonly document: ShapeDocument | null;
  readonly history: History | null;
  /** Fetch and decode a picture before it is needed; never rejects. */
  preload(url: string): Promise<void>;
  fit(): void;
  /** Multiply the scale about the middle of the view. */
  zoomBy(factor: number): void;
  /** Look at a place of the image, or at 1 CSS pixel per image pixel with `"actual"`. */
  zoomTo(target: Rect | "actual"): void;
  panBy(x: number, y: number): void;
  /** The smallest shape at a place of the image, with whichever tool; null for none. */
  shapeAt(at: Vec): ShapeId | null;
  select(ids: readonly ShapeId[], options?: { readonly isShown?: boolean }): void;
  undo(): boolean;
  redo(): boolean;
  /** Hand a key to the tool; says whether the tool took it. */
  key(key: string, modifiers: Modifiers): boolean;
  /** The answer to a `segment` or `path` event, with its number. */
  answer(result: ToolAnswer): void;
  /** Space is down or up: while held, a left drag moves the view. Gives whether it was used for that. */
  holdPan(isHeld: boolean): boolean;
  /** Drop what is half drawn. */
  abandon(): void;
  on<Name extends keyof EngineEvents>(name: Name, follower: (value: EngineEvents[Name]) => void): () => void;
  /** Draw now what waits for the next frame; for tests. */
  flush(): void;
  /** Whether shapes are still being drawn into the static layer. */
  readonly isBusy: boolean;
  destroy(): void;
}

/** Put a canvas into a container. Throws Error when the browser gives no 2D context. */
export function createEngine(setup: EngineSetup): Engine {
  return new Canvas(setup);
}
