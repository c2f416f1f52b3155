/**
 * The static layer as a bitmap somewhat larger than the viewport.
 *
 * Panning and zooming move and scale the bitmap. A pan that uses up the margin copies what overlaps into a second bitmap
 * and draws the missing strips. After a zoom the second bitmap is drawn whole, in slices, and takes the first one's
 * place when it is ready. An edit clears and redraws only its own region. Shapes are drawn one by one: one merged path
 * for all is 1.6 times slower to raster.
 */

import type { Rect } from "../types";
import type { Size, Viewport } from "../viewport";
import {
  areaFor,
  areaRect,
  covers,
  pixelsOf,
  placeOnScreen,
  shiftOf,
  toImageRect,
  type BakeArea,
} from "./bakeArea";
import type { Brush, MakeSurface, Surface } from "./brush";
import { paintShape } from "./shapePainter";
import { SLICE_BUDGET_MS, Slicer, type SliceClock, type SliceJob } from "./slices";
import type { Scene, SceneShape, StaticLayer } from "./staticLayer";

export interface BakedLayerOptions {
  readonly makeSurface: MakeSurface;
  readonly clock: SliceClock;
  readonly dpr: () => number;
  /** Told when what `paint` would put on the screen has changed. */
  readonly onChange: () => void;
}

/** A region to draw again. A strip that comes into sight may fill up bit by bit, an edited place may not. */
interface Area {
  readonly rect: Rect;
  readonly isWhole: boolean;
}

interface Patching {
  readonly area: Area;
  readonly steps: SliceJob;
}

interface Baked {
  readonly surface: Surface;
  readonly area: BakeArea;
}

/** A slice's time while the view moves: the frame has the rest. */
const MOVING_BUDGET_MS = 3;
/** Strokes and points reach beyond the bounds of their shape by this much, in CSS pixels. */
const STROKE_REACH_PX = 6;
/** A region with at most this cost is redrawn in one step, so that nobody sees it half empty. */
const WHOLE_PATCH_COST = 200;
/** More regions than this, and drawing everything is cheaper. */
const MOST_AREAS = 300;

export class BakedLayer implements StaticLayer {
  readonly #slicer: Slicer;
  #scene: Scene | null = null;
  #viewport: Viewport | null = null;
  #front: Baked | null = null;
  #spare: Surface | null = null;
  #isStale = false;
  #areas: Area[] = [];
  /** The bake under way, and the regions that changed after it had drawn them. */
  #bake: { readonly target: Baked; readonly steps: SliceJob; areas: Area[] } | null = null;
  #patching: Patching | null = null;

  constructor(private readonly options: BakedLayerOptions) {
    this.#slicer = new Slicer(options.clock);
  }

  get isBusy(): boolean {
    return this.#patching !== null || this.#areas.length > 0 || this.#wantsBake();
  }

