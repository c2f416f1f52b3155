/**
 * The selected shapes with their handles, as Konva nodes.
 *
 * Nothing is made before the first selection, and nodes are used again: a pan only moves them. The pointer goes past
 * this layer; what a handle does is decided by the tools, which share `handlesOf` with it.
 */

import Konva from "konva/lib/Core";
import { Line } from "konva/lib/shapes/Line";
import { Rect as KonvaRect } from "konva/lib/shapes/Rect";

import { handlesOf, type Handle } from "../geometry/handles";
import { linesOf } from "../geometry/hit";
import { isEditable } from "../model/edits";
import { toScreen, type Viewport } from "../viewport";
import { shapeColor, shapeLook, type Palette } from "./look";
import type { SceneShape } from "./staticLayer";

/** More selected shapes than this are only outlined, without nodes. */
export const MOST_ACTIVE = 40;
const MOST_HANDLES = 500;
/** Vertices nearer than this to the one before get no handle of their own, in CSS pixels. */
const HANDLE_STEP_PX = 7;
const SEEN_BEYOND_PX = 12;

export interface ActiveContent {
  readonly viewport: Viewport;
  readonly palette: Palette;
  readonly shapes: readonly SceneShape[];
  readonly areHandlesShown: boolean;
}

interface Stage {
  readonly stage: Konva.Stage;
  readonly layer: Konva.Layer;
  readonly lines: Konva.Group;
  readonly handles: Konva.Group;
}

export class ActiveLayer {
  #stage: Stage | null = null;
  #linesUsed = 0;
  #handlesUsed = 0;

  constructor(private readonly container: HTMLDivElement) {}

