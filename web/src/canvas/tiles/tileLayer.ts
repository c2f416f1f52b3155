/** Images too large for one bitmap, shown from tiles by OpenSeadragon and moved by our viewport alone. */

import type OpenSeadragon from "openseadragon";

import type { Viewport } from "../viewport";

/** A pyramid of tiles as in Deep Zoom: level `levels - 1` is the full size, each one below half of it. */
export interface TilePyramid {
  readonly width: number;
  readonly height: number;
  readonly tileSize: number;
  readonly overlap: number;
  readonly levels: number;
  readonly tileUrl: (level: number, column: number, row: number) => string;
}

export interface TileLayerEvents {
  /** The first tile is on the screen. */
  readonly onShown: () => void;
  /** Nothing can be shown: no tile came. */
  readonly onFailed: (detail: string) => void;
}

/** Our viewport in OpenSeadragon's terms: its unit is the image's width. */
export function seadragonView(
  viewport: Viewport,
  image: { readonly width: number },
): { readonly zoom: number; readonly x: number; readonly y: number } {
  return {
    zoom: (viewport.scale * image.width) / viewport.width,
    x: (viewport.x + viewport.width / 2 / viewport.scale) / image.width,
    y: (viewport.y + viewport.height / 2 / viewport.scale) / image.width,
  };
}

export class TileLayer {
  #viewer: OpenSeadragon.Viewer | null = null;
  #library: typeof OpenSeadragon | null = null;
  #viewport: Viewport | null = null;
  #isDestroyed = false;
  #isShown = false;
  #failures = 0;

  constructor(
    private readonly element: HTMLElement,
    private readonly pyramid: TilePyramid,
    private readonly events: TileLayerEvents,
  ) {
    void this.#open();
  }

  move(viewport: Viewport): void {
    this.#viewport = viewport;
    const [viewer, library] = [this.#viewer, this.#library];
    if (viewer === null || library === null || viewer.world.getItemCount() === 0) return;
    const view = seadragonView(viewport, this.pyramid);
    viewer.viewport.zoomTo(view.zoom, undefined, true);
    viewer.viewport.panTo(new library.Point(view.x, view.y), true);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#viewer?.destroy();
    this.#viewer = null;
  }

  async #open(): Promise<void> {
    let library: typeof OpenSeadragon;
    try {
      // Only large images need it: it is fetched with the first of them.
      library = (await import("openseadragon")).default;
    } catch {
      this.events.onFailed("the tile viewer could not be loaded");
      return;
    }
    if (this.#isDestroyed) return;
    const { width, height, tileSize, overlap, levels, tileUrl } = this.pyramid;
    const viewer = library({
      element: this.element,
      tileSources: {
        width,
        height,
        tileSize,
        tileOverlap: overlap,
        minLevel: 0,
        maxLevel: levels - 1,
        getTileUrl: tileUrl,
      },
      drawer: "canvas",
      showNavigationControl: false,
      mouseNavEnabled: false,
      keyboardNavEnabled: false,
      animationTime: 0,
      blendTime: 0,
      immediateRender: true,
      autoResize: true,
      visibilityRatio: 0,
      minZoomImageRatio: 0.01,
      maxZoomPixelRatio: 100,
      imageSmoothingEnabled: true,
      preserveImageSizeOnResize: true,
    });
    this.#library = library;
    this.#viewer = viewer;
    viewer.setMouseNavEnabled(false);
    viewer.addHandler("open", () => this.#viewport !== null && this.move(this.#viewport));
    viewer.addHandler("open-failed", (event) => this.events.onFailed(event.message));
    viewer.addHandler("tile-loaded", () => this.#shown());
    viewer.addHandler("tile-load-failed", () => this.#failed());
  }

  #shown(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    this.events.onShown();
  }

  /** One tile may be missing; several and never one that came is an image that cannot be shown. */
  #failed(): void {
    this.#failures += 1;
    if (!this.#isShown && this.#failures === 3) this.events.onFailed("no tile could be loaded");
  }
}
