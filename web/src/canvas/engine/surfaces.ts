/** The canvases of an engine in the page, one above the other. */

import { surfaceOf, type Surface } from "../render/brush";
import type { Size } from "../viewport";

export interface Surfaces {
  readonly root: HTMLDivElement;
  /** For the tile viewer, under everything. */
  readonly tiles: HTMLDivElement;
  readonly base: Surface;
  /** For the selected shapes. */
  readonly active: HTMLDivElement;
  readonly overlay: Surface;
  resize(size: Size, dpr: number): void;
  remove(): void;
}

/** Put the canvases into a container, which they fill. */
export function makeSurfaces(container: HTMLElement): Surfaces {
  const root = layer("div");
  root.style.overflow = "hidden";
  root.style.touchAction = "none";
  root.style.userSelect = "none";
  root.style.position = "relative";
  root.style.height = "100%";
  root.setAttribute("role", "application");
  root.setAttribute("aria-label", "Image with annotations");
  const tiles = layer("div");
  const base = layer("canvas");
  const active = layer("div");
  const overlay = layer("canvas");
  for (const element of [tiles, base, active, overlay]) element.style.pointerEvents = "none";
  root.append(tiles, base, active, overlay);
  container.append(root);
  return {
    root,
    tiles,
    base: surfaceOf(base),
    active,
    overlay: surfaceOf(overlay),
    resize: (size, dpr) => {
      for (const canvas of [base, overlay]) {
        const [width, height] = [
          Math.max(1, Math.round(size.width * dpr)),
          Math.max(1, Math.round(size.height * dpr)),
        ];
        if (canvas.width !== width) canvas.width = width;
        if (canvas.height !== height) canvas.height = height;
      }
    },
    remove: () => root.remove(),
  };
}

function layer<Tag extends "div" | "canvas">(tag: Tag): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.style.position = "absolute";
  element.style.inset = "0";
  element.style.width = "100%";
  element.style.height = "100%";
  return element;
}
