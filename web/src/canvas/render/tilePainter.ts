/** Tiles of masks as canvases of the browser. */

import { surfaceOf, type BrushImage } from "./brush";
import type { TilePainter } from "./maskLayer";
import type { Rgb } from "./maskPixels";

const BLACK: Rgb = [0, 0, 0];

/** Make the painter; it reads colours with a context of its own. */
export function browserTilePainter(): TilePainter {
  const reader = surfaceOf(document.createElement("canvas")).brush;
  const known = new Map<string, Rgb>();
  return {
    make: (pixels): BrushImage => {
      const canvas = document.createElement("canvas");
      canvas.width = pixels.width;
      canvas.height = pixels.height;
      const context = canvas.getContext("2d");
      context?.putImageData(new ImageData(pixels.rgba, pixels.width, pixels.height), 0, 0);
      return canvas;
    },
    rgb: (color) => {
      const before = known.get(color);
      if (before !== undefined) return before;
      reader.fillStyle = color;
      const rgb = rgbOf(String(reader.fillStyle));
      known.set(color, rgb);
      return rgb;
    },
  };
}

/** A context gives every opaque colour back as #rrggbb. */
function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  if (Number.isNaN(value)) return BLACK;
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
