/** The canvas of a map: draws the points, follows pointer, wheel and keys, and tells what was asked for. No React. */
import { fit, pan, toMap, toScreen, zoom, type Camera, type Size, type Spot } from "./camera";
import { NearIndex } from "./near";
import { radiusFor, splat } from "./splat";
import type { Points } from "./wire";

export type Tool = "pan" | "lasso" | "box";

export interface Look {
  readonly colors: Uint32Array;
  readonly order: Uint32Array;
  /** Whether the pointer may meet a point. */
  readonly isShown: (point: number) => boolean;
  /** Rings of the filter, drawn around what they hold. */
  readonly rings: readonly (readonly Spot[])[];
  readonly ink: string;
}

export interface MapEvents {
  readonly onHover: (at: { readonly point: number; readonly spot: Spot } | null) => void;
  readonly onOpen: (point: number) => void;
  readonly onRing: (ring: readonly Spot[]) => void;
}

export interface MapCanvases {
  readonly base: HTMLCanvasElement;
  readonly over: HTMLCanvasElement;
}

/** Of a frame's 16 ms, what drawing may take while the hand moves; the rest is the browser's. */
const FRAME_MS = 9;
const FEWEST_MOVING = 15_000;
const REST_MS = 140;
const CLICK_PX = 4;
const REACH_PX = 8;
const STEP_PX = 80;
const FEWEST_STEPS = 3;

interface Drag {
  readonly tool: Tool;
  readonly begin: Spot;
  last: Spot;
  readonly path: Spot[];
  isFar: boolean;
}

export class MapView {
  private camera: Camera = { x: 0, y: 0, scale: 0.01 };
  private home: Camera = this.camera;
  private size: Size = { width: 0, height: 0 };
  private points: Points = { count: 0, places: new Int16Array(0) };
  private index = new NearIndex(this.points);
  private look: Look | null = null;
  private drag: Drag | null = null;
  private hovered: number | null = null;
  private active: number | null = null;
  private tool: Tool = "pan";
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  private frame = 0;
  private restTimer = 0;
  private isMoving = false;
  private mostMoving = 100_000;
  private readonly ends = new AbortController();

  constructor(
    private readonly canvases: MapCanvases,
    private readonly events: MapEvents,
  ) {
    const { over } = canvases;
    const { signal } = this.ends;
    over.addEventListener("pointerdown", this.onDown, { signal });
    over.addEventListener("pointermove", this.onMove, { signal });
    over.addEventListener("pointerup", this.onUp, { signal });
    over.addEventListener("pointercancel", this.onCancel, { signal });
    over.addEventListener("pointerleave", this.onLeave, { signal });
    over.addEventListener("wheel", this.onWheel, { signal, passive: false });
    over.addEventListener("keydown", this.onKey, { signal });
    const sizes = new ResizeObserver(() => {
      this.resize();
    });
    sizes.observe(over);
    signal.addEventListener("abort", () => {
      sizes.disconnect();
    });
  }

  setPoints(points: Points): void {
    if (points === this.points) return;
    this.points = points;
    this.index = new NearIndex(points);
    this.showAll();
  }

  setLook(look: Look): void {
    this.look = look;
    this.ask();
  }

  setTool(tool: Tool): void {
    this.tool = tool;
    this.canvases.over.dataset.tool = tool;
  }

  setActive(point: number | null): void {
    this.active = point;
    this.ask();
  }

  showAll(): void {
    this.home = fit(this.points.places, this.size);
    this.camera = this.home;
    this.ask();
  }

  /** Nearer or farther, around the middle. */
  zoomBy(factor: number): void {
    this.zoomAt(factor, { x: this.size.width / 2, y: this.size.height / 2 });
  }

