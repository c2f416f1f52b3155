/** The seam between the engine and whatever draws the shapes at rest: a bitmap today, perhaps WebGL one day. */

import type { Rect, Shape } from "../types";
import type { Viewport } from "../viewport";
import type { Brush } from "./brush";
import type { ShapeLook } from "./look";
import type { Frame } from "./shapePainter";

/** A shape with its bounding box in image pixels. */
export interface SceneShape {
  readonly shape: Shape;
  readonly bounds: Rect;
}

/** What is to be drawn. It is asked again at each drawing, so it may change between two. */
export interface Scene {
  readonly image: { readonly width: number; readonly height: number };
  /** The shapes that touch a rectangle, in drawing order; none that is hidden, filtered out or drawn elsewhere. */
  within(area: Rect): readonly SceneShape[];
  look(shape: Shape): ShapeLook;
  /** Draw a mask shape, step by step, each step giving its cost. */
  paintMask(
    brush: Brush,
    mask: { readonly shape: SceneShape; readonly frame: Frame; readonly clip: Rect },
  ): Iterable<number>;
}

export interface StaticLayer {
  /** Show another scene in a view; nothing of the one before is shown any more. */
  draw(scene: Scene, viewport: Viewport): void;
  /** Draw everything again: colours or the filter changed. What is there stays until the new is ready. */
  refresh(): void;
  /** Draw these parts of the image again: shapes came, went or changed there. */
  patch(areas: readonly Rect[]): void;
  /** Show another part of the image. While `isMoving`, what was drawn is moved and scaled; at rest it is made sharp. */
  move(viewport: Viewport, motion: { readonly isMoving: boolean }): void;
  /** Put what there is on the screen. */
  paint(onto: Brush, viewport: Viewport): void;
  /** Work that is left, for tests and figures. */
  readonly isBusy: boolean;
  destroy(): void;
}