  show(content: ActiveContent): void {
    if (this.#stage === null && content.shapes.length === 0) return;
    const stage = (this.#stage ??= this.#make());
    const { width, height } = content.viewport;
    if (stage.stage.width() !== width || stage.stage.height() !== height) stage.stage.size({ width, height });
    this.#linesUsed = 0;
    this.#handlesUsed = 0;
    for (const one of content.shapes) this.#showOutline(stage, { one, content });
    const [only] = content.shapes;
    if (only !== undefined && content.shapes.length === 1 && content.areHandlesShown) {
      this.#showHandles(stage, { one: only, content });
    }
    for (const node of stage.lines.children.slice(this.#linesUsed)) node.visible(false);
    for (const node of stage.handles.children.slice(this.#handlesUsed)) node.visible(false);
    stage.layer.batchDraw();
  }

  destroy(): void {
    this.#stage?.stage.destroy();
    this.#stage = null;
  }

  #make(): Stage {
    Konva.autoDrawEnabled = false;
    const stage = new Konva.Stage({ container: this.container, width: 1, height: 1, listening: false });
    const layer = new Konva.Layer({ listening: false });
    const lines = new Konva.Group({ listening: false });
    const handles = new Konva.Group({ listening: false });
    layer.add(lines, handles);
    stage.add(layer);
    return { stage, layer, lines, handles };
  }

  #showOutline(stage: Stage, options: { readonly one: SceneShape; readonly content: ActiveContent }): void {
    const { one, content } = options;
    const { viewport, palette } = content;
    const { geometry } = one.shape;
    const color = shapeColor(one.shape, palette);
    const isClosed = geometry.type !== "polyline";
    // While somebody paints, a frame around the mask would only be in the way.
    if (geometry.type === "mask") {
      if (content.areHandlesShown) this.#showFrame(stage, { one, viewport, color });
      return;
    }
    if (geometry.type === "points") return;
    const { dash } = shapeLook(one.shape, palette);
    for (const line of linesOf(geometry)) {
      const points = line.flatMap(([x, y]) => {
        const at = toScreen(viewport, { x, y });
        return [at.x, at.y];
      });
      this.#line(stage, {
        points,
        closed: isClosed,
        stroke: "#000000",
        strokeWidth: 6,
        opacity: 0.3,
        dash: [],
      });
      this.#line(stage, {
        points,
        closed: isClosed,
        stroke: "#ffffff",
        strokeWidth: 4.5,
        opacity: 0.9,
        dash: [],
      });
      this.#line(stage, {
        points,
        closed: isClosed,
        stroke: color,
        strokeWidth: 2,
        opacity: 1,
        dash: [...dash],
        fill: color,
      });
    }
  }

  /** A selected mask is framed: it has no line of its own. */
  #showFrame(
    stage: Stage,
    options: { readonly one: SceneShape; readonly viewport: Viewport; readonly color: string },
  ): void {
    const { one, viewport, color } = options;
    const low = toScreen(viewport, { x: one.bounds.x0, y: one.bounds.y0 });
    const high = toScreen(viewport, { x: one.bounds.x1, y: one.bounds.y1 });
    const [x0, y0, x1, y1] = [low.x - 3, low.y - 3, high.x + 3, high.y + 3];
    const points = [x0, y0, x1, y0, x1, y1, x0, y1];
    this.#line(stage, { points, closed: true, stroke: "#ffffff", strokeWidth: 3, opacity: 0.8, dash: [] });
    this.#line(stage, { points, closed: true, stroke: color, strokeWidth: 1.5, opacity: 1, dash: [6, 4] });
  }

  #line(
    stage: Stage,
    look: {
      readonly points: number[];
      readonly closed: boolean;
      readonly stroke: string;
      readonly strokeWidth: number;
      readonly opacity: number;
      readonly dash: number[];
      readonly fill?: string;
    },
  ): void {
    let node = stage.lines.children[this.#linesUsed];
    if (!(node instanceof Line)) {
      node = new Line({ listening: false, perfectDrawEnabled: false, lineJoin: "round" });
      stage.lines.add(node);
    }
    this.#linesUsed += 1;
    const fillEnabled = look.fill !== undefined && look.closed;
    node.setAttrs({ ...look, fill: `${look.fill ?? look.stroke}2e`, fillEnabled, visible: true });
  }

  #showHandles(stage: Stage, options: { readonly one: SceneShape; readonly content: ActiveContent }): void {
    const { one, content } = options;
    const { viewport, palette } = content;
    if (!isEditable(one.shape)) return;
    const color = shapeColor(one.shape, palette);
    let last: { readonly x: number; readonly y: number } | null = null;
    for (const handle of handlesOf(one.shape.geometry, viewport.scale)) {
      const at = toScreen(viewport, { x: handle.at[0], y: handle.at[1] });
      if (!isNearView(at, viewport)) continue;
      const isCrowded = last !== null && Math.hypot(at.x - last.x, at.y - last.y) < HANDLE_STEP_PX;
      if (handle.kind === "vertex" && isCrowded) continue;
      if (this.#handlesUsed >= MOST_HANDLES) return;
      this.#handle(stage, { at, look: handleLook(handle, color) });
      if (handle.kind === "vertex") last = at;
    }
  }

  #handle(
    stage: Stage,
    options: { readonly at: { readonly x: number; readonly y: number }; readonly look: HandleLook },
  ): void {
    let node = stage.handles.children[this.#handlesUsed];
    if (!(node instanceof KonvaRect)) {
      node = new KonvaRect({ listening: false, perfectDrawEnabled: false });
      stage.handles.add(node);
    }
    this.#handlesUsed += 1;
    const { at, look } = options;
    node.setAttrs({
      x: at.x,
      y: at.y,
      offsetX: look.size / 2,
      offsetY: look.size / 2,
      width: look.size,
      height: look.size,
      cornerRadius: look.radius,
      rotation: look.rotation,
      fill: look.fill,
      stroke: look.stroke,
      strokeWidth: look.strokeWidth,
      opacity: look.opacity,
      visible: true,
    });
  }
}

interface HandleLook {
  readonly size: number;
  readonly radius: number;
  readonly rotation: number;
  readonly fill: string;
  readonly stroke: string;
  readonly strokeWidth: number;
  readonly opacity: number;
}

/** Grips are white squares, vertices coloured discs with a white rim, middles small and faint. */
function handleLook(handle: Handle, color: string): HandleLook {
  switch (handle.kind) {
    case "resize":
      return {
        size: 9,
        radius: 2,
        rotation: handle.angle,
        fill: "#ffffff",
        stroke: color,
        strokeWidth: 1.5,
        opacity: 1,
      };
    case "rotate":
      return {
        size: 11,
        radius: 5.5,
        rotation: 0,
        fill: "#ffffff",
        stroke: color,
        strokeWidth: 2.5,
        opacity: 1,
      };
    case "vertex":
      return {
        size: 9,
        radius: 4.5,
        rotation: 0,
        fill: color,
        stroke: "#ffffff",
        strokeWidth: 1.75,
        opacity: 1,
      };
    case "middle":
      return {
        size: 6.5,
        radius: 3.25,
        rotation: 0,
        fill: "#ffffff",
        stroke: color,
        strokeWidth: 1,
        opacity: 0.75,
      };
  }
}

function isNearView(at: { readonly x: number; readonly y: number }, viewport: Viewport): boolean {
  return (
    at.x > -SEEN_BEYOND_PX &&
    at.y > -SEEN_BEYOND_PX &&
    at.x < viewport.width + SEEN_BEYOND_PX &&
    at.y < viewport.height + SEEN_BEYOND_PX
  );
}