  draw(scene: Scene, viewport: Viewport): void {
    this.#dropWork();
    this.#scene = scene;
    this.#viewport = viewport;
    this.#slicer.resume();
    if (this.#front !== null) this.#spare = this.#front.surface;
    this.#front = null;
    this.#isStale = true;
    this.#begin();
  }

  refresh(): void {
    this.#isStale = true;
    this.#begin();
  }

  patch(areas: readonly Rect[]): void {
    if (this.#scene === null) return;
    if (this.#areas.length + areas.length > MOST_AREAS) {
      this.#areas = [];
      return this.refresh();
    }
    const wholes = areas.map((rect) => ({ rect, isWhole: true }));
    this.#areas.push(...wholes);
    this.#bake?.areas.push(...wholes);
    this.#begin();
  }

  move(viewport: Viewport, motion: { readonly isMoving: boolean }): void {
    this.#viewport = viewport;
    const scene = this.#scene;
    if (scene === null) return;
    const front = this.#front;
    if (!motion.isMoving || front === null) {
      this.#dropUselessBake({ viewport, image: scene.image });
      this.#slicer.budgetMs = SLICE_BUDGET_MS;
      this.#slicer.resume();
      return this.#begin();
    }
    this.#slicer.budgetMs = MOVING_BUDGET_MS;
    this.#scroll(front, { viewport, image: scene.image });
    if (this.#areas.length === 0 && this.#patching === null) return this.#slicer.pause();
    this.#slicer.resume();
    this.#begin({ isLater: true });
  }

  paint(onto: Brush, viewport: Viewport): void {
    const front = this.#front;
    if (front === null) return;
    const dpr = this.options.dpr();
    const at = placeOnScreen(front.area, { viewport, dpr });
    const zoom = (at.x1 - at.x0) / front.area.width;
    // Only the part in sight: the rest would be sampled for nothing.
    const [left, top] = [Math.max(0, -at.x0 / zoom), Math.max(0, -at.y0 / zoom)];
    const right = Math.min(front.area.width, (viewport.width - at.x0) / zoom);
    const bottom = Math.min(front.area.height, (viewport.height - at.y0) / zoom);
    if (right <= left || bottom <= top) return;
    const ratio = front.surface.width / front.area.width;
    onto.drawImage(
      front.surface.image,
      left * ratio,
      top * ratio,
      (right - left) * ratio,
      (bottom - top) * ratio,
      at.x0 + left * zoom,
      at.y0 + top * zoom,
      (right - left) * zoom,
      (bottom - top) * zoom,
    );
  }

  destroy(): void {
    this.#dropWork();
    this.#scene = null;
    this.#front = null;
    this.#spare = null;
  }

  /** Work that is due begins now, in this task, unless a frame needs it; what does not fit goes on in later tasks. */
  #begin(options: { readonly isLater: boolean } = { isLater: false }): void {
    if (this.#scene === null || this.#viewport === null || this.#slicer.isBusy) return;
    if (this.#areas.length === 0 && this.#patching === null && !this.#wantsBake()) return;
    this.#slicer.start(this.#work(), { done: () => this.options.onChange(), ...options });
  }

  #wantsBake(): boolean {
    const [front, scene, viewport] = [this.#front, this.#scene, this.#viewport];
    if (scene === null || viewport === null) return false;
    if (this.#isStale || this.#bake !== null || front === null) return true;
    if (front.area.scale !== viewport.scale) return true;
    return !covers(front.area, { viewport, image: scene.image, withMargin: false });
  }

  /** Patches first, they are what somebody just did; then the bitmap that will take over. */
  *#work(): SliceJob {
    for (;;) {
      const patching = this.#nextPatch();
      if (patching !== null) {
        yield* this.#advance(patching.steps, () => (this.#patching = null));
        this.options.onChange();
      } else if (this.#bake !== null) {
        const bake = this.#bake;
        const step = bake.steps.next();
        if (step.done === true) this.#takeOver(bake);
        else yield step.value;
      } else if (this.#wantsBake()) {
        this.#startBake();
      } else {
        return;
      }
    }
  }

  *#advance(steps: SliceJob, done: () => void): SliceJob {
    const step = steps.next();
    if (step.done === true) done();
    else yield step.value;
  }

  #nextPatch(): Patching | null {
    if (this.#patching !== null) return this.#patching;
    const front = this.#front;
    const area = this.#areas.shift();
    if (area === undefined) return null;
    if (front === null) {
      this.#areas = [];
      return null;
    }
    this.#patching = { area, steps: this.#redraw(front, area) };
    return this.#patching;
  }

  #startBake(): void {
    const [scene, viewport] = [this.#scene, this.#viewport];
    if (scene === null || viewport === null) return;
    const dpr = this.options.dpr();
    const area = areaFor({ viewport, image: scene.image, dpr });
    const target = { surface: this.#takeSurface(area, dpr), area };
    this.#isStale = false;
    this.#bake = { target, steps: this.#drawAll(target, areaRect(area)), areas: [] };
  }

  #takeOver(bake: { readonly target: Baked; readonly areas: readonly Area[] }): void {
    if (this.#front !== null) this.#spare = this.#front.surface;
    this.#front = bake.target;
    this.#bake = null;
    this.#areas.push(...bake.areas);
    this.options.onChange();
  }

  /** A bitmap for where the view was a moment ago is not worth finishing. */
  #dropUselessBake(options: { readonly viewport: Viewport; readonly image: Size }): void {
    const bake = this.#bake;
    if (bake === null) return;
    const { area } = bake.target;
    if (area.scale === options.viewport.scale && covers(area, { ...options, withMargin: false })) return;
    bake.steps.return();
    this.#spare = bake.target.surface;
    this.#bake = null;
    this.#isStale = true;
  }

  /** Keep a moving view covered: take over what overlaps, leave the missing strips to be drawn. */
  #scroll(front: Baked, options: { readonly viewport: Viewport; readonly image: Size }): void {
    const { viewport, image } = options;
    if (front.area.scale !== viewport.scale || this.#bake !== null || this.#isStale) return;
    if (covers(front.area, { viewport, image, withMargin: true })) return;
    const dpr = this.options.dpr();
    const area = areaFor({ viewport, image, dpr });
    const shift = shiftOf(front.area, area);
    if (shift === null) return;
    this.#putBackPatch();
    const next = { surface: this.#takeSurface(area, dpr), area };
    const { image: pixels, width, height } = front.surface;
    next.surface.brush.drawImage(pixels, shift.dx, shift.dy, width / dpr, height / dpr);
    this.#spare = front.surface;
    this.#front = next;
    this.#areas.push(...shift.missing.map((rect) => ({ rect, isWhole: false })));
  }

  /** A cleared surface of an area's size whose unit is the CSS pixel. */
  #takeSurface(area: BakeArea, dpr: number): Surface {
    const size = { width: Math.ceil(area.width * dpr), height: Math.ceil(area.height * dpr) };
    const spare = this.#spare;
    this.#spare = null;
    const surface = spare ?? this.options.makeSurface(size);
    surface.brush.setTransform(1, 0, 0, 1, 0, 0);
    if (surface.width !== size.width || surface.height !== size.height)
      surface.resize(size.width, size.height);
    else surface.brush.clearRect(0, 0, size.width, size.height);
    surface.brush.setTransform(dpr, 0, 0, dpr, 0, 0);
    surface.brush.lineJoin = "round";
    return surface;
  }

  /** Clear a region of a bitmap and draw what touches it. */
  *#redraw(target: Baked, changed: Area): SliceJob {
    const region = changed.rect;
    const reach = STROKE_REACH_PX / target.area.scale;
    const grown = {
      x0: region.x0 - reach,
      y0: region.y0 - reach,
      x1: region.x1 + reach,
      y1: region.y1 + reach,
    };
    const pixels = pixelsOf(grown, target.area);
    if (pixels === null) return;
    const { brush } = target.surface;
    brush.save();
    try {
      brush.beginPath();
      brush.rect(pixels.x0, pixels.y0, pixels.x1 - pixels.x0, pixels.y1 - pixels.y0);
      brush.clip();
      brush.clearRect(pixels.x0, pixels.y0, pixels.x1 - pixels.x0, pixels.y1 - pixels.y0);
      let cost = 4;
      let { isWhole } = changed;
      for (const step of this.#drawAll(target, toImageRect(pixels, target.area))) {
        cost += step;
        if (isWhole && cost < WHOLE_PATCH_COST) continue;
        isWhole = false;
        yield cost;
        cost = 0;
      }
      if (cost > 0) yield cost;
    } finally {
      brush.restore();
    }
  }

  *#drawAll(target: Baked, region: Rect): SliceJob {
    const scene = this.#scene;
    if (scene === null) return;
    const { brush } = target.surface;
    const frame = target.area;
    const reach = STROKE_REACH_PX / frame.scale;
    const around = {
      x0: region.x0 - reach,
      y0: region.y0 - reach,
      x1: region.x1 + reach,
      y1: region.y1 + reach,
    };
    const found = scene.within(around);
    yield 1 + found.length / 50;
    for (const one of found) {
      if (one.shape.geometry.type !== "mask") continue;
      yield* scene.paintMask(brush, { shape: one, frame, clip: region });
    }
    for (const one of found) {
      const { geometry } = one.shape;
      if (geometry.type === "mask") continue;
      paintShape(brush, { geometry, bounds: one.bounds, look: scene.look(one.shape), frame });
      yield costOf(one);
    }
  }

  /** A patch that is half made is made again from the beginning, on the bitmap that is in front then. */
  #putBackPatch(): void {
    const patching = this.#patching;
    if (patching === null) return;
    patching.steps.return();
    this.#patching = null;
    this.#areas.unshift(patching.area);
  }

  #dropWork(): void {
    this.#slicer.cancel();
    this.#patching?.steps.return();
    this.#patching = null;
    if (this.#bake !== null) {
      this.#bake.steps.return();
      this.#spare = this.#bake.target.surface;
      this.#bake = null;
    }
    this.#areas = [];
  }
}

/** About 1 for a polygon of twenty corners. */
function costOf(one: SceneShape): number {
  const { geometry } = one.shape;
  switch (geometry.type) {
    case "polygon":
      return 0.4 + geometry.rings.reduce((sum, ring) => sum + ring.length, 0) * 0.03;
    case "polyline":
    case "points":
      return 0.4 + geometry.points.length * 0.03;
    case "box":
      return 0.4;
    default:
      return 0.6;
  }
}
