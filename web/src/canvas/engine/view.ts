/** The viewport in the page: follows the size of its element and of a device pixel. */

import {
  fitViewport,
  keepInSight,
  panBy,
  rectToScreen,
  resizeViewport,
  scaleLimits,
  zoomAt,
  zoomToRect,
  type Size,
  type Viewport,
} from "../viewport";
import type { Rect, Vec } from "../types";

export interface ViewEvents {
  readonly onResize: (size: Size, dpr: number) => void;
}

/** Finer than this nobody sees, and every canvas costs its square. */
const MOST_DPR = 3;
const CLEAR_PX = 24;

export class View {
  #viewport: Viewport;
  #image: Size = { width: 1, height: 1 };
  #dpr: number;
  #movedAt = -Infinity;
  /** The whole image is shown: a resize keeps it so. */
  #isFitted = true;
  readonly #observer: ResizeObserver;

  constructor(
    private readonly element: HTMLElement,
    private readonly events: ViewEvents,
  ) {
    const size = { width: Math.max(1, element.clientWidth), height: Math.max(1, element.clientHeight) };
    this.#dpr = currentDpr();
    this.#viewport = fitViewport({ image: this.#image, container: size });
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(element);
  }

  get viewport(): Viewport {
    return this.#viewport;
  }

  get dpr(): number {
    return this.#dpr;
  }

  movedWithin(ms: number): boolean {
    return performance.now() - this.#movedAt < ms;
  }

  /** Look at another image: fitted, or where the view was when it has the same size and that is wished. */
  setImage(image: Size, options: { readonly keepsView: boolean }): void {
    const isSame = image.width === this.#image.width && image.height === this.#image.height;
    this.#image = image;
    if (options.keepsView && isSame) return;
    this.#viewport = fitViewport({ image, container: this.#viewport });
    this.#isFitted = true;
  }

  fit(): void {
    this.#set(fitViewport({ image: this.#image, container: this.#viewport }));
    this.#isFitted = true;
  }

  zoomAt(step: { readonly at: Vec; readonly factor: number }): void {
    this.#set(zoomAt(this.#viewport, { ...step, limits: this.#limits() }));
  }

  zoomTo(rect: Rect): void {
    this.#set(zoomToRect(this.#viewport, { rect, limits: this.#limits() }));
  }

  panBy(by: Vec): void {
    this.#set(panBy(this.#viewport, by));
  }

  /** Move as little as needed to see a place; a place larger than the view is zoomed to. */
  bringIntoSight(rect: Rect): void {
    const { width, height } = this.#viewport;
    const place = rectToScreen(this.#viewport, rect);
    if (place.x1 - place.x0 > width - 2 * CLEAR_PX || place.y1 - place.y0 > height - 2 * CLEAR_PX) {
      return this.zoomTo(rect);
    }
    const x = Math.max(0, CLEAR_PX - place.x0) - Math.max(0, place.x1 - (width - CLEAR_PX));
    const y = Math.max(0, CLEAR_PX - place.y0) - Math.max(0, place.y1 - (height - CLEAR_PX));
    if (x !== 0 || y !== 0) this.panBy({ x, y });
  }

  destroy(): void {
    this.#observer.disconnect();
  }

  #set(viewport: Viewport): void {
    this.#viewport = keepInSight(viewport, this.#image);
    this.#isFitted = false;
    this.#movedAt = performance.now();
  }

  #limits(): { readonly min: number; readonly max: number } {
    return scaleLimits({ image: this.#image, container: this.#viewport });
  }

  #resized(): void {
    const size = {
      width: Math.max(1, this.element.clientWidth),
      height: Math.max(1, this.element.clientHeight),
    };
    const dpr = currentDpr();
    const isSame = size.width === this.#viewport.width && size.height === this.#viewport.height;
    if (isSame && dpr === this.#dpr) return;
    this.#dpr = dpr;
    this.#viewport = this.#isFitted
      ? fitViewport({ image: this.#image, container: size })
      : keepInSight(resizeViewport(this.#viewport, size), this.#image);
    this.events.onResize(size, dpr);
  }
}

function currentDpr(): number {
  return Math.min(MOST_DPR, Math.max(1, globalThis.devicePixelRatio || 1));
}