  close(): void {
    this.ends.abort();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.restTimer);
  }

  private resize(): void {
    const { base, over } = this.canvases;
    const box = over.getBoundingClientRect();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    if (width === 0 || height === 0) return;
    const wasFitted = this.camera === this.home || this.size.width === 0;
    this.size = { width: box.width, height: box.height };
    for (const canvas of [base, over]) [canvas.width, canvas.height] = [width, height];
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    if (wasFitted) this.showAll();
    // Drawn at once: a canvas that changed its size is empty.
    this.draw();
  }

  private ask(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private moved(): void {
    this.isMoving = true;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => {
      this.isMoving = false;
      if (this.points.count > this.mostMoving) this.ask();
    }, REST_MS);
    this.ask();
  }

  private draw(): void {
    const context = this.canvases.base.getContext("2d");
    const { look, image, size, camera } = this;
    if (context === null || image === null || look === null) return;
    this.pixels.fill(0);
    const canvas = { pixels: this.pixels, width: image.width, height: image.height };
    const ratio = image.width / Math.max(1, size.width);
    const radius = radiusFor(this.points.count, camera.scale / this.home.scale) * ratio;
    const most = this.isMoving ? this.mostMoving : Infinity;
    const began = performance.now();
    const dots = { places: this.points.places, order: look.order, colors: look.colors };
    splat(canvas, dots, { camera, size, radius, most });
    context.putImageData(image, 0, 0);
    if (this.isMoving) this.pace(performance.now() - began);
    this.drawOver(ratio, radius / ratio);
  }

  /** Draw as many points while moving as fit into a frame on this machine, as it is now. */
  private pace(tookMs: number): void {
    const fits = this.mostMoving * Math.min(1.5, Math.max(0.5, FRAME_MS / Math.max(0.5, tookMs)));
    this.mostMoving = Math.round(Math.min(1_000_000, Math.max(FEWEST_MOVING, fits)));
  }

  private drawOver(ratio: number, radius: number): void {
    const { over } = this.canvases;
    const context = over.getContext("2d");
    if (context === null || this.look === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    context.strokeStyle = this.look.ink;
    context.lineWidth = 1.5;
    for (const ring of this.look.rings) {
      this.trace(
        context,
        ring.map((one) => toScreen(this.camera, this.size, one)),
      );
    }
    if (this.drag !== null && this.drag.tool !== "pan") {
      context.setLineDash([5, 4]);
      this.trace(context, pathOf(this.drag));
      context.setLineDash([]);
    }
    for (const point of [this.active, this.hovered]) {
      if (point === null) continue;
      const spot = toScreen(this.camera, this.size, this.placeOf(point));
      context.beginPath();
      context.arc(spot.x, spot.y, radius + 4, 0, 2 * Math.PI);
      context.lineWidth = point === this.active ? 3 : 2;
      context.stroke();
    }
  }

  private trace(context: CanvasRenderingContext2D, path: readonly Spot[]): void {
    context.beginPath();
    for (const [at, { x, y }] of path.entries()) {
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.closePath();
    context.globalAlpha = 0.09;
    context.fillStyle = context.strokeStyle;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }

  private placeOf(point: number): Spot {
    const { places } = this.points;
    return { x: places[2 * point] ?? 0, y: places[2 * point + 1] ?? 0 };
  }

  private pointAt(spot: Spot): number | null {
    const { look, camera } = this;
    if (look === null) return null;
    return this.index.find(toMap(camera, this.size, spot), REACH_PX / camera.scale, look.isShown);
  }

  private zoomAt(factor: number, spot: Spot): void {
    this.camera = zoom(this.camera, this.size, { factor, spot, home: this.home });
    this.hover(null, spot);
    this.moved();
  }

  private hover(point: number | null, spot: Spot): void {
    if (point === this.hovered) return;
    this.hovered = point;
    this.events.onHover(point === null ? null : { point, spot });
    this.ask();
  }

  private readonly onDown = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return;
    const { over } = this.canvases;
    over.focus({ preventScroll: true });
    over.setPointerCapture(event.pointerId);
    const spot = spotOf(event);
    const tool = event.button === 1 ? "pan" : event.shiftKey && this.tool === "pan" ? "lasso" : this.tool;
    this.drag = { tool, begin: spot, last: spot, path: [spot], isFar: false };
  };

  private readonly onMove = (event: PointerEvent) => {
    const spot = spotOf(event);
    const { drag } = this;
    if (drag === null) {
      this.hover(this.pointAt(spot), spot);
      return;
    }
    if (Math.hypot(spot.x - drag.begin.x, spot.y - drag.begin.y) > CLICK_PX) drag.isFar = true;
    if (!drag.isFar) return;
    this.hover(null, spot);
    if (drag.tool === "pan") {
      this.camera = pan(this.camera, { x: spot.x - drag.last.x, y: spot.y - drag.last.y });
      this.moved();
    } else if (Math.hypot(spot.x - drag.last.x, spot.y - drag.last.y) >= FEWEST_STEPS) {
      drag.path.push(spot);
      this.ask();
    } else {
      return;
    }
    drag.last = spot;
  };

  private readonly onUp = (event: PointerEvent) => {
    const { drag } = this;
    this.drag = null;
    this.ask();
    if (drag === null) return;
    if (!drag.isFar) {
      const point = this.pointAt(spotOf(event));
      if (point !== null && event.button === 0) this.events.onOpen(point);
      return;
    }
    if (drag.tool === "pan") return;
    drag.path.push(spotOf(event));
    drag.last = spotOf(event);
    this.events.onRing(pathOf(drag).map((one) => toMap(this.camera, this.size, one)));
  };

  private readonly onCancel = () => {
    this.drag = null;
    this.ask();
  };

  private readonly onLeave = () => {
    this.hover(null, { x: 0, y: 0 });
  };

  private readonly onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.zoomAt(Math.exp((-event.deltaY * lines) / 480), spotOf(event));
  };

  private readonly onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Readonly<Record<string, Spot>> = {
      ArrowLeft: { x: STEP_PX, y: 0 },
      ArrowRight: { x: -STEP_PX, y: 0 },
      ArrowUp: { x: 0, y: STEP_PX },
      ArrowDown: { x: 0, y: -STEP_PX },
    };
    const by = moves[event.key];
    if (by !== undefined) {
      this.camera = pan(this.camera, by);
      this.moved();
    } else if (event.key === "+" || event.key === "=") this.zoomBy(1.4);
    else if (event.key === "-") this.zoomBy(1 / 1.4);
    else if (event.key === "0") this.showAll();
    else if (event.key === "Escape" && this.drag !== null) this.onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function spotOf(event: MouseEvent): Spot {
  return { x: event.offsetX, y: event.offsetY };
}

function pathOf({ tool, begin, last, path }: Drag): readonly Spot[] {
  if (tool !== "box") return path;
  return [begin, { x: last.x, y: begin.y }, last, { x: begin.x, y: last.y }];
}
